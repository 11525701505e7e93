import type { RemoteEntry } from '../core/entries.ts';
import { ancestors } from '../core/paths.ts';
import type { FolderContext } from './folder-context.ts';

/**
 * A listing as it is. At its end, files are looked at again that were told to clash with objects, and clash with none of these:
 * the listing is compared with what base remembers, which shows nothing of them.
 */
export function revisitFreed(
  { state, folder, revisit }: Pick<FolderContext, 'state' | 'folder' | 'revisit'>,
  listing: AsyncIterable<RemoteEntry>,
): AsyncIterable<RemoteEntry> {
  // One that a transfer was told of is tried again by itself.
  const told = state.problems.clashes(folder.id).filter(({ path, object }) => path !== object);
  return told.length === 0 ? listing : watchFreed(new Set(told.map(({ path }) => path)), listing, revisit);
}

async function* watchFreed(
  told: ReadonlySet<string>,
  listing: AsyncIterable<RemoteEntry>,
  revisit: (path: string) => void,
): AsyncGenerator<RemoteEntry, void, undefined> {
  const freed = new Set(told);
  const below = Map.groupBy(
    [...told].flatMap((path) => ancestors(path).map((above) => ({ path, above }))),
    ({ above }) => above,
  );
  for await (const entry of listing) {
    for (const above of ancestors(entry.path)) freed.delete(above);
    for (const { path } of below.get(entry.path) ?? []) freed.delete(path);
    yield entry;
  }
  for (const path of freed) revisit(path);
}
