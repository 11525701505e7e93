import { useCallback, useEffect, useRef, useState } from 'react';
import { asSyncError, type SyncError } from '../../src/api/index.ts';
import { useApp } from '../store/store.ts';

export interface Live<T> {
  readonly data: T | undefined;
  readonly error: SyncError | undefined;
  /** Asks again now. */
  readonly reload: () => void;
}

/** A list of so many is not asked for again at every change: it would keep both sides busy with nothing else. */
const LONG_LIST = 500;
const LONG_LIST_REST_MS = 2_000;

/** For how long the answer to a question for a list is good enough. */
export function restOfList(list: readonly unknown[]): number {
  return list.length < LONG_LIST ? 0 : LONG_LIST_REST_MS;
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
 * @param restMs for how long nothing is asked after an answer, unless the key changes or somebody asks for it.
 */
export function useLive<T>(
  key: string | undefined,
  ask: () => Promise<T>,
  restMs: (answer: T) => number = () => 0,
): Live<T> {
  const revision = useApp((state) => state.revision);
  const [answer, setAnswer] = useState<Answer<T>>();
  const [asked, setAsked] = useState(0);
  const asking = useRef<string>(undefined);
  const isOutdated = useRef(false);
  const rest = useRef<{ readonly key: string; readonly untilMs: number }>(undefined);
  const latest = useRef({ ask, restMs });
  useEffect(() => {
    latest.current = { ask, restMs };
  });
  useEffect(() => {
    if (key === undefined) return undefined;
    // One question at a time: a slow answer is not overtaken by further ones, but asked for again afterwards.
    if (asking.current === key) {
      isOutdated.current = true;
      return undefined;
    }
    const waitMs = rest.current?.key === key ? rest.current.untilMs - performance.now() : 0;
    if (waitMs > 0) {
      const timer = setTimeout(() => setAsked((count) => count + 1), waitMs);
      return () => clearTimeout(timer);
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
    latest.current.ask().then(
      (data) => {
        rest.current = { key, untilMs: performance.now() + latest.current.restMs(data) };
        settle(() => ({ key, data }));
      },
      (error: unknown) => settle((old) => ({ ...(old?.key === key ? old : { key }), error: asSyncError(error) })),
    );
    return undefined;
  }, [key, revision, asked]);
  const isCurrent = answer !== undefined && answer.key === key;
  const reload = useCallback(() => {
    rest.current = undefined;
    setAsked((count) => count + 1);
  }, []);
  return { data: isCurrent ? answer.data : undefined, error: isCurrent ? answer.error : undefined, reload };
}
