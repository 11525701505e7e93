import { useCallback, useState } from 'react';

/** So many more rows than are in sight are asked about, so that a short scroll shows no gap. */
const MARGIN_ROWS = 40;
/** As many as the engine answers at once. */
const MOST_ROWS = 500;

/** The rows of a list that are in sight, and some around them. */
export function useInSight<T>(rows: readonly T[]): {
  readonly inSight: readonly T[];
  readonly onRange: (first: number, last: number) => void;
} {
  const [range, setRange] = useState({ first: 0, last: 60 });
  const onRange = useCallback((first: number, last: number) => {
    setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
  }, []);
  const start = Math.max(0, range.first - MARGIN_ROWS);
  return { inSight: rows.slice(start, Math.min(start + MOST_ROWS, range.last + MARGIN_ROWS)), onRange };
}
