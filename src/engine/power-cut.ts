import { asSyncError } from '../core/errors.ts';
import type { EngineParts } from './engine-parts.ts';

/** Systems write a file to the disk within half a minute, mostly; those that save a battery take longer. */
const WRITTEN_WITHIN_MS = 120_000;

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
    // On a full disk the folders tell of that, and go on by themselves when there is room.
    attempt({ state, environment }, note);
    return;
  }
  const files = state.transaction(() => {
    note();
    state.underWay.deleteUploads();
    return state.base.forgetLast(WRITTEN_WITHIN_MS);
  });
  environment.log.warn('The computer went off while the engine ran: what was sent last is compared anew', { files });
}

/** To be called when the engine ends by itself, and all that it did is written down. */
export function noteEnded(parts: Parts): void {
  attempt(parts, () => parts.state.settings.rememberRunning(undefined));
}

function attempt({ environment }: Parts, note: () => void): void {
  try {
    note();
  } catch (error) {
    environment.log.warn('Whether the engine runs could not be noted', { error: asSyncError(error).message });
  }
}
