import { useCallback, useEffect, useRef, useState } from 'react';
import { asSyncError, type SyncError } from '../../src/api/index.ts';
import { useApp } from '../store/store.ts';

export interface Live<T> {
  readonly data: T | undefined;
  readonly error: SyncError | undefined;
  /** Asks again now. */
  readonly reload: () => void;
}

/**
 * An answer of the engine that is kept fresh: asked for at once, when what it depends on changes, and whenever the engine's
 * state may have changed. The old answer stays until the new one is there, so that nothing jumps.
 *
 * @param key stands for all that `ask` depends on; undefined asks nothing.
 */
export function useLive<T>(key: string | undefined, ask: () => Promise<T>): Live<T> {
  const revision = useApp((state) => state.revision);
  const [answer, setAnswer] = useState<{ key: string; data?: T; error?: SyncError }>();
  const [asked, setAsked] = useState(0);
  const isAsking = useRef<string>(undefined);
  const isOutdated = useRef(false);
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (key === undefined) return;
    // One question at a time: a slow answer is not overtaken by further ones, but asked for again afterwards.
    if (isAsking.current === key) {
      isOutdated.current = true;
      return;
    }
    isAsking.current = key;
    isOutdated.current = false;
    latest
      .current()
      .then(
        (data) => setAnswer((old) => (isAsking.current === key ? { key, data } : old)),
        (error: unknown) =>
          setAnswer((old) => (isAsking.current === key ? { ...keep(old, key), error: asSyncError(error) } : old)),
      )
      .finally(() => {
        if (isAsking.current !== key) return;
        isAsking.current = undefined;
        if (isOutdated.current) setAsked((count) => count + 1);
      });
  }, [key, revision, asked]);
  const isCurrent = answer !== undefined && answer.key === key;
  const reload = useCallback(() => setAsked((count) => count + 1), []);
  return { data: isCurrent ? answer.data : undefined, error: isCurrent ? answer.error : undefined, reload };
}

function keep<T>(old: { key: string; data?: T } | undefined, key: string): { key: string; data?: T } {
  return old?.key === key ? old : { key };
}
