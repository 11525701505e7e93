import type { Channel, ObjectSource, UploadTarget } from '../../src/api/index.ts';

/** What the window needs of whatever it runs in: a browser, or the desktop program. */
export interface Bridge {
  /** Opens a channel to the engine. @throws BridgeRefused when it will never be let in; any other error may pass. */
  open(): Promise<Channel>;
  /** Sends a file of this computer. Rejects with a SyncError; aborting the signal calls it off. */
  upload(file: File, target: UploadTarget, onSent: (bytes: number) => void, signal: AbortSignal): Promise<void>;
  /** Saves an object where downloads go. Resolves once it has begun. */
  download(source: ObjectSource): Promise<void>;
}

/** The token of the address is missing or of an earlier run. */
export class BridgeRefused extends Error {}
