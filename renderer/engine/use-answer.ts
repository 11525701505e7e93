import { useCallback, useEffect, useRef, useState } from 'react';
import { asSyncError, type SyncError } from '../../src/api/index.ts';

export interface Answer<T> {
  readonly data: T | undefined;
  readonly error: SyncError | undefined;
}

/**
 * An answer of a server, asked for once and again when what it depends on changes: unlike `useLive`, which asks whenever the
 * engine has moved. The old answer goes when the key does.
 *
 * @param key stands for all that `ask` depends on; undefined asks nothing.
 */
export function useAnswer<T>(key: string | undefined, ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T> & { readonly key: string }>();
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (key === undefined) return undefined;
    const end = new AbortController();
    latest.current(end.signal).then(
      (data) => {
        if (!end.signal.aborted) setAnswer({ key, data, error: undefined });
      },
      (error: unknown) => {
        if (!end.signal.aborted) setAnswer({ key, data: undefined, error: asSyncError(error) });
      },
    );
    return () => end.abort(new DOMException('Closed', 'AbortError'));
  }, [key]);
  return answer !== undefined && answer.key === key ? answer : { data: undefined, error: undefined };
}

export interface Items<T> {
  readonly items: readonly T[];
  /** How many were read, also of those that were not kept. */
  readonly count: number;
  readonly isComplete: boolean;
  /** There were more than were to be read. */
  readonly hasMore: boolean;
  readonly error: SyncError | undefined;
  readonly reload: () => void;
}

const NO_ITEMS = { items: [], count: 0, isComplete: false, hasMore: false, error: undefined };
const SHOW_EVERY_MS = 150;

/**
 * The items of a stream, shown as they come, up to `most`.
 *
 * @param key stands for all that `open` depends on; undefined opens nothing.
 * @param keeping makes what says which items are kept; all of them without it.
 */
export function useItems<T>(
  key: string | undefined,
  most: number,
  open: (signal: AbortSignal) => AsyncIterable<T>,
  keeping: () => (item: T) => boolean = keepAll,
): Items<T> {
  const [read, setRead] = useState<Omit<Items<T>, 'reload'>>(NO_ITEMS);
  const [asked, setAsked] = useState(0);
  const latest = useRef({ open, keeping });
  useEffect(() => {
    latest.current = { open, keeping };
  });
  useEffect(() => {
    setRead(NO_ITEMS);
    if (key === undefined) return undefined;
    const end = new AbortController();
    const { open, keeping } = latest.current;
    void readItems(open(end.signal), keeping(), most, end.signal, setRead);
    return () => end.abort(new DOMException('Closed', 'AbortError'));
  }, [key, most, asked]);
  const reload = useCallback(() => setAsked((count) => count + 1), []);
  return { ...read, reload };
}

const keepAll = () => () => true;

/** Reads a stream to its end, or to `most` items that are kept, and shows them again and again. */
export async function readItems<T>(
  stream: AsyncIterable<T>,
  isKept: (item: T) => boolean,
  most: number,
  signal: AbortSignal,
  show: (read: Omit<Items<T>, 'reload'>) => void,
): Promise<void> {
  const items: T[] = [];
  let count = 0;
  let hasMore = false;
  let shownMs = performance.now();
  try {
    for await (const item of stream) {
      hasMore = items.length === most;
      if (hasMore) break;
      count += 1;
      if (isKept(item)) items.push(item);
      if (performance.now() - shownMs < SHOW_EVERY_MS) continue;
      shownMs = performance.now();
      if (!signal.aborted) show({ items: [...items], count, isComplete: false, hasMore, error: undefined });
    }
    if (!signal.aborted) show({ items, count, isComplete: true, hasMore, error: undefined });
  } catch (error) {
    if (!signal.aborted) show({ items, count, isComplete: false, hasMore, error: asSyncError(error) });
  }
}
