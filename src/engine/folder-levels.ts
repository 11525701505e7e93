import type { CommandOutput } from '../api/index.ts';
import { pathOfKey } from '../core/paths.ts';
import type { FolderRow } from '../state/index.ts';
import type { EngineParts } from './engine-parts.ts';
import { pageOfObjects } from './object-page.ts';

/** Pages of one level that are read; a level with more can only be taken as a whole. */
const MAX_LEVEL_PAGES = 5;
/** Pages that are read to add up what is below one path. */
const MAX_SIZE_PAGES = 20;

type Level = CommandOutput<'folder.level'>;
type Sizes = CommandOutput<'folder.sizes'>;

/** What is directly below a path of a folder, in the bucket or planned to be sent there. Keys that no file can have are left out. */
export async function folderLevel(
  parts: Pick<EngineParts, 'connections' | 'state'>,
  folder: FolderRow,
  path: string,
  signal: AbortSignal,
): Promise<Level> {
  const { bucket } = folder;
  const account = parts.state.accounts.byId(folder.accountId)?.name ?? '';
  const prefix = prefixOf(folder, path);
  const level = { directories: new Array<string>(), files: new Array<{ name: string; sizeBytes: number }>() };
  let next: { readonly token: string; readonly after: string } | undefined;
  for (let page = 0; page < MAX_LEVEL_PAGES; page++) {
    const request = { account, bucket, prefix, ...(next !== undefined && { next }) };
    const listed = await pageOfObjects(parts, request, signal);
    for (const item of listed.items) {
      const name = item.key.slice(prefix.length);
      if (item.kind === 'prefix') {
        // What stands for a directory is judged by a file in it.
        if (pathOfKey(folder.prefix, `${item.key}x`).kind === 'path') level.directories.push(name.slice(0, -1));
      } else if (pathOfKey(folder.prefix, item.key).kind === 'path') {
        level.files.push({ name, sizeBytes: item.sizeBytes });
      }
    }
    next = listed.next;
    if (next === undefined) return { ...level, isComplete: true };
  }
  return { ...level, isComplete: false };
}

/** What is below each of these paths in the bucket, added up. Of very many objects only the first are. */
export async function folderSizes(
  { connections }: Pick<EngineParts, 'connections'>,
  folder: FolderRow,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Sizes> {
  const { store } = await connections.byId(folder.accountId);
  const { bucket } = folder;
  const sizes: Sizes = [];
  for (const path of paths) {
    const sum = { path, files: 0, bytes: 0, isComplete: true };
    let continuationToken: string | undefined;
    for (let page = 0; page < MAX_SIZE_PAGES; page++) {
      const request = {
        bucket,
        prefix: prefixOf(folder, path),
        ...(continuationToken !== undefined && { continuationToken }),
      };
      const listed = await store.listPage(request, signal);
      for (const { key, sizeBytes } of listed.objects) {
        if (pathOfKey(folder.prefix, key).kind !== 'path') continue;
        sum.files += 1;
        sum.bytes += sizeBytes;
      }
      continuationToken = listed.continuationToken;
      if (continuationToken === undefined) break;
    }
    sizes.push({ ...sum, isComplete: continuationToken === undefined });
  }
  return sizes;
}

function prefixOf(folder: FolderRow, path: string): string {
  return path === '' ? folder.prefix : `${folder.prefix}${path}/`;
}
