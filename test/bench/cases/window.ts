import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { pollUntil } from '../../support/loopback.ts';
import { findChromium, launchChromium } from '../../support/window/chromium.ts';
import type { Bench } from '../bench.ts';
import { smallFiles } from '../fixtures.ts';
import { LOOP_DELAY_FILE, type LoopDelay } from '../loop-delay.ts';
import { memoryOf } from '../measure.ts';
import { mb, type CaseResult, type Target } from '../result.ts';
import { lookAround, view } from '../window-drive.ts';
import { WindowProbe, type Frames } from '../window-probe.ts';

const LOOP_DELAY_MODULE = fileURLToPath(new URL('../loop-delay.ts', import.meta.url));
const ROWS = 10_000;
const SCROLL_SECONDS = 5;
const SCROLL_PIXELS_PER_SECOND = 3_000;
const AFTER_PAUSE_MS = 5_000;
/** A quick round looks at the beginning alone. */
const QUICK_SECONDS = 60;
/** Of the frames that a screen of 60 Hz shows, a clock that is not the screen's may count one or two less. */
const LEAST_FRAMES_PER_SECOND = 58;

type Seen = Awaited<ReturnType<WindowProbe['end']>> & {
  readonly loop: LoopDelay;
  readonly scrolls: Scrolls | undefined;
  readonly syncSeconds: number;
  readonly peakRssBytes: number | undefined;
};

/** How the list scrolled, and right after it a page of plain text in the same browser: what this machine can do. */
interface Scrolled extends Frames {
  readonly plain: Frames;
}

/** With all processors busy with the files, and with the same list while all is paused. */
interface Scrolls {
  readonly sending: Scrolled;
  readonly paused: Scrolled;
}

/** How the window answers while 100,000 small files are sent, in Chromium and browser mode. */
export async function benchWindow(bench: Bench): Promise<CaseResult> {
  if (findChromium() === undefined) throw new Error('There is no Chromium on the PATH, which shows the window.');
  bench.log('  making 100,000 files (not counted)');
  const root = await smallFiles(bench.scratch, { directories: 1_000, filesPerDirectory: 100, fileBytes: 1_024 });
  const folder = await bench.ourFolder(root, await bench.freshBucket());
  const delayFile = join(bench.scratch, 'loop-delay.json');
  const { program, url } = await folder.serve({
    NODE_OPTIONS: `--import=${LOOP_DELAY_MODULE}`,
    [LOOP_DELAY_FILE]: delayFile,
  });
  const browser = await launchChromium();
  try {
    const startMs = performance.now();
    process.kill(program.pid, 'SIGUSR2');
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    const probe = await WindowProbe.attach(page);
    await page.goto(url);
    const scrolls = await useWhileSyncing(bench, page, probe, startMs);
    const syncSeconds = (performance.now() - startMs) / 1_000;
    const seen = await probe.end();
    process.kill(program.pid, 'SIGUSR2');
    const loop = await pollUntil('the delays of the event loop', () => readLoopDelay(delayFile));
    const memory = await memoryOf(program.pid);
    return result({ ...seen, loop, scrolls, syncSeconds, peakRssBytes: memory?.peakRssBytes }, bench.quick);
  } finally {
    await browser.close();
    await program.stop().catch((error: unknown) => bench.log(`  ${String(error)}`));
    await folder.remove();
    await rm(root, { recursive: true, force: true });
  }
}

/** Looks around until all is in sync, and scrolls the transfers once they are many. */
async function useWhileSyncing(
  bench: Bench,
  page: Page,
  probe: WindowProbe,
  startMs: number,
): Promise<Scrolls | undefined> {
  const status = page.getByRole('contentinfo');
  await status.waitFor();
  const inSync = status.getByText('In sync, 100,000 files');
  const isOver = () => bench.quick && performance.now() - startMs > 1_000 * QUICK_SECONDS;
  let scrolls: Scrolls | undefined;
  while (!isOver() && !(await inSync.isVisible())) {
    await lookAround(page, isOver);
    if (scrolls !== undefined) continue;
    await view(page, 'Transfers');
    const grid = page.getByRole('grid');
    const rows = await grid.getAttribute('aria-rowcount', { timeout: 5_000 }).catch(() => null);
    // The head is counted too.
    if (Number(rows) <= ROWS) continue;
    bench.log(`  scrolling ${rows} rows after ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
    const sending = await scrollTransfers(page, probe);
    await page.getByRole('button', { name: 'Pause all' }).click();
    await status.getByText('Everything is paused').waitFor();
    // What was on its way when it was paused ends first.
    await page.waitForTimeout(AFTER_PAUSE_MS);
    const paused = await scrollTransfers(page, probe);
    await page.getByRole('button', { name: 'Resume all' }).click();
    scrolls = { sending, paused };
  }
  return scrolls;
}

async function scrollTransfers(page: Page, probe: WindowProbe): Promise<Scrolled> {
  const box = await page.getByRole('grid').boundingBox();
  if (box === null) throw new Error('The list of transfers is not to be seen.');
  // From the top each time.
  await page.getByRole('grid').press('Home');
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const list = await probe.scroll(middle.x, middle.y, SCROLL_PIXELS_PER_SECOND, SCROLL_SECONDS);
  return { ...list, plain: await scrollPlainText(page) };
}

async function scrollPlainText(window: Page): Promise<Frames> {
  const page = await window
    .context()
    .browser()
    ?.newPage({ viewport: { width: 1280, height: 800 } });
  if (page === undefined) throw new Error('The browser has ended.');
  try {
    const probe = await WindowProbe.attach(page);
    await page.goto('about:blank');
    const lines = Array.from({ length: ROWS }, (_, n) => `<div style="height: 28px">file-${n}.txt</div>`).join('');
    await page.setContent(`<body style="margin: 0; background: white">${lines}</body>`);
    const frames = await probe.scroll(640, 400, SCROLL_PIXELS_PER_SECOND, SCROLL_SECONDS);
    await probe.end();
    return frames;
  } finally {
    await page.close();
    await window.bringToFront();
  }
}

async function readLoopDelay(file: string): Promise<LoopDelay | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text === '' ? undefined : (JSON.parse(text) as LoopDelay);
}

function result(seen: Seen, isQuick: boolean): CaseResult {
  const { inputDelaysMs, loop, scrolls } = seen;
  const sorted = inputDelaysMs.toSorted((a, b) => a - b);
  const p95Ms = share(sorted, 0.95);
  const rows = [
    [
      'from an input to the painted frame',
      `median ${ms(share(sorted, 0.5))}, p95 ${ms(p95Ms)}, worst ${ms(sorted.at(-1))}`,
    ],
    ['delay of the engine’s event loop', `median ${ms(loop.p50Ms)}, p99 ${ms(loop.p99Ms)}, worst ${ms(loop.maxMs)}`],
    [
      'what the engine’s own thread computed between two timers',
      `p99 ${ms(loop.ownP99Ms)}; for the rest of a delay it waited for a processor`,
    ],
    ['JavaScript heap of the window, peak', mb(seen.peakHeapBytes)],
    ['RSS of the engine, peak', mb(seen.peakRssBytes)],
    ['events a second', `${seen.eventsPerSecond.toFixed(1)}, at most ${seen.mostEventsInASecond}`],
    [
      'messages a second, answers included',
      `${seen.messagesPerSecond.toFixed(1)}, ${(seen.receivedBytesPerSecond / 1e3).toFixed(0)} kB`,
    ],
    ...(scrolls === undefined
      ? []
      : [...scrollRows('while files are sent', scrolls.sending), ...scrollRows('while all is paused', scrolls.paused)]),
  ];
  const until = isQuick ? `the first ${QUICK_SECONDS} s` : `${seen.syncSeconds.toFixed(0)} s, until all was in sync`;
  return {
    table: { titles: ['', 'measured'], rows },
    targets: targetsOf(seen, p95Ms),
    remarks: [
      `\`rustfs-sync serve\` sends 100,000 files of 1 KiB while the window is open in Chromium (without a screen, drawn by the processor) and used without a break: ${sorted.length.toLocaleString('en-GB')} clicks and key presses in all its views, over ${until}. Engine, window and server share the machine. The heap is what the browser says twice a second, garbage included. All is paused for the second scroll, which shows the window without the rest of the load.`,
    ],
  };
}

function scrollRows(when: string, { plain, ...list }: Scrolled): string[][] {
  const cells = ({ perSecond, longestMs, computedMs }: Frames) =>
    `${perSecond.toFixed(1)} a second, the longest ${ms(longestMs)}; ${computedMs.toFixed(1)} ms of the page’s own thread each`;
  return [
    [`frames ${when} and ${ROWS.toLocaleString('en-GB')} transfers scroll`, cells(list)],
    ['the same of plain text, right afterwards', cells(plain)],
  ];
}

function targetsOf({ loop, scrolls, peakHeapBytes, mostEventsInASecond }: Seen, p95Ms: number | undefined): Target[] {
  return [
    {
      goal: 'An input is painted within 100 ms (p95)',
      measured: ms(p95Ms),
      met: p95Ms === undefined ? undefined : p95Ms < 100,
    },
    {
      goal: 'The engine’s event loop is late by less than 50 ms (p99)',
      measured: ms(loop.p99Ms),
      met: loop.p99Ms < 50,
    },
    { goal: 'Less than 150 MB of heap in the window', measured: mb(peakHeapBytes), met: peakHeapBytes < 150e6 },
    {
      goal: 'At most 10 events a second',
      measured: `${mostEventsInASecond} in the busiest second`,
      met: mostEventsInASecond <= 10,
    },
    scrollTarget('10,000 transfers scroll at 60 frames a second while all is paused', scrolls?.paused),
    scrollTarget('The same while they are sent', scrolls?.sending),
  ];
}

function scrollTarget(goal: string, scrolled: Scrolled | undefined): Target {
  if (scrolled === undefined) return { goal, measured: 'there were never so many', met: undefined };
  const { perSecond, plain } = scrolled;
  return {
    goal,
    measured: `${perSecond.toFixed(1)} frames a second; plain text ${plain.perSecond.toFixed(1)}`,
    met: perSecond >= LEAST_FRAMES_PER_SECOND,
  };
}

function share(sorted: readonly number[], part: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

function ms(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '-' : `${milliseconds.toFixed(0)} ms`;
}
