import type { BaseEntry, RemoteEntry, ScannedFile } from '../core/entries.ts';
import { compareUtf8 } from '../core/text.ts';
import type { StateStore } from '../state/index.ts';

/** How much of a folder a cycle looks at. */
export type Scope =
  | { readonly kind: 'everything' }
  /** These paths and all below them; NFC. */
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  /** The bucket as listed now, against the disk as base remembers it: what others changed. */
  | { readonly kind: 'listing' }
  /** Nothing: what is already planned is tried again. */
  | { readonly kind: 'retry' };

export const EVERYTHING: Scope = { kind: 'everything' };

/** Paths without those that lie below another of them. */
export function withoutNested(paths: readonly string[]): string[] {
  const wanted = new Set(paths);
  return [...wanted].filter((path) => {
    for (let slash = path.lastIndexOf('/'); slash >= 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (wanted.has(path.slice(0, slash))) return false;
      if (slash === 0) break;
    }
    return true;
  });
}

/** The base rows of some paths and all below them, in key order. `paths` must not be nested. */
export async function* baseBelow(
  state: StateStore,
  folderId: string,
  paths: readonly string[],
): AsyncGenerator<BaseEntry, void, undefined> {
  // A path and what lies below it are two ranges, since other names (`a-b`) sort between `a` and `a/`.
  const ranges = paths.flatMap((path) => [path, `${path}/`]).sort(compareUtf8);
  for (const range of ranges) {
    if (range.endsWith('/')) {
      yield* state.base.stream(folderId, range.slice(0, -1));
      continue;
    }
    const entry = state.base.get(folderId, range);
    if (entry !== undefined) yield entry;
  }
}

/**
 * The bucket as base remembers it. After a local hint nothing is listed: the conditional write finds out whether the
 * bucket still is so.
 */
export async function* remoteAsRemembered(
  base: AsyncIterable<BaseEntry>,
): AsyncGenerator<RemoteEntry, void, undefined> {
  for await (const { path, sizeBytes, etag } of base) yield { path, sizeBytes, etag };
}

/** The disk as base remembers it, for a look at the bucket alone: every effect proves its file again. */
export async function* localAsRemembered(base: AsyncIterable<BaseEntry>): AsyncGenerator<ScannedFile, void, undefined> {
  for await (const { path, sizeBytes, mtimeNs, ctimeNs, fileId, retained } of base) {
    if (!retained) yield { kind: 'file', path, entry: { path, sizeBytes, mtimeNs, ctimeNs, fileId } };
  }
}
