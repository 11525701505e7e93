import type { ListedObject, ListPage, ObjectStore } from '../core/object-store.ts';
import { compareUtf8 } from '../core/text.ts';
import { listingDisorder } from './wire-errors.ts';

/** What to list: all objects whose key starts with `prefix` and comes after `startAfter`. */
export interface ListRange {
  readonly bucket: string;
  readonly prefix: string;
  readonly startAfter?: string;
}

/** Repeats a failed page as its caller sees fit. */
export type Retry = <T>(operation: () => Promise<T>) => Promise<T>;

/** What a person waits for is not repeated: they see the error and decide. */
export const once: Retry = (operation) => operation();

/** So often a disorderly listing is begun anew where it was last right, without getting any further. */
const MAX_RESTARTS = 3;
/** Servers may send a few pages without anything new; for ever they may not. */
const MAX_IDLE_PAGES = 20;

/**
 * All objects of a range in strictly increasing UTF-8 byte order, in constant memory (three pages).
 *
 * Servers were seen to repeat objects and to list them out of order. A page is therefore held back until the next one has
 * come, and what the next one repeats of it is dropped. An object that belongs before what was already checked, and is
 * not in it, proves disorder: the listing is begun anew after the last object handed out, so that nothing is ever missed.
 * Any doubt that stays is an error, never an end of the listing.
 *
 * @param retry is given each request for a page; by default nothing is repeated.
 * @throws SyncError listing-disorder, and whatever a page fails with.
 */
export async function* listObjects(
  store: Pick<ObjectStore, 'listPage'>,
  range: ListRange,
  signal?: AbortSignal,
  retry: Retry = once,
): AsyncGenerator<ListedObject, void, undefined> {
  let lastKey = range.startAfter;
  let restarts = 0;
  for (;;) {
    try {
      for await (const page of orderedPages(store, range, lastKey, signal, retry)) {
        restarts = 0;
        for (const object of page) {
          lastKey = object.key;
          yield object;
        }
      }
      return;
    } catch (error) {
      if (!(error instanceof Disorder)) throw error;
      restarts += 1;
      if (restarts > MAX_RESTARTS) throw listingDisorder(range.bucket, range.prefix, error.message);
    }
  }
}

/** Objects came out of order; nothing wrong was handed out. */
class Disorder extends Error {}

/** Pages of one pass, each checked against the page after it before it is handed out. */
async function* orderedPages(
  store: Pick<ObjectStore, 'listPage'>,
  range: ListRange,
  startAfter: string | undefined,
  signal: AbortSignal | undefined,
  retry: Retry,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  let floor = startAfter;
  let held: readonly ListedObject[] = [];
  let idlePages = 0;
  for await (const objects of pagesAhead(store, range, startAfter, signal, retry)) {
    const fresh = checkedPage(objects, held, floor);
    idlePages = fresh.length === 0 ? idlePages + 1 : 0;
    if (idlePages > MAX_IDLE_PAGES) {
      throw listingDisorder(range.bucket, range.prefix, 'page after page holds nothing new, without an end');
    }
    if (fresh.length === 0) continue;
    if (held.length > 0) {
      floor = held.at(-1)?.key;
      yield held;
    }
    held = fresh;
  }
  if (held.length > 0) yield held;
}

/** The objects of a page that are new, in order. @throws Disorder */
function checkedPage(
  objects: readonly ListedObject[],
  held: readonly ListedObject[],
  floor: string | undefined,
): ListedObject[] {
  const fresh: ListedObject[] = [];
  let last = held.at(-1)?.key ?? floor;
  for (const object of objects) {
    const { key } = object;
    if (last === undefined || compareUtf8(key, last) > 0) {
      fresh.push(object);
      last = key;
    } else if (key !== floor && !includesKey(held, key) && !includesKey(fresh, key)) {
      throw new Disorder(`the object "${key}" is listed after "${last}"`);
    }
  }
  return fresh;
}

/** Binary search in a page that is in order. */
function includesKey(page: readonly ListedObject[], key: string): boolean {
  let low = 0;
  let high = page.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    // In range, since low <= middle < high <= length.
    const order = compareUtf8(page[middle]?.key ?? '', key);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

/** The server's pages as they come, the next one already under way while one is used. */
async function* pagesAhead(
  store: Pick<ObjectStore, 'listPage'>,
  range: ListRange,
  startAfter: string | undefined,
  signal: AbortSignal | undefined,
  retry: Retry,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const { bucket, prefix } = range;
  const fetch = (continuationToken?: string): Promise<ListPage> => {
    const from = startAfter === undefined ? {} : { startAfter };
    const token = continuationToken === undefined ? {} : { continuationToken };
    const page = retry(() => store.listPage({ bucket, prefix, ...from, ...token }, either));
    // It may fail before anybody waits for it; whoever does wait is told.
    page.catch(() => {});
    return page;
  };
  let token: string | undefined;
  try {
    for (let next: Promise<ListPage> | undefined = fetch(); next !== undefined;) {
      const page: ListPage = await next;
      if (page.continuationToken !== undefined && page.continuationToken === token) {
        throw listingDisorder(bucket, prefix, 'a page names itself as the next one');
      }
      token = page.continuationToken;
      next = token === undefined ? undefined : fetch(token);
      yield page.objects;
    }
  } finally {
    stop.abort();
  }
}
