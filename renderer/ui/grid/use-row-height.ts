import { useCallback, useEffect, useState } from 'react';

/** As the token `--row` says. */
const ROW_REM = 1.75;

/** The height of a row in pixels, which follows the size of the text. */
export function useRowHeight(): number {
  const [height, setHeight] = useState(measure);
  useEffect(() => {
    const update = () => setHeight(measure());
    addEventListener('resize', update);
    return () => removeEventListener('resize', update);
  }, []);
  return height;
}

function measure(): number {
  return ROW_REM * remPixels();
}

function remPixels(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** The width of an element in rem; give the returned function as part of its ref. */
export function useWidthRem(): readonly [(element: Element | null) => (() => void) | undefined, number] {
  const [widthRem, setWidthRem] = useState(Number.POSITIVE_INFINITY);
  const frame = useCallback((element: Element | null) => {
    if (element === null) return undefined;
    const sizes = new ResizeObserver(() => setWidthRem(element.clientWidth / remPixels()));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  return [frame, widthRem];
}
