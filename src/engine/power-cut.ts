import { asSyncError, SyncError } from '../core/errors.ts';
import { runConcurrently } from '../transfer/index.ts';
import { withBase, type Compared } from './compare.ts';
import type { EngineParts } from './engine-parts.ts';
import type { FolderContext } from './folder-context.ts';
import { orAborted } from './or-aborted.ts';
import { spellOnDisk } from './spelling.ts';

/** Systems write a file to the disk within half a minute, mostly; those that save a battery take longer. */
const WRITTEN_WITHIN_MS = 120_000;

/** So many files are flushed when the engine ends, so many at once, and so long it waits for that. */
const MOST_FLUSHED = 10_000;
const FLUSHED_AT_ONCE = 16;
const FLUSH_PATIENCE_MS = 5_000;

type Parts = Pick<EngineParts, 'state' | 'environment'>;

/**
 * Looks whether the computer went off while an engine was at work, and notes that one is now.
 *
 * A file is sent about a second after it was written, and most programs do not wait for the disk. A power cut may take it, or its
 * content, while the object and our row of it stay. The file would read as deleted or as edited, and what is whole in the bucket
 * would go. So what both sides agreed on of the files that were written or sent last is forgotten then: what is gone comes back, and
 * what differs is a conflict.
 *
 * To be called with the lock, before anything is compared.
 *
 * @param start of the computer, by which it is told from others; undefined where none ever goes off.
 */
export function noteRunning({ state, environment }: Parts, start: string | undefined): void {
  const before = state.settings.running();
  if (start === undefined || start === before) return;
  const note = () => state.settings.rememberRunning(start);
  if (before === undefined) {
    try {
      note();
    } catch (error) {
      // On a full disk the folders tell of that, and go on by themselves when there is room.
      tellUnnoted({ state, environment }, error);
    }
    return;
  }
  const files = state.transaction(() => {
    note();
    state.underWay.deleteUploads();
    state.folders.noteCutOff();
    return state.base.forgetLast(WRITTEN_WITHIN_MS);
  });
  environment.log.warn('The computer went off while the engine ran: what was sent last is compared anew', { files });
}

/**
 * To be called when the engine ends by itself, and all that it did is written down. The power may go a moment later. So the files
 * that were written last are flushed before the note goes; where that takes too long, it stays, as if the engine had been cut off.
 */
export async function noteEnded(parts: Parts): Promise<void> {
  const { state, environment } = parts;
  try {
    if (state.settings.running() === undefined) return;
    if (await flushLast(parts)) state.settings.rememberRunning(undefined);
    else environment.log.warn('Not all that was written last could be flushed in time');
  } catch (error) {
    tellUnnoted(parts, error);
  }
}

/** @returns whether all files that were written last are on the disk now. */
async function flushLast({ state, environment: { fs, clock } }: Parts): Promise<boolean> {
  const files = state.base.writtenSince(clock.now() - WRITTEN_WITHIN_MS, MOST_FLUSHED + 1);
  if (files.length > MOST_FLUSHED) return false;
  const patience = new AbortController();
  const timer = clock.timer(FLUSH_PATIENCE_MS, () => patience.abort());
  const flushing = runConcurrently(files, FLUSHED_AT_ONCE, async ({ root, path }) => {
    patience.signal.throwIfAborted();
    try {
      await fs.flushFile(root, await spellOnDisk(fs, root, path));
    } catch (error) {
      // One that is gone by now, or that nobody may open any more, is a change that its person made.
      if (!(error instanceof SyncError)) throw error;
    }
  });
  try {
    await orAborted(flushing, patience.signal);
    return true;
  } catch (error) {
    if (patience.signal.aborted) return false;
    throw error;
  } finally {
    timer.cancel();
  }
}

/**
 * A path as it compares after a power cut. Of a file that was saved just before and not sent yet, most disks keep the name and
 * nothing of the content. That is no edit for which the version before is to go: base is forgotten, so that both are kept.
 */
export function comparedAfterCut({ state, folder, rules }: FolderContext, compared: Compared): Compared {
  if (!folder.wasCutOff || compared.kind !== 'path') return compared;
  const { path, base, local } = compared.merged;
  if (base === undefined || base.sizeBytes === 0 || local?.sizeBytes !== 0) return compared;
  state.base.delete(folder.id, path);
  return withBase(compared, undefined, rules);
}

function tellUnnoted({ environment }: Parts, error: unknown): void {
  environment.log.warn('Whether the engine runs could not be noted', { error: asSyncError(error).message });
}
