import type { VersionInfo } from '../api/index.ts';
import type { RemoteExpectation } from '../core/decide.ts';
import type { Clock } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { expectationOf, sameContent } from '../core/history.ts';
import type { ListedVersion, ObjectStore, VersionListRequest, VersionMarker } from '../core/object-store.ts';
import { isInternalKey } from '../core/paths.ts';
import { compareUtf8 } from '../core/text.ts';
import { bucketTrashKey, bucketTrashStamp } from '../core/trash-path.ts';
import { listVersions, type Retry } from '../remote/index.ts';

/** A bucket, as its versions are asked for. */
export interface VersionedBucket {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** How often a request is tried. */
  readonly retry: Retry;
}

/** The same, with what it takes to bring them back. */
export interface RestoreTarget extends VersionedBucket {
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * The versions of one key and of all below it, as of a folder; with a slash at its end only of what is below, and of the
 * whole bucket when it is empty. By key, the newest first. What the engine keeps for itself is left out.
 */
export async function* versionsIn(
  { store, bucket, retry }: VersionedBucket,
  range: string,
  signal: AbortSignal,
): AsyncGenerator<ListedVersion, void, undefined> {
  const isPrefix = range === '' || range.endsWith('/');
  if (!isPrefix) yield* versionsOf({ store, bucket, retry }, range, signal);
  const prefix = isPrefix ? range : `${range}/`;
  for await (const version of listVersions(store, { bucket, prefix }, signal, retry)) {
    if (!isInternalKey(version.key)) yield version;
  }
}

/** The versions of one key, the newest first. */
async function* versionsOf(
  { store, bucket, retry }: VersionedBucket,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<ListedVersion, void, undefined> {
  // Of all keys that start like this one it is the first.
  for await (const version of listVersions(store, { bucket, prefix: key }, signal, retry)) {
    if (version.key !== key) return;
    yield version;
  }
}

/** Pages of a listing that are read to count versions. */
const MAX_COUNT_PAGES = 3;

/**
 * How many versions keys of one level have, without delete markers. Reads a few pages at most; keys that lie beyond them are
 * left out.
 *
 * @param keys directly below `prefix`, in any order.
 */
export async function countVersions(
  { store, bucket, retry }: VersionedBucket,
  prefix: string,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly key: string; readonly versions: number }[]> {
  const wanted = new Map([...keys].sort(compareUtf8).map((key) => [key, 0]));
  const [first, last] = [[...wanted.keys()][0], [...wanted.keys()].at(-1)];
  if (first === undefined || last === undefined) return [];
  // A listing begins after its marker: what is a letter shorter stands before the first key, and little in between.
  let after: VersionMarker | undefined = { key: first.replace(/.$/su, '') };
  for (let page = 0; page < MAX_COUNT_PAGES && after !== undefined; page++) {
    const request: VersionListRequest = { bucket, prefix, delimiter: '/', after };
    const { versions, next } = await retry(() => store.listVersionPage(request, signal));
    for (const { key, kind } of versions) {
      const count = wanted.get(key);
      if (count !== undefined && kind === 'object') wanted.set(key, count + 1);
    }
    after = next !== undefined && compareUtf8(next.key, last) <= 0 ? next : undefined;
  }
  const unread = after;
  const isRead = (key: string) => unread === undefined || compareUtf8(key, unread.key) < 0;
  return [...wanted].filter(([key]) => isRead(key)).map(([key, versions]) => ({ key, versions }));
}

/** What the contract says of a version. */
export function versionInfoOf(version: ListedVersion): VersionInfo {
  return { ...version };
}

/**
 * Makes an old version of a key the present one, if the key still has what it has now.
 *
 * @returns what was copied, or undefined when the key holds that content already.
 * @throws SyncError not-supported when the bucket keeps no versions: what is under the key would be lost.
 */
export async function restoreVersion(
  target: RestoreTarget,
  key: string,
  versionId: string,
  signal: AbortSignal,
): Promise<{ readonly restored: boolean; readonly sizeBytes: number }> {
  await requireVersioning(target, signal);
  let latest: ListedVersion | undefined;
  let wanted: ListedVersion | undefined;
  for await (const version of versionsOf(target, key, signal)) {
    if (version.isLatest) latest = version;
    if (version.versionId === versionId) wanted = version;
    if (latest !== undefined && wanted !== undefined) break;
  }
  if (wanted?.kind !== 'object') throw noSuchVersion(key, versionId, wanted !== undefined);
  const { sizeBytes } = wanted;
  if (latest?.kind === 'object' && sameContent(latest, wanted)) return { restored: false, sizeBytes };
  if (await copyVersion(target, wanted, expectationOf(latest), signal)) return { restored: true, sizeBytes };
  throw new SyncError({
    code: 'precondition-failed',
    message: `${key} was changed by somebody else at the same time. It was left as it is.`,
    advice: 'Look at its versions again, and then restore the one that you want.',
    retryable: true,
  });
}

/**
 * Copies a version onto its key inside the server, if the key holds what is expected. Not every server honours a condition
 * on the target of a copy, so it is looked at right before. What the key holds becomes an old version; where it has none of its
 * own, a copy of it goes into the bucket's trash first: its prefix may be left out of versioning.
 *
 * @returns false when it holds something else, or the version is gone.
 */
export async function copyVersion(
  { store, bucket, retry, clock }: RestoreTarget,
  { key, versionId, etag, sizeBytes }: ListedVersion,
  expect: RemoteExpectation,
  signal: AbortSignal,
): Promise<boolean> {
  const expectedEtag = expect.kind === 'etag' ? expect.etag : undefined;
  try {
    return await retry(async () => {
      const present = await store.head(bucket, key, signal);
      // An answer that was lost on its way: it was copied.
      if (present?.etag === etag && present.sizeBytes === sizeBytes) return true;
      if (present?.etag !== expectedEtag) return false;
      if (present !== undefined && (present.versionId ?? 'null') === 'null') {
        const trashKey = bucketTrashKey(bucketTrashStamp(clock.now(), present.etag), key);
        const kept = { sourceKey: key, sourceEtag: present.etag, sizeBytes: present.sizeBytes };
        await store.copy({ bucket, key: trashKey, ...kept }, signal);
        // That may have taken its time.
        if ((await store.head(bucket, key, signal))?.etag !== expectedEtag) return false;
      }
      const source = { sourceKey: key, sourceVersionId: versionId, sourceEtag: etag, sizeBytes };
      await store.copy({ bucket, key, ...source, expect }, signal);
      return true;
    });
  } catch (error) {
    if (hasCode(error, 'precondition-failed', 'no-such-key')) return false;
    throw error;
  }
}

/** @throws SyncError not-supported when what is overwritten in the bucket is not kept. */
export async function requireVersioning({ store, bucket, retry }: VersionedBucket, signal: AbortSignal): Promise<void> {
  const state = await retry(() => store.versioning(bucket, signal));
  if (state === 'enabled') return;
  throw new SyncError({
    code: 'not-supported',
    message: `The bucket ${bucket} keeps no versions now, so that restoring one could overwrite what can not be brought back.`,
    advice:
      'Turn versioning on first. What was overwritten before stays lost; what syncing deleted may be in the trash.',
    command: `rustfs-sync bucket versioning ACCOUNT ${bucket} on`,
  });
}

function noSuchVersion(key: string, versionId: string, isMarker: boolean): SyncError {
  return new SyncError({
    code: 'no-such-key',
    message: isMarker
      ? `The version ${versionId} of ${key} is a delete marker: there is no content to bring back.`
      : `There is no version ${versionId} of ${key}.`,
    advice: 'Choose one of the versions that there are.',
    command: 'rustfs-sync versions ACCOUNT:BUCKET/KEY',
  });
}
