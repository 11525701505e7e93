import type { SkipReason } from '../core/entries.ts';
import type { Compared } from './compare.ts';
import type { FolderContext } from './folder-context.ts';
import { isRemoteSide } from './outcome.ts';

/** Why the last look at the disk left a path out of all comparisons, with all that is below it. */
const HIDING: ReadonlySet<string> = new Set<SkipReason>(['symlink', 'special-file', 'unreadable', 'other-filesystem']);

/**
 * Whether a person was told already why nothing comes of what a listing asks for. The listing is compared with the disk as
 * base remembers it, which knows of no problem: it would be tried, and the object fetched, in vain each time.
 */
export function isToldAlready(context: FolderContext, compared: Compared): boolean {
  if (compared.kind !== 'path' || compared.action.kind === 'none') return false;
  const { action, merged } = compared;
  const { path, remote } = merged;
  if (isHidden(context, path)) return true;
  if (action.kind === 'delete-local') return isRefused(context, path) || isUnlisted(context, path);
  return action.kind === 'download' && remote !== undefined && isKnownConflict(context, path, remote.etag);
}

/** Whether something is in the place of a path, or of a directory above it, that is not looked into. */
function isHidden({ state, folder }: FolderContext, path: string): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    const problem = state.problems.get(folder.id, path.slice(0, end), 'comparison');
    if (problem === undefined) continue;
    // Of two names that are one in NFC, one may be a file that is synced; what is below a directory of the two is not.
    if (HIDING.has(problem.code) || (problem.code === 'unicode-clash' && end < path.length)) return true;
  }
  return false;
}

/** Whether the file is another one than base remembers, and the bucket can not hold it: that it is absent there is no news. */
function isRefused({ state, folder }: FolderContext, path: string): boolean {
  const sources = ['comparison', 'transfer'] as const;
  return sources.some((source) => state.problems.get(folder.id, path, source)?.code === 'type-clash');
}

/** Whether the object was there the last time that a listing left it out. The next whole comparison asks again. */
function isUnlisted({ state, folder }: FolderContext, path: string): boolean {
  return state.problems.get(folder.id, path, 'transfer')?.code === 'not-listed';
}

/** Whether an object is one side of a conflict. */
function isKnownConflict({ state, folder }: FolderContext, path: string, etag: string): boolean {
  const known = state.problems.get(folder.id, path, 'transfer');
  return known?.code === 'conflict' && isRemoteSide(known.detail, etag);
}
