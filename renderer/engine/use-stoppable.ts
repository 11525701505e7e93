import { useRef } from 'react';
import { useAction, type Action } from './use-action.ts';

/** Long work that a person may break off. */
export interface Stoppable extends Action<[]> {
  readonly stop: () => void;
}

/** An action that ends when it is stopped, with what it has done until then. */
export function useStoppable(work: (signal: AbortSignal) => Promise<unknown>): Stoppable {
  const control = useRef(new AbortController());
  const action = useAction(() => {
    control.current = new AbortController();
    return work(control.current.signal);
  });
  return { ...action, stop: () => control.current.abort(new DOMException('Cancelled', 'AbortError')) };
}
