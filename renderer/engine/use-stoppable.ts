import { useEffect, useRef } from 'react';
import { useAction, type Action } from './use-action.ts';

/** Long work that a person may break off. */
export interface Stoppable<A extends readonly unknown[] = []> extends Action<A> {
  readonly stop: () => void;
}

/** An action that ends when it is stopped, with what it has done until then, and with the dialog that shows it. */
export function useStoppable<A extends readonly unknown[] = []>(
  work: (signal: AbortSignal, ...args: A) => Promise<unknown>,
): Stoppable<A> {
  const control = useRef(new AbortController());
  const stop = () => control.current.abort(new DOMException('Cancelled', 'AbortError'));
  useEffect(() => stop, []);
  const action = useAction(async (...args: A) => {
    control.current = new AbortController();
    const { signal } = control.current;
    try {
      await work(signal, ...args);
    } catch (error) {
      // Who stopped it knows.
      if (!signal.aborted) throw error;
    }
  });
  return { ...action, stop };
}
