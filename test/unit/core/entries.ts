import type { BaseEntry, LocalEntry, RemoteEntry, SkippedItem } from '../../../src/core/entries.ts';
import type { RelativePath } from '../../../src/core/paths.ts';

export function localEntry(path: string, changes: Partial<LocalEntry> = {}): LocalEntry {
  const entry = { path: path as RelativePath, sizeBytes: 10, mtimeNs: 1_000n, ctimeNs: 1_000n, fileId: '7' };
  return { ...entry, ...changes };
}

export function baseEntry(path: string, changes: Partial<BaseEntry> = {}): BaseEntry {
  return { ...localEntry(path), etag: 'etag-of-base', retained: false, ...changes };
}

export function remoteEntry(path: string, changes: Partial<RemoteEntry> = {}): RemoteEntry {
  return { path: path as RelativePath, sizeBytes: 10, etag: 'etag-of-base', ...changes };
}

export function skippedItem(path: string, shadowed = false): SkippedItem {
  return { kind: 'skipped', path, reason: 'unreadable', shadowed };
}
