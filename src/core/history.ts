import type { RemoteExpectation } from './decide.ts';
import type { ListedVersion } from './object-store.ts';

/** A key now, and at some moment. */
export interface KeyHistory {
  /** The version or delete marker that the key has now. */
  readonly latest: ListedVersion;
  /** What it had then; undefined when it was not there yet. */
  readonly then: ListedVersion | undefined;
}

/**
 * Folds the versions of many keys (all of a key together, the newest first) into one history a key. Holds two versions,
 * whatever their number.
 *
 * @param atMs the moment, by the server's clock.
 */
export async function* historiesAt(
  versions: AsyncIterable<ListedVersion>,
  atMs: number,
): AsyncGenerator<KeyHistory, void, undefined> {
  let latest: ListedVersion | undefined;
  let then: ListedVersion | undefined;
  for await (const version of versions) {
    if (latest !== undefined && latest.key !== version.key) {
      yield { latest, then };
      latest = then = undefined;
    }
    if (latest === undefined || (version.isLatest && !latest.isLatest)) latest = version;
    if (then === undefined && version.lastModifiedMs <= atMs) then = version;
  }
  if (latest !== undefined) yield { latest, then };
}

/** What bringing a key back to a moment takes. */
export type RestoreStep =
  /** It holds what it held then, or nothing, as then. */
  | { readonly kind: 'unchanged'; readonly isThere: boolean }
  | { readonly kind: 'restore'; readonly version: ListedVersion; readonly expect: RemoteExpectation }
  /** An object that did not exist then. */
  | { readonly kind: 'newer'; readonly latest: ListedVersion }
  /** Written after a person looked. */
  | { readonly kind: 'changed' };

/**
 * Decides about one key. Whatever is done is done on the condition that the key still has what it has now.
 *
 * @param seenUntilMs what was written after this, by the server's clock, nobody has agreed to change.
 */
export function decideRestore({ latest, then }: KeyHistory, seenUntilMs: number | undefined): RestoreStep {
  const isThere = latest.kind === 'object';
  if (then?.kind === 'object' && isThere && sameContent(then, latest)) return { kind: 'unchanged', isThere };
  if (then?.kind !== 'object' && !isThere) return { kind: 'unchanged', isThere };
  if (seenUntilMs !== undefined && latest.lastModifiedMs > seenUntilMs) return { kind: 'changed' };
  if (then?.kind !== 'object') return { kind: 'newer', latest };
  return { kind: 'restore', version: then, expect: expectationOf(latest) };
}

/** What a write has to find so that nobody's change is lost. */
export function expectationOf(latest: ListedVersion | undefined): RemoteExpectation {
  return latest?.kind === 'object' ? { kind: 'etag', etag: latest.etag } : { kind: 'absent' };
}

/** Whether two versions hold the same: they are one, or their ETags and sizes are equal. */
export function sameContent(a: ListedVersion, b: ListedVersion): boolean {
  return a.versionId === b.versionId || (a.etag === b.etag && a.sizeBytes === b.sizeBytes);
}
