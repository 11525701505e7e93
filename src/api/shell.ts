import { SyncError, type ErrorData } from '../core/errors.ts';

/** What crosses between the window and the desktop program that it runs in, beside the contract with the engine. */

/** Under this name the window finds `Shell`. */
export const SHELL_KEY = 'rustfsSync';

/** The `data` of the message by which the window gets a port to the engine. */
export const PORT_MESSAGE = 'rustfs-sync:engine-port';

/**
 * The `data` of the message that the engine's process is gone, and with it every port to it. Pages are not told by the ports
 * themselves: Chromium has no event for one whose other end went away.
 */
export const LOST_MESSAGE = 'rustfs-sync:engine-lost';

export interface ObjectPlace {
  readonly account: string;
  readonly bucket: string;
  readonly key: string;
}

/** Where a file is sent to. */
export interface UploadTarget extends ObjectPlace {
  /** Whether what is there now is replaced; if not, it fails with name-taken. */
  readonly overwrite: boolean;
}

/** An object as it is, or as it was. */
export interface ObjectSource extends ObjectPlace {
  readonly versionId?: string | undefined;
}

/** The parts of the window that can be asked for from outside of it. */
export const SHELL_VIEWS = ['files', 'transfers', 'activity', 'problems', 'shares', 'settings'] as const;
export type ShellView = (typeof SHELL_VIEWS)[number];

/** What is told of a file on its way. `done` and `failed` are the last. */
export type ShellProgress =
  /** `totalBytes` is what it will be, where that is known. */
  | { readonly type: 'sent'; readonly bytes: number; readonly totalBytes: number | undefined }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: ErrorData };

/** An object that is saved in the person's downloads. The desktop program does it, with a window and without. */
export interface Download {
  readonly id: number;
  readonly source: ObjectSource;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly doneBytes: number;
  /** 0 until the server has told. */
  readonly sizeBytes: number;
  readonly startedMs: number;
  /** Why it failed. */
  readonly error?: ErrorData | undefined;
}

/** What a person wants of downloads: a look at them, some of them called off or begun again, or those that are over forgotten. */
export type DownloadWish =
  | { readonly type: 'show' }
  | { readonly type: 'cancel' | 'retry'; readonly ids: readonly number[] }
  | { readonly type: 'clear' };

/** All that the window can ask of the desktop program. */
export interface Shell {
  /** Asks for a channel to the engine: a message with `PORT_MESSAGE` and one port comes to the window itself. */
  connect(): void;
  /** Sends a file that the person chose. What is returned calls it off. */
  upload(file: File, target: UploadTarget, heard: (progress: ShellProgress) => void): () => void;
  /** Of what was sent while the window is out of sight something is left that the person has to look at. */
  tellNotSent(): void;
  /** Saves an object in the person's downloads. */
  download(source: ObjectSource): void;
  steerDownloads(wish: DownloadWish): void;
  /** Called with all downloads, now and whenever something about them changes. */
  onDownloads(listener: (downloads: readonly Download[]) => void): void;
  /** Called whenever another part of the window is asked for, from the tray or a notification. */
  onView(listener: (view: ShellView) => void): void;
  /** Whether the app starts at login; undefined where it can not, since it is not installed. */
  startsAtLogin(): Promise<boolean | undefined>;
  /** @returns whether it does from now on. */
  setStartsAtLogin(on: boolean): Promise<boolean | undefined>;
}

/** Of a transfer whose engine ended by itself. */
export function engineLost(): SyncError {
  return new SyncError({
    code: 'engine-lost',
    message: 'The part of RustFS Sync that moves files ended by itself, and is started again.',
    advice: 'Try again in a moment.',
    retryable: true,
  });
}
