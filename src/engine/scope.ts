import type { BaseEntry, RemoteEntry, ScannedFile } from '../core/entries.ts';
import type { PathFilter } from '../core/filters.ts';
import { ancestors, type RelativePath } from '../core/paths.ts';
import { compareUtf8 } from '../core/text.ts';
import type { StateStore } from '../state/index.ts';

/** How much of a folder a cycle looks at. */
export type Scope =
  | { readonly kind: 'everything' }
  /** These paths and all below them; NFC. Of `ask` the bucket is asked, for the others base is taken at its word. */
  | { readonly kind: 'paths'; readonly paths: readonly string[]; readonly ask: ReadonlySet<string> }
  /** The bucket as listed now, against the disk as base remembers it: what others changed. */
  | { readonly kind: 'listing' }
  /** Nothing: what is already planned is tried again. */
  | { readonly kind: 'retry' };

/** The bucket is asked of so many paths at once. */
const ASKED_AHEAD = 16;

export const EVERYTHING: Scope = { kind: 'everything' };

/** The objects of clashes that were told at, above or below some paths: what these name may have settled them, or joined them. */
export function objectsInTheWay(
  clashes: readonly { readonly path: string; readonly object: string }[],
  paths: readonly string[],
): string[] {
  if (clashes.length === 0) return [];
  const named = new Set(paths);
  const above = new Set(paths.flatMap(ancestors));
  const isNear = (path: string) => above.has(path) || [path, ...ancestors(path)].some((one) => named.has(one));
  return clashes.filter(({ path, object }) => isNear(path) || isNear(object)).map(({ object }) => object);
}

/** Those that are among some roots or lie below one of them. */
export function pathsBelow(paths: Iterable<string>, roots: readonly string[]): Set<string> {
  const named = new Set(roots);
  return new Set([...paths].filter((path) => [path, ...ancestors(path)].some((one) => named.has(one))));
}

/**
 * The objects at the names of directories above some paths: as base remembers them, but for those in `ask`, of which the bucket
 * is asked. One that is to go is in nobody's way.
 */
export async function objectsAbove(
  { base, plans }: Pick<StateStore, 'base' | 'plans'>,
  folderId: string,
  paths: readonly string[],
  ask: ReadonlySet<string>,
  head: (path: RelativePath) => Promise<RemoteEntry | undefined>,
): Promise<string[]> {
  const above = [...new Set(paths.flatMap(ancestors))].filter((path) => !plans.takesObject(folderId, path));
  const isThere = await Promise.all(
    above.map(async (path) =>
      ask.has(path) ? (await head(path as RelativePath)) !== undefined : base.get(folderId, path) !== undefined,
    ),
  );
  return above.filter((_, index) => isThere[index]);
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
 * Those of some base rows whose file was left out for a while and is not any more. Nobody knows what became of the object
 * meanwhile: were base taken at its word, one that is gone would read as a deletion that comes only now.
 */
export async function leftOutBefore(base: AsyncIterable<BaseEntry>, filter: PathFilter): Promise<string[]> {
  const found: string[] = [];
  for await (const { path, retained } of base) if (retained && !filter.ignoresFile(path)) found.push(path);
  return found;
}

/**
 * The bucket after a local hint: as base remembers it, but for the paths in `ask`, of which it is asked. Nothing is listed:
 * the conditional write finds out whether what is remembered still holds.
 */
export async function* remoteAfterHint(
  base: AsyncIterable<BaseEntry>,
  ask: ReadonlySet<string>,
  head: (path: RelativePath) => Promise<RemoteEntry | undefined>,
): AsyncGenerator<RemoteEntry, void, undefined> {
  const asked = [...ask].sort(compareUtf8) as RelativePath[];
  const answers: Promise<RemoteEntry | undefined>[] = [];
  let next = 0;
  async function* askedUpTo(limit: string | undefined): AsyncGenerator<RemoteEntry, void, undefined> {
    for (let path = asked[next]; path !== undefined; path = asked[next]) {
      if (limit !== undefined && compareUtf8(path, limit) > 0) return;
      while (answers.length < ASKED_AHEAD) {
        const ahead = asked[next + answers.length];
        if (ahead === undefined) break;
        const answer = head(ahead);
        // One that fails before its turn is told when its turn comes.
        answer.catch(() => undefined);
        answers.push(answer);
      }
      next += 1;
      const entry = await answers.shift();
      if (entry !== undefined) yield entry;
    }
  }
  for await (const { path, sizeBytes, etag } of base) {
    yield* askedUpTo(path);
    if (!ask.has(path)) yield { path, sizeBytes, etag };
  }
  yield* askedUpTo(undefined);
}

/** The disk as base remembers it, for a look at the bucket alone: every effect proves its file again. */
export async function* localAsRemembered(base: AsyncIterable<BaseEntry>): AsyncGenerator<ScannedFile, void, undefined> {
  for await (const { path, sizeBytes, mtimeNs, ctimeNs, fileId, retained } of base) {
    if (!retained) yield { kind: 'file', path, entry: { path, sizeBytes, mtimeNs, ctimeNs, fileId } };
  }
}
