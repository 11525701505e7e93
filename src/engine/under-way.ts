import { sameFingerprint, type BaseEntry, type Fingerprint, type RemoteEntry } from '../core/entries.ts';
import type { RelativePath } from '../core/paths.ts';
import type { UnderWay } from '../state/index.ts';
import { withBase, type Compared } from './compare.ts';
import type { FolderContext } from './folder-context.ts';
import { baseEntry } from './outcome.ts';

/**
 * Base is written after an effect. Where the program was killed in between, or the answer was lost, an equal file is adopted;
 * but one that was edited since would differ from an object that base does not know, and be told as a conflict with
 * ourselves. So what both sides will agree on is written down before the effect as well, and found again by its content: the
 * object by its ETag, the file by its fingerprint, which is then confirmed by reading it.
 */

/** After so long nobody asks any more what became of an effect. */
const FORGOTTEN_AFTER_MS = 30 * 24 * 3_600_000;

/** What an effect is told of before it comes about. It waits for what this returns. */
export type Announce = (etag: string, partSizeBytes: number | undefined) => Promise<void>;

/** Notes, before a file is sent, which object will be its own. */
export function announceUpload(context: FolderContext, path: RelativePath, local: Fingerprint): Announce {
  let noted: string | undefined;
  return async (etag, partSizeBytes) => {
    // An attempt that is made again sends the same.
    if (noted === etag) return;
    await note(context, { direction: 'up', agreed: baseEntry(path, local, etag, partSizeBytes) });
    noted = etag;
  };
}

/** Notes, before a fetched file gets its name, which object it is. */
export async function announceDownload(context: FolderContext, agreed: BaseEntry): Promise<void> {
  await note(context, { direction: 'down', agreed });
}

async function note({ commit, state, folder, environment }: FolderContext, row: UnderWay): Promise<void> {
  await commit.ahead(row.agreed.path, () => state.underWay.put(folder.id, row, environment.clock.now()));
}

/**
 * Drops what is so old that its effect never came about, and what is left out: nobody sees what becomes of either side then, and
 * an object that goes meanwhile would read as deleted later.
 */
export function forgetOldEffects({ state, folder, filter, environment }: FolderContext): void {
  state.underWay.deleteBefore(folder.id, environment.clock.now() - FORGOTTEN_AFTER_MS);
  for (const path of state.underWay.paths(folder.id)) {
    if (filter.ignoresFile(path)) state.underWay.delete(folder.id, path);
  }
}

/**
 * What both sides agreed on, where an effect that came about was not written down; it is now.
 *
 * Says nothing of a file that is not there, which then comes back from the bucket though somebody may have deleted it while the
 * program did not run. That it was deleted would be a guess: a power cut loses just the files that were written last, and what
 * was lost would then be taken from the bucket as well. And the object need not be ours: somebody else may have put the same
 * content there. A file too many is easily deleted again.
 *
 * @param local as it is on the disk, not as it is remembered.
 */
export function agreedByNow(
  { state, folder }: FolderContext,
  path: RelativePath,
  base: BaseEntry | undefined,
  local: Fingerprint | undefined,
  remote: RemoteEntry | undefined,
): BaseEntry | undefined {
  if (local === undefined) return base;
  const found = state.underWay.list(folder.id, path).find(({ direction, agreed }) => {
    if (direction === 'up') return remote?.etag === agreed.etag && base?.etag !== agreed.etag;
    const isKnown = base !== undefined && sameFingerprint(base, local);
    return !isKnown && isSameFile(agreed, local);
  });
  if (found === undefined) return base;
  // Getting its name moved a file's ctime, so that it is read before it is believed.
  const agreed = found.direction === 'up' ? found.agreed : { ...found.agreed, ctimeNs: 0n };
  state.base.put(folder.id, agreed);
  return agreed;
}

function isSameFile(a: Fingerprint, b: Fingerprint): boolean {
  return a.fileId === b.fileId && a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs;
}

/** A path as it compares with what was under way. */
export function comparedByNow(context: FolderContext, compared: Compared): Compared {
  if (compared.kind !== 'path' || compared.action.kind === 'none' || compared.action.kind === 'forget') return compared;
  const { path, base, local, remote } = compared.merged;
  const agreed = agreedByNow(context, path, base, local, remote);
  return agreed === base ? compared : withBase(compared, agreed, context.rules);
}
