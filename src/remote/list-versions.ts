import type { ListedVersion, ObjectStore, VersionMarker } from '../core/object-store.ts';
import { compareUtf8 } from '../core/text.ts';
import { once, type Retry } from './list.ts';
import { listingDisorder } from './wire-errors.ts';

/**
 * All versions and delete markers below a prefix, by key in UTF-8 byte order, the newest of each key first; a page in
 * memory at a time.
 *
 * @param retry is given each request for a page; by default nothing is repeated.
 * @throws SyncError listing-disorder when keys come out of order or a page leads back to itself; whatever a page fails with.
 */
export async function* listVersions(
  store: Pick<ObjectStore, 'listVersionPage'>,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  signal?: AbortSignal,
  retry: Retry = once,
): AsyncGenerator<ListedVersion, void, undefined> {
  let after: VersionMarker | undefined;
  let lastKey = '';
  do {
    const request = { bucket, prefix, ...(after !== undefined && { after }) };
    const { versions, next } = await retry(() => store.listVersionPage(request, signal));
    for (const version of versions) {
      if (compareUtf8(version.key, lastKey) < 0) {
        throw listingDisorder(bucket, prefix, `a version of "${version.key}" is listed after "${lastKey}"`);
      }
      lastKey = version.key;
      yield version;
    }
    if (next !== undefined && next.key === after?.key && next.versionId === after.versionId) {
      throw listingDisorder(bucket, prefix, 'a page names itself as the next one');
    }
    after = next;
  } while (after !== undefined);
}
