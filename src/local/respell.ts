import { foldCase } from '../core/case-fold.ts';
import { sameFingerprint, type Fingerprint } from '../core/entries.ts';
import { nameOf, parentOf } from '../core/paths.ts';
import type { Disk } from './disk.ts';
import { isMissing } from './disk-errors.ts';
import { joinBelow } from './disk-path.ts';
import { isSameFile, kindOf, toFileStat, type DiskStat } from './file-stat.ts';
import { withDirectory } from './no-links.ts';

const DOING = 'Moving';

/**
 * Gives the directories above a file the spelling that they have in `to`, on a disk that takes both for one. Whatever else is
 * in them goes along. Only while the file at `from` is the one that is to be moved.
 *
 * @returns the path of the file now: `from` where the two spellings are not one to this disk.
 * @throws the system's errors, or SyncErrors as {@link withDirectory}.
 */
export async function respellDirectories(
  disk: Disk,
  root: string,
  from: string,
  to: string,
  expect: Fingerprint,
): Promise<string> {
  const [before, after] = [parentOf(from), parentOf(to)];
  if (before === after || foldCase(before) !== foldCase(after)) return from;
  if (!(await isExpected(disk, root, from, expect))) return from;
  const names = before.split('/');
  for (const [index, name] of after.split('/').entries()) {
    const old = names[index] ?? '';
    if (old === name) continue;
    const above = after.split('/').slice(0, index).join('/');
    if (!(await respellOne(disk, root, above, old, name))) return from;
  }
  return `${after}/${nameOf(from)}`;
}

/** @returns whether the directory has the new spelling. */
async function respellOne(disk: Disk, root: string, above: string, old: string, name: string): Promise<boolean> {
  let isDone = false;
  await withDirectory(disk, root, above, DOING, async (base) => {
    const there = await statOrNone(disk, joinBelow(base, old));
    const wanted = await statOrNone(disk, joinBelow(base, name));
    if (there === undefined || wanted === undefined || !isSameFile(there, wanted)) return;
    const names = new Set(await disk.readdir(base));
    if (!names.has(name)) await disk.rename(joinBelow(base, old), joinBelow(base, name));
    isDone = true;
  });
  return isDone;
}

async function isExpected(disk: Disk, root: string, path: string, expect: Fingerprint): Promise<boolean> {
  let found: DiskStat | undefined;
  await withDirectory(disk, root, parentOf(path), DOING, async (base) => {
    found = await statOrNone(disk, joinBelow(base, nameOf(path)));
  });
  return found !== undefined && kindOf(found) === 'file' && sameFingerprint(toFileStat(found), expect);
}

async function statOrNone(disk: Disk, native: string): Promise<DiskStat | undefined> {
  try {
    return await disk.lstat(native);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
