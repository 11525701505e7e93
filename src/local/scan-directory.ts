import type { SkippedItem, SkipReason } from '../core/entries.ts';
import type { DirectoryEntry, EntryKind, FileStat, FileSystem } from '../core/environment.ts';
import { asSyncError, SyncError } from '../core/errors.ts';
import type { PathFilter } from '../core/filters.ts';
import { checkSegment, MAX_KEY_BYTES, nameOf, type RelativePath } from '../core/paths.ts';
import { compareUtf8, utf8ByteLength } from '../core/text.ts';
import { EVERYTHING, scopeBelow, type ScanScope } from './scan-scope.ts';

/** One thing in a directory, with the key under which it sorts: `name`, or `name/` for a directory. */
export type ScanNode =
  | { readonly kind: 'file'; readonly key: RelativePath; readonly diskPath: string }
  | { readonly kind: 'directory'; readonly key: string; readonly diskPath: string; readonly scope: ScanScope }
  | { readonly kind: 'skipped'; readonly key: string; readonly item: SkippedItem };

export interface ListedDirectory {
  /** As the disk spells it; `''` for the root. */
  readonly diskPath: string;
  /** NFC with a slash at the end; `''` for the root. */
  readonly path: string;
  readonly entries: readonly DirectoryEntry[];
  readonly scope: ScanScope;
}

export interface SortRules {
  readonly filter: PathFilter;
  readonly prefixBytes?: number;
}

/** An entry that the scan is about and that no rule ignores. */
interface Candidate {
  readonly name: string;
  readonly isNfc: boolean;
  readonly path: string;
  readonly diskPath: string;
  /** `gone` and `unreadable`: where the listing did not tell the kind and the lstat could not either. */
  readonly kind: EntryKind | 'gone' | 'unreadable';
  readonly scope: ScanScope;
}

/**
 * The nodes of one directory in key order. Only entries whose kind the listing does not tell are stat'ed here, since the
 * order depends on it.
 */
export async function sortDirectory(
  fs: FileSystem,
  root: string,
  directory: ListedDirectory,
  rules: SortRules,
): Promise<ScanNode[]> {
  const candidates = await selectCandidates(fs, root, directory, rules.filter);
  const clashes = findClashes(candidates);
  const nodes: ScanNode[] = [];
  for (const candidate of candidates) {
    if (!clashes.has(candidate.path)) addNodes(nodes, candidate, rules);
  }
  for (const group of clashes.values()) addClash(nodes, group, rules);
  return nodes.sort((a, b) => compareUtf8(a.key, b.key));
}

/** lstats in the order of `paths`; what can not be looked at comes as its error. */
export async function statBatch(
  fs: FileSystem,
  root: string,
  paths: readonly string[],
): Promise<(FileStat | undefined | SyncError)[]> {
  return Promise.all(paths.map((path) => fs.stat(root, path).catch(asSyncError)));
}

async function selectCandidates(
  fs: FileSystem,
  root: string,
  directory: ListedDirectory,
  filter: PathFilter,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  const below = directory.diskPath === '' ? '' : `${directory.diskPath}/`;
  for (const entry of directory.entries) {
    const name = entry.name.normalize('NFC');
    const scope = scopeBelow(directory.scope, name);
    if (scope === undefined) continue;
    const path = directory.path + name;
    const diskPath = below + entry.name;
    const kind = entry.kind === 'unknown' ? await findKind(fs, root, diskPath) : entry.kind;
    if (!isIgnored(path, kind, filter)) {
      candidates.push({ name: entry.name, isNfc: name === entry.name, path, diskPath, kind, scope });
    }
  }
  return candidates;
}

async function findKind(fs: FileSystem, root: string, diskPath: string): Promise<Candidate['kind']> {
  const [outcome] = await statBatch(fs, root, [diskPath]);
  if (outcome === undefined) return 'gone';
  return outcome instanceof SyncError ? 'unreadable' : outcome.kind;
}

function isIgnored(path: string, kind: Candidate['kind'], filter: PathFilter): boolean {
  if (kind === 'file') return filter.ignoresFile(path);
  if (kind === 'directory') return filter.ignoresDirectory(path);
  return filter.ignoresFile(path) && filter.ignoresDirectory(path);
}

/** Names that are equal in NFC, by path. Only a name that is not NFC on disk can meet another. */
function findClashes(candidates: readonly Candidate[]): Map<string, Candidate[]> {
  const suspects = new Set<string>();
  for (const { isNfc, path } of candidates) {
    if (!isNfc) suspects.add(path);
  }
  const groups = new Map<string, Candidate[]>();
  if (suspects.size === 0) return groups;
  for (const candidate of candidates) {
    if (!suspects.has(candidate.path)) continue;
    const group = groups.get(candidate.path);
    if (group === undefined) groups.set(candidate.path, [candidate]);
    else group.push(candidate);
  }
  for (const [path, group] of groups) {
    if (group.length === 1) groups.delete(path);
  }
  return groups;
}

/**
 * The name that is NFC on disk, else the first by bytes, holds the path, if it is a file. Where a directory is involved
 * its subtree is unknown as a whole and no one is entered: below one of two directories `a`, a file that was synced from
 * the other would look deleted.
 */
function addClash(nodes: ScanNode[], group: readonly Candidate[], rules: SortRules): void {
  const [holder, ...others] = [...group].sort(
    (a, b) => Number(b.isNfc) - Number(a.isNfc) || compareUtf8(a.name, b.name),
  );
  if (holder === undefined) return;
  const { path } = holder;
  const isHeld = holder.kind === 'file';
  if (isHeld) addNodes(nodes, holder, rules);
  for (const other of isHeld ? others : group) {
    if (other.kind !== 'directory' && other.scope === EVERYTHING) addSkip(nodes, path, 'unicode-clash', isHeld);
  }
  if (group.some((member) => member.kind !== 'file') && !rules.filter.ignoresDirectory(path)) {
    addSkip(nodes, `${path}/`, 'unicode-clash', false);
  }
}

function addNodes(nodes: ScanNode[], candidate: Candidate, rules: SortRules): void {
  const { path, diskPath, kind, scope } = candidate;
  switch (kind) {
    case 'file': {
      if (scope !== EVERYTHING) return;
      const problem = checkSegment(nameOf(path)) ?? checkLength(path, 0, rules);
      if (problem !== undefined) addSkip(nodes, path, problem, false);
      // checkSegment passed for this name, and for each directory above when it was entered.
      else nodes.push({ kind: 'file', key: path as RelativePath, diskPath });
      return;
    }
    case 'directory': {
      // The shortest path in it is one byte longer than `path/`.
      const problem = checkSegment(nameOf(path)) ?? checkLength(`${path}/`, 1, rules);
      if (problem !== undefined) addSkip(nodes, `${path}/`, problem, false);
      else nodes.push({ kind: 'directory', key: `${path}/`, diskPath, scope });
      return;
    }
    case 'symlink':
      addBothForms(nodes, candidate, 'symlink', rules);
      return;
    case 'other':
      addBothForms(nodes, candidate, 'special-file', rules);
      return;
    case 'gone':
      addBothForms(nodes, candidate, 'vanished', rules);
      return;
    case 'unreadable':
      addBothForms(nodes, candidate, 'unreadable', rules);
      return;
  }
}

/** Something synced earlier may have been a file here, or a directory: both are hidden. */
function addBothForms(nodes: ScanNode[], candidate: Candidate, reason: SkipReason, rules: SortRules): void {
  const { path, scope } = candidate;
  if (scope === EVERYTHING && !rules.filter.ignoresFile(path)) addSkip(nodes, path, reason, false);
  if (!rules.filter.ignoresDirectory(path)) addSkip(nodes, `${path}/`, reason, false);
}

function addSkip(nodes: ScanNode[], path: string, reason: SkipReason, shadowed: boolean): void {
  nodes.push({ kind: 'skipped', key: path, item: { kind: 'skipped', path, reason, shadowed } });
}

function checkLength(path: string, extraBytes: number, rules: SortRules): SkipReason | undefined {
  const limitBytes = MAX_KEY_BYTES - (rules.prefixBytes ?? 0) - extraBytes;
  // A UTF-16 unit takes at most three bytes: most paths need no counting.
  return path.length * 3 > limitBytes && utf8ByteLength(path) > limitBytes ? 'key-too-long' : undefined;
}
