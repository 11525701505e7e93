import { useCallback, useRef, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { reaches, rowsInSight, rowsToDraw, type Range } from './row-window.ts';
import { remPixels, useRowHeight } from './use-row-height.ts';

/** The element that a list scrolls in, and what of the list is to be drawn. */
export interface Scroller {
  /** For the element. */
  readonly attach: (element: HTMLDivElement | null) => (() => void) | undefined;
  readonly element: RefObject<HTMLDivElement | null>;
  /** In pixels. */
  readonly rowHeight: number;
  /** In pixels; 0 until it is known. */
  readonly height: number;
  readonly widthRem: number;
  /** Changes every few rows, so that most frames of a scroll draw nothing anew. */
  readonly drawn: Range;
  /** Brings a row into sight, with as little movement as that takes. */
  readonly scrollTo: (index: number) => void;
}

interface Size {
  readonly height: number;
  readonly widthRem: number;
}

const UNKNOWN: Size = { height: 0, widthRem: Number.POSITIVE_INFINITY };

/** Rows are all of one height, and the head of the list, which stays in sight above them, is as high as a row. */
export function useScroller(): Scroller {
  const rowHeight = useRowHeight();
  const element = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(UNKNOWN);
  const [drawn, setDrawn] = useState(() => rowsToDraw(undefined, rowsInSight(0, 0, rowHeight)));
  const latest = useRef(drawn);

  const redraw = useCallback(
    ({ scrollTop, clientHeight }: HTMLDivElement, isUrgent: boolean) => {
      const sight = rowsInSight(scrollTop, clientHeight, rowHeight);
      const old = latest.current;
      const next = rowsToDraw(old, sight);
      if (next === old) return;
      latest.current = next;
      // A jump is drawn at once, or there would be nothing to see; what is beyond the edge has time until after this frame.
      if (isUrgent && !reaches(old, sight)) flushSync(() => setDrawn(next));
      else setDrawn(next);
    },
    [rowHeight],
  );

  const attach = useCallback(
    (place: HTMLDivElement | null) => {
      element.current = place;
      if (place === null) return undefined;
      const measure = () => {
        const { clientHeight: height, clientWidth } = place;
        const widthRem = clientWidth / remPixels();
        setSize((old) => (old.height === height && old.widthRem === widthRem ? old : { height, widthRem }));
        redraw(place, false);
      };
      const onScroll = () => redraw(place, true);
      measure();
      const sizes = new ResizeObserver(measure);
      sizes.observe(place);
      place.addEventListener('scroll', onScroll, { passive: true });
      return () => {
        sizes.disconnect();
        place.removeEventListener('scroll', onScroll);
        element.current = null;
      };
    },
    [redraw],
  );

  const scrollTo = useCallback(
    (index: number) => {
      const place = element.current;
      if (place === null) return;
      const top = index * rowHeight;
      const bottom = top + 2 * rowHeight - place.clientHeight;
      if (place.scrollTop > top) place.scrollTop = top;
      else if (place.scrollTop < bottom) place.scrollTop = bottom;
    },
    [rowHeight],
  );
  return { attach, element, rowHeight, ...size, drawn, scrollTo };
}
