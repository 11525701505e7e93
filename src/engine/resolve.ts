import type { Environment, FileStat } from '../core/environment.ts';
import { asSyncError, SyncError } from '../core/errors.ts';
import { trashPath, trashStamp } from '../local/trash.ts';
import type { EngineParts } from './engine-parts.ts';
import { proveLocalRoot } from './roots.ts';
import { spellOnDisk } from './spelling.ts';

/** Which side of a conflict keeps the name: this computer's, the bucket's, or each its own. */
export type Keep = 'mine' | 'theirs' | 'both';

/**
 * Settles a conflict whose local side was kept beside the remote one. Works on files alone: the next comparison takes the
 * result to the bucket. What gives way goes into the trash.
 *
 * @returns the id of the folder to look at.
 * @throws SyncError invalid-argument when the problem is no conflict; root-missing, root-replaced; file-changed when a file moved
 * meanwhile.
 */
export async function resolveConflict({ environment, state }: EngineParts, id: number, keep: Keep): Promise<string> {
  const problem = state.problems.byId(id);
  const folder = problem && state.folders.byId(problem.folderId);
  if (problem?.source !== 'conflict' || folder === undefined) {
    throw new SyncError({
      code: 'invalid-argument',
      message: `There is no conflict with the id ${id}.`,
      advice: 'It may have been settled already. Look at those that there are.',
      command: 'rustfs-sync problems',
    });
  }
  const { fs, clock, random } = environment;
  const root = folder.localRoot;
  // On a disk that is away both sides look removed.
  await proveLocalRoot(fs, folder);
  const copy = await spellOnDisk(fs, root, problem.detail);
  const path = await spellOnDisk(fs, root, problem.path);
  const stamp = trashStamp(clock.now(), random.id(4));
  const mine = await fs.stat(root, copy);
  const theirs = await fs.stat(root, path);
  // A side that a person has removed or renamed already has nothing left to settle.
  if (keep === 'mine' && mine !== undefined) {
    const giveName = () => fs.move(root, copy, path, mine);
    if (theirs === undefined) await giveName();
    else await replaceBy(environment, root, { path, stat: theirs, trash: trashPath(stamp, path) }, giveName);
  }
  if (keep === 'theirs' && mine !== undefined) await fs.move(root, copy, trashPath(stamp, copy), mine);
  // Another one may have come up on the same path meanwhile, and this one has another number then.
  state.problems.settleConflict(folder.id, problem.path, problem.detail);
  return folder.id;
}

/** Moves a file to the trash, and back where what was to take its place does not: a name that nothing has reads as deleted. */
async function replaceBy(
  { fs, log }: Pick<Environment, 'fs' | 'log'>,
  root: string,
  { path, stat, trash }: { readonly path: string; readonly stat: FileStat; readonly trash: string },
  giveName: () => Promise<unknown>,
): Promise<void> {
  const trashed = await fs.move(root, path, trash, stat);
  try {
    await giveName();
  } catch (error) {
    await fs.move(root, trash, path, trashed).catch((left: unknown) => {
      log.warn('A file that was to be replaced stays in the trash', { path: trash, error: asSyncError(left).message });
    });
    throw error;
  }
}
