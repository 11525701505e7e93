import { useEffect, useState } from 'react';

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

/** How many pixels a rem is. */
export function remPixels(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}
