import { useEffect, useRef } from 'react';
import type { SyncError } from '../../src/api/index.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 10_000;

/** Tries again what failed in a way that may pass, less and less often, until it went well or is not on screen any more. */
export function useRetry(error: SyncError | undefined, retry: () => void): void {
  const waitMs = useRef(FIRST_WAIT_MS);
  useEffect(() => {
    if (error === undefined) waitMs.current = FIRST_WAIT_MS;
    if (error?.retryable !== true) return undefined;
    const timer = setTimeout(retry, waitMs.current);
    waitMs.current = Math.min(LONGEST_WAIT_MS, waitMs.current * 2);
    return () => clearTimeout(timer);
  }, [error, retry]);
}
