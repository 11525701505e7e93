import { useCallback, useEffect, useRef, useState } from 'react';
import { asSyncError, type PageItem, type SyncError } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { useRetry } from '../../engine/use-retry.ts';
import { useApp } from '../../store/store.ts';
import type { Place } from '../../store/types.ts';

export interface Listing {
  readonly items: readonly PageItem[];
  readonly isComplete: boolean;
  readonly isLoading: boolean;
  readonly error: SyncError | undefined;
  /** Reads the next page, unless one is being read. */
  readonly more: () => void;
  /** Reads it all again, as far as it was read; what is shown stays until then. */
  readonly reload: () => void;
}

interface Page {
  readonly items: readonly PageItem[];
  readonly next: { readonly token: string; readonly after: string } | undefined;
}

/** What could not be read, and what had been read before it. */
interface Failure {
  readonly error: SyncError;
  readonly before: Page;
}

const NOTHING: Page = { items: [], next: undefined };

/** What is below a prefix, page by page as one scrolls. */
export function useListing(place: Place): Listing {
  const { account, bucket, prefix } = place;
  const bucketRevision = useApp((state) => state.bucketRevision);
  const [page, setPage] = useState<Page>();
  const [failure, setFailure] = useState<Failure>();
  const [isLoading, setLoading] = useState(true);
  const [asked, setAsked] = useState(0);
  const reading = useRef<AbortController>(undefined);
  const shownItems = useRef(0);

  const read = useCallback(
    (before: Page) => {
      const end = new AbortController();
      reading.current = end;
      setLoading(true);
      readPages({ account, bucket, prefix }, before, before === NOTHING ? shownItems.current : 0, end.signal)
        .then(
          (page) => {
            if (end.signal.aborted) return;
            shownItems.current = page.items.length;
            setPage(page);
            setFailure(undefined);
          },
          (thrown: unknown) => {
            if (!end.signal.aborted) setFailure({ error: asSyncError(thrown), before });
          },
        )
        .finally(() => {
          if (reading.current !== end) return;
          reading.current = undefined;
          setLoading(false);
        });
    },
    [account, bucket, prefix],
  );
  useEffect(() => {
    reading.current?.abort();
    read(NOTHING);
    return () => reading.current?.abort();
  }, [read, bucketRevision, asked]);

  const next = page?.next;
  const more = useCallback(() => {
    if (page?.next !== undefined && reading.current === undefined) read(page);
  }, [page, read]);
  const reload = useCallback(() => setAsked((count) => count + 1), []);
  // A server that was out of reach is back without telling: what could not be read is read again by itself.
  const again = useCallback(() => {
    if (failure !== undefined && reading.current === undefined) read(failure.before);
  }, [failure, read]);
  useRetry(failure?.error, again);
  return {
    items: page?.items ?? [],
    isComplete: page !== undefined && next === undefined,
    isLoading,
    error: failure?.error,
    more,
    reload,
  };
}

/** Reads on from a page: the next one, and further ones until there are `wanted` items or no more. */
async function readPages(place: Place, before: Page, wanted: number, signal: AbortSignal): Promise<Page> {
  const read = [...before.items];
  let { next } = before;
  do {
    const page = await engine().call('object.page', { ...place, ...(next !== undefined && { next }) }, signal);
    for (const item of page.items) read.push(item);
    next = page.next;
  } while (next !== undefined && read.length < wanted);
  return { items: read, next };
}
