import type { ScanItem } from '../../../src/core/entries.ts';
import type { FileSystem } from '../../../src/core/environment.ts';
import type { PathFilter } from '../../../src/core/filters.ts';
import { scanPath, scanTree, type ScanOptions } from '../../../src/local/scan.ts';

export const NO_FILTER: PathFilter = { ignoresFile: () => false, ignoresDirectory: () => false };

export async function collect(items: AsyncIterable<ScanItem>): Promise<ScanItem[]> {
  const all: ScanItem[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** One line per item: `path`, or `path (reason)`, with `shadowed` where it is. */
export function describeItem(item: ScanItem): string {
  if (item.kind === 'file') return item.path;
  return `${item.path} (${item.reason}${item.shadowed ? ', shadowed' : ''})`;
}

export async function scanLines(fs: FileSystem, root: string, options: Partial<ScanOptions> = {}): Promise<string[]> {
  return (await collect(scanTree(fs, root, { filter: NO_FILTER, ...options }))).map(describeItem);
}

export async function scanPathLines(
  fs: FileSystem,
  root: string,
  path: string,
  options: Partial<ScanOptions> = {},
): Promise<string[]> {
  return (await collect(scanPath(fs, root, path, { filter: NO_FILTER, ...options }))).map(describeItem);
}
