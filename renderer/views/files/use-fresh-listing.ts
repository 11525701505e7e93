import { useEffect, useRef } from 'react';
import { useApp } from '../../store/store.ts';
import type { Place } from '../../store/types.ts';
import type { Listing } from './use-listing.ts';

/** A listing that a sync changes is read again at most so often. */
const EVERY_MS = 2_000;
/** One without anything sooner: who looks at it waits for the first to come. */
const EMPTY_EVERY_MS = 250;
/** Longer listings are read again by the person: reading all their pages anew would lose the place. */
const MOST_ITEMS = 1_000;

/** Reads a short listing again while files are sent by hand, or a folder that is synced there moves some. */
export function useFreshListing({ account, bucket }: Place, { items, isComplete, isLoading, reload }: Listing): void {
  const progress = useApp(({ status, uploadsDone }) =>
    [
      uploadsDone,
      ...(status?.folders ?? [])
        .filter(({ folder }) => folder.account === account && folder.bucket === bucket)
        .map(({ done, planned, filesInSync, state }) => [done.files, planned.files, filesInSync, state].join('/')),
    ].join(),
  );
  const latest = useRef(progress);
  const seen = useRef(progress);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isShort = isComplete && items.length <= MOST_ITEMS;
  const everyMs = items.length === 0 ? EMPTY_EVERY_MS : EVERY_MS;
  useEffect(() => {
    latest.current = progress;
    // What is being read is read to its end: begun anew each time, a slow server's listing would never come.
    if (progress === seen.current || !isShort || isLoading || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      seen.current = latest.current;
      reload();
    }, everyMs);
  }, [progress, isShort, isLoading, everyMs, reload]);
  useEffect(() => () => clearTimeout(timer.current), []);
}
