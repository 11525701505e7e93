import { useCallback, useEffect, useRef } from 'react';

/** A function that does what `work` does now, and stays the same from one drawing to the next. For what a person does, not for drawing. */
export function useHandler<A extends readonly unknown[]>(work: (...args: A) => void): (...args: A) => void {
  const latest = useRef(work);
  useEffect(() => {
    latest.current = work;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
