import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { nameOf } from '../core/paths.ts';
import { quote, usageError } from './usage.ts';

/**
 * The absolute path of what was typed.
 *
 * @throws SyncError invalid-argument for nothing, as a variable gives it that is not set: that would be the present directory.
 */
export function localPath(cwd: string, text: string): string {
  if (text !== '') return path.resolve(cwd, text);
  throw usageError('One of the paths is empty.', 'Name a file or a folder; "." is the present one.');
}

/** Whether there is anything under a local path. */
export async function isThere(filePath: string): Promise<boolean> {
  return (await statIfThere(filePath)) !== undefined;
}

/** The absolute path of the file that `put` reads. @throws SyncError invalid-argument when there is none. */
export async function existingFile(cwd: string, file: string): Promise<string> {
  const filePath = localPath(cwd, file);
  const found = await statIfThere(filePath);
  if (found === undefined)
    throw usageError(`There is no file ${quote(file)}.`, 'Check the spelling and where you are.');
  if (found.isDirectory()) {
    throw usageError(
      `${quote(file)} is a directory, and \`rustfs-sync put\` sends one file.`,
      'To send all of it: rustfs-sync folder add',
    );
  }
  if (!found.isFile()) {
    throw usageError(
      `${quote(file)} is a device or a pipe, and no file.`,
      'Let its content come on stdin: rustfs-sync put - ACCOUNT:BUCKET/KEY < FILE',
    );
  }
  return filePath;
}

/**
 * Where `get` writes: the named file, or the last part of the key in the named or the present directory.
 *
 * @throws SyncError invalid-argument when the key ends in no file name, what is named is no file, or the file is there and
 * `overwrite` is false.
 */
export async function targetFile(
  cwd: string,
  key: string,
  file: string | undefined,
  overwrite: boolean,
): Promise<string> {
  const named = localPath(cwd, file ?? '.');
  const isDirectory = file === undefined || (await statIfThere(named))?.isDirectory() === true;
  if (!isDirectory && (file.endsWith('/') || file.endsWith(path.sep))) {
    throw usageError(`There is no directory ${quote(file)}.`, 'Make it first, or leave the slash out to name a file.');
  }
  const filePath = isDirectory ? path.join(named, nameInKey(key)) : named;
  const found = await statIfThere(filePath);
  if (found?.isDirectory()) {
    throw usageError(`${quote(filePath)} is a directory.`, 'Give the name of a file behind the key.');
  }
  if (found?.isFile() === false) {
    throw usageError(
      `${quote(filePath)} is no file that can be replaced.`,
      'To write into a device or a pipe: rustfs-sync get ACCOUNT:BUCKET/KEY - > FILE',
    );
  }
  if (found === undefined || overwrite) return filePath;
  throw usageError(`The file ${quote(filePath)} is there already.`, 'Replace it with --force, or give another name.');
}

/** The last part of a key, when it can be the name of a file and leads nowhere else. */
function nameInKey(key: string): string {
  const name = nameOf(key);
  if (name !== '' && name !== '.' && name !== '..' && !/[\\\x00-\x1f]/.test(name)) return name;
  throw usageError(`The key ${quote(key)} does not end in the name of a file.`, 'Give the file to write behind it.');
}

async function statIfThere(filePath: string): Promise<Stats | undefined> {
  try {
    return await stat(filePath);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw usageError(
      `${quote(filePath)} can not be looked at (${String(code)}).`,
      'Check that you may read it and the folders above it.',
    );
  }
}
