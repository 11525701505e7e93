import { parseChosen } from '../core/chosen.ts';
import { SyncError } from '../core/errors.ts';
import { keyOf, type RelativePath } from '../core/paths.ts';
import type { FolderRow } from '../state/index.ts';
import type { Connection } from './connections.ts';
import type { EngineParts } from './engine-parts.ts';
import { withPatience } from './patience.ts';
import { spellOnDisk } from './spelling.ts';

/**
 * Reads what of a folder is to be kept on this computer, and proves that there is such a thing on either side: a slip of the
 * pen would take everything else away, and fetch it again later.
 *
 * @param paths as a person gives them; undefined for everything.
 * @throws SyncError invalid-argument, naming what is wrong.
 */
export async function readChoice(
  { environment, connections }: EngineParts,
  folder: FolderRow,
  paths: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (paths === undefined) return undefined;
  if (folder.mode === 'upload') {
    throw invalid(
      'Of a folder that only uploads, no part can be left out here: nothing is ever removed from it.',
      'Leave it out by a rule when you add the folder, or use one that syncs both ways or only downloads.',
      'rustfs-sync folder add LOCAL_DIR ACCOUNT:BUCKET --ignore GLOB',
    );
  }
  const parsed = parseChosen(paths);
  if ('refused' in parsed) {
    throw invalid(
      `${JSON.stringify(parsed.refused)} can not be a path in the folder.`,
      'Give paths as they are below the folder, with slashes: 2026/June',
    );
  }
  const connection = await connections.byId(folder.accountId);
  for (const path of parsed.chosen) {
    const local = await environment.fs.stat(
      folder.localRoot,
      await spellOnDisk(environment.fs, folder.localRoot, path),
    );
    if (local !== undefined) continue;
    const key = keyOf(folder.prefix, path as RelativePath);
    const isThere = await withPatience(environment.clock, connection, signal, (patient) =>
      isInBucket(connection, folder.bucket, key, patient),
    );
    if (isThere) continue;
    throw invalid(
      `There is nothing at ${JSON.stringify(path)}, neither in ${folder.localRoot} nor in the bucket.`,
      'Check the spelling; capital and small letters count.',
      'rustfs-sync ls ACCOUNT:BUCKET/PREFIX',
    );
  }
  return parsed.chosen;
}

/** Whether there is an object of this key, or one below it. */
async function isInBucket(
  { store, requests }: Connection,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<boolean> {
  const list = () => store.listPage({ bucket, prefix: `${key}/`, maxKeys: 1 }, signal);
  if ((await requests.run(list, signal)).objects.length > 0) return true;
  return (await requests.run(() => store.head(bucket, key, signal), signal)) !== undefined;
}

/**
 * Keeps only the chosen paths of a folder on this computer from now on. What both sides agreed on of all others is forgotten
 * in the same transaction: so a file that is taken away later never looks deleted, whatever is chosen next. The next whole
 * comparison takes files away, or brings them back.
 *
 * To be called while no cycle of the folder is under way.
 *
 * @param choiceId of the note that was written of this choice before.
 */
export function choose(
  { state }: EngineParts,
  folder: FolderRow,
  chosen: readonly string[] | undefined,
  choiceId: string,
): void {
  state.transaction(() => {
    const before = state.folders.byId(folder.id)?.chosen;
    for (const kept of [before, chosen]) if (kept !== undefined) state.base.keepOnly(folder.id, kept);
    // Nor is what was under way believed any more, since of that too somebody may put something else there meanwhile.
    state.underWay.clear(folder.id);
    state.folders.setChosen(folder.id, chosen, choiceId);
    state.plans.clear(folder.id);
    state.folders.clearHold(folder.id);
    state.heldPlans.clear(folder.id);
  });
}

function invalid(message: string, advice: string, command?: string): SyncError {
  return new SyncError({ code: 'invalid-argument', message, advice, command });
}
