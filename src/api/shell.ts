import type { ErrorData } from '../core/errors.ts';

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
  | { readonly type: 'sent'; readonly bytes: number }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: ErrorData };

/** All that the window can ask of the desktop program. */
export interface Shell {
  /** Asks for a channel to the engine: a message with `PORT_MESSAGE` and one port comes to the window itself. */
  connect(): void;
  /** Sends a file that the person chose. What is returned calls it off. */
  upload(file: File, target: UploadTarget, heard: (progress: ShellProgress) => void): () => void;
  /** Saves an object in the person's downloads; the end of it is told by the system. */
  download(source: ObjectSource): void;
  /** Called whenever another part of the window is asked for, from the tray or a notification. */
  onView(listener: (view: ShellView) => void): void;
  /** Whether the app starts at login; undefined where it can not, since it is not installed. */
  startsAtLogin(): Promise<boolean | undefined>;
  /** @returns whether it does from now on. */
  setStartsAtLogin(on: boolean): Promise<boolean | undefined>;
}
