import { useState } from 'react';
import { asSyncError, type SyncError } from '../../src/api/index.ts';

export interface Action<A extends readonly unknown[]> {
  /** Does it; resolves to whether it went well. */
  readonly run: (...args: A) => Promise<boolean>;
  readonly isBusy: boolean;
  readonly error: SyncError | undefined;
  readonly clear: () => void;
}

/** Something that a button does: busy while it runs, and with what went wrong afterwards. */
export function useAction<A extends readonly unknown[]>(work: (...args: A) => Promise<unknown>): Action<A> {
  const [state, setState] = useState<{ isBusy: boolean; error?: SyncError }>({ isBusy: false });
  return {
    isBusy: state.isBusy,
    error: state.error,
    clear: () => setState({ isBusy: false }),
    run: async (...args) => {
      setState({ isBusy: true });
      try {
        await work(...args);
        setState({ isBusy: false });
        return true;
      } catch (error) {
        setState({ isBusy: false, error: asSyncError(error) });
        return false;
      }
    },
  };
}
