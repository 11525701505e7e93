import 'uplot/dist/uPlot.min.css';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { useFormats, type Formats } from '../../i18n/format.ts';
import { useText } from '../../i18n/index.ts';
import { speedOf } from '../../store/server-events.ts';
import { useApp } from '../../store/store.ts';
import type { Sample } from '../../store/types.ts';

/** The chart shows so many seconds at most, and at least. */
const SHOWN_SECONDS = 300;
const LEAST_SECONDS = 60;
/** Idle is drawn as a flat line at the bottom rather than as noise over all of it. */
const LEAST_SCALE = 100_000;

/** The speed of the last minutes, and of now. */
export function ThroughputChart() {
  const t = useText();
  const formats = useFormats();
  const status = useApp((state) => state.status);
  const { up, down } = speedOf(status);
  return (
    <section className="chart" aria-label={t('transfers.chart')}>
      <Canvas formats={formats} />
      <dl>
        <dt className="up">
          <ArrowUp className="icon" aria-hidden /> {t('transfers.up')}
        </dt>
        <dd>{formats.rate(up)}</dd>
        <dt className="down">
          <ArrowDown className="icon" aria-hidden /> {t('transfers.down')}
        </dt>
        <dd>{formats.rate(down)}</dd>
      </dl>
    </section>
  );
}

function Canvas({ formats }: { readonly formats: Formats }) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useApp((state) => state.settings.theme);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const plot = new UPlot(optionsFor(element, formats), dataOf(useApp.getState().samples), element);
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: element.clientHeight }));
    sizes.observe(element);
    const unsubscribe = useApp.subscribe(({ samples }, old) => {
      if (samples !== old.samples) plot.setData(dataOf(samples));
    });
    return () => {
      unsubscribe();
      sizes.disconnect();
      plot.destroy();
    };
  }, [formats, theme]);
  // The numbers beside it say what it shows.
  return <div ref={place} className="chart-canvas" aria-hidden />;
}

function optionsFor(element: HTMLElement, formats: Formats): UPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => resolved(element, `var(${name})`);
  const fontPixels = Number.parseFloat(style.fontSize) * 0.85;
  const axis = {
    stroke: colour('--muted'),
    font: `${fontPixels}px ${style.fontFamily}`,
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    // Half a line of text above the topmost label, and the line of the ground below.
    padding: [fontPixels / 2, 0, 1, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { time: true, range: timeRange },
      y: { range: (_plot, _least, most) => [0, roundUp(Math.max(LEAST_SCALE, most))] },
    },
    axes: [
      { ...axis, show: false },
      {
        ...axis,
        size: fontPixels * 6,
        grid: { stroke: colour('--hairline-colour'), width: 1 },
        splits: (_plot, _axis, least, most) => [least, most / 2, most],
        values: (_plot, splits) => splits.map((value) => (value === 0 ? '' : formats.rate(value))),
      },
    ],
    series: [
      {},
      { stroke: colour('--accent'), fill: colour('--accent-soft'), width: 1.5, points: { show: false } },
      { stroke: colour('--down'), width: 1.5, points: { show: false } },
    ],
  };
}

function dataOf(samples: readonly Sample[]): UPlot.AlignedData {
  const shown = samples.slice(-SHOWN_SECONDS);
  return [shown.map(({ atMs }) => atMs / 1000), shown.map(({ up }) => up), shown.map(({ down }) => down)];
}

/** A colour as a canvas understands it: one that the style sheet has worked out. */
function resolved(element: HTMLElement, value: string): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** From the first sample that is shown until now. */
function timeRange(): [number, number] {
  const now = Date.now() / 1000;
  const { samples } = useApp.getState();
  const first = (samples.at(-SHOWN_SECONDS) ?? samples[0])?.atMs ?? 0;
  return [Math.max(now - SHOWN_SECONDS, Math.min(first / 1000, now - LEAST_SECONDS)), now];
}

/** The next 1, 2 or 5 with noughts behind it, so that the labels are round. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((step) => value <= step * power) ?? 10);
}
