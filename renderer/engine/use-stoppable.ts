import { useEffect, useRef } from 'react';
import { useAction, type Action } from './use-action.ts';

/** Long work that a person may break off. */
export interface Stoppable extends Action<[]> {
  readonly stop: () => void;
}

/** An action that ends when it is stopped, with what it has done until then, and with the dialog that shows it. */
export function useStoppable(work: (signal: AbortSignal) => Promise<unknown>): Stoppable {
  const control = useRef(new AbortController());
  const stop = () => control.current.abort(new DOMException('Cancelled', 'AbortError'));
  useEffect(() => stop, []);
  const action = useAction(async () => {
    control.current = new AbortController();
    const { signal } = control.current;
    try {
      await work(signal);
    } catch (error) {
      // Who stopped it knows.
      if (!signal.aborted) throw error;
    }
  });
  return { ...action, stop };
}
