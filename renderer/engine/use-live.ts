import { useCallback, useEffect, useRef, useState } from 'react';
import { asSyncError, type SyncError } from '../../src/api/index.ts';
import { useApp } from '../store/store.ts';

export interface Live<T> {
  readonly data: T | undefined;
  readonly error: SyncError | undefined;
  /** Asks again now. */
  readonly reload: () => void;
}

/** The last answer, and what was asked for it. */
interface Answer<T> {
  readonly key: string;
  readonly data?: T;
  readonly error?: SyncError;
}

/**
 * An answer of the engine that is kept fresh: asked for at once, when what it depends on changes, and whenever the engine's
 * state may have changed. The old answer stays until the new one is there, so that nothing jumps.
 *
 * @param key stands for all that `ask` depends on; undefined asks nothing.
 */
export function useLive<T>(key: string | undefined, ask: () => Promise<T>): Live<T> {
  const revision = useApp((state) => state.revision);
  const [answer, setAnswer] = useState<Answer<T>>();
  const [asked, setAsked] = useState(0);
  const asking = useRef<string>(undefined);
  const isOutdated = useRef(false);
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (key === undefined) return;
    // One question at a time: a slow answer is not overtaken by further ones, but asked for again afterwards.
    if (asking.current === key) {
      isOutdated.current = true;
      return;
    }
    asking.current = key;
    isOutdated.current = false;
    const settle = (take: (old: Answer<T> | undefined) => Answer<T>) => {
      // Something else was asked meanwhile.
      if (asking.current !== key) return;
      asking.current = undefined;
      setAnswer(take);
      if (isOutdated.current) setAsked((count) => count + 1);
    };
    latest.current().then(
      (data) => settle(() => ({ key, data })),
      (error: unknown) => settle((old) => ({ ...(old?.key === key ? old : { key }), error: asSyncError(error) })),
    );
  }, [key, revision, asked]);
  const isCurrent = answer !== undefined && answer.key === key;
  const reload = useCallback(() => setAsked((count) => count + 1), []);
  return { data: isCurrent ? answer.data : undefined, error: isCurrent ? answer.error : undefined, reload };
}
