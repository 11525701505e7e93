import type { BigIntStats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { foldCase } from '../core/case-fold.ts';
import { sameFingerprint, type Fingerprint } from '../core/entries.ts';
import { isMissing } from './disk-errors.ts';
import { joinBelow, nameOf, parentOf } from './disk-path.ts';
import { isSameFile, toFileStat } from './file-stat.ts';
import type { NameCalls } from './move-steps.ts';
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
  root: string,
  from: string,
  to: string,
  expect: Fingerprint,
  calls: NameCalls,
  useProc: boolean,
): Promise<string> {
  const [before, after] = [parentOf(from), parentOf(to)];
  if (before === after || foldCase(before) !== foldCase(after)) return from;
  if (!(await isExpected(root, from, expect, useProc))) return from;
  const names = before.split('/');
  for (const [index, name] of after.split('/').entries()) {
    const old = names[index] ?? '';
    if (old === name) continue;
    const above = after.split('/').slice(0, index).join('/');
    if (!(await respellOne(root, above, old, name, calls, useProc))) return from;
  }
  return `${after}/${nameOf(from)}`;
}

/** @returns whether the directory has the new spelling. */
async function respellOne(
  root: string,
  above: string,
  old: string,
  name: string,
  calls: NameCalls,
  useProc: boolean,
): Promise<boolean> {
  let isDone = false;
  await withDirectory(root, above, DOING, useProc, async (base) => {
    const [there, wanted] = [await statOrNone(joinBelow(base, old)), await statOrNone(joinBelow(base, name))];
    if (there === undefined || wanted === undefined || !isSameFile(there, wanted)) return;
    const names = new Set(await readdir(base));
    if (!names.has(name)) await calls.rename(joinBelow(base, old), joinBelow(base, name));
    isDone = true;
  });
  return isDone;
}

async function isExpected(root: string, path: string, expect: Fingerprint, useProc: boolean): Promise<boolean> {
  let found: BigIntStats | undefined;
  await withDirectory(root, parentOf(path), DOING, useProc, async (base) => {
    found = await statOrNone(joinBelow(base, nameOf(path)));
  });
  return found !== undefined && found.isFile() && sameFingerprint(toFileStat(found), expect);
}

async function statOrNone(native: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(native, { bigint: true });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
