import path from 'node:path';
import type { ShareInfo, SyncError } from '../api/index.ts';
import {
  copiedNotice,
  failedNotice,
  languageOf,
  notCopiedNotice,
  UPLOAD_WORTH_TELLING_MS,
  uploadingNotice,
  type Language,
  type Notice,
} from '../api/texts/index.ts';
import type { Context } from './context.ts';
import { formatTime } from './format.ts';
import { terminalLanguage } from './words.ts';

/**
 * Notifications about links that are made for the clipboard: for people who clicked on a file. Whoever sits at a terminal
 * reads there what happens; on Windows alone a click opens one too, which is gone before it is read.
 */
export class ShareNotices {
  readonly #context: Context;
  readonly #isOn: boolean;
  readonly #startMs: number;
  #language: Promise<Language> | undefined;
  #hasToldOfUpload = false;

  constructor(context: Context, copies: boolean) {
    const { isTTY, platform, clock } = context.io;
    this.#context = context;
    this.#isOn = copies && (platform === 'win32' || !isTTY.stderr);
    this.#startMs = clock.monotonic();
  }

  /** Waits for nothing: the upload goes on meanwhile. */
  uploading(text: string): void {
    const elapsedMs = this.#context.io.clock.monotonic() - this.#startMs;
    if (this.#hasToldOfUpload || elapsedMs < UPLOAD_WORTH_TELLING_MS) return;
    this.#hasToldOfUpload = true;
    void this.#show((language) => uploadingNotice(path.basename(text), language));
  }

  async copied(made: readonly ShareInfo[]): Promise<void> {
    await this.#show((language) => copiedNotice(made, language, formatTime));
  }

  async notCopied(error: SyncError): Promise<void> {
    await this.#show((language) => notCopiedNotice(error, language));
  }

  async failed(failed: readonly { readonly text: string; readonly error: SyncError }[]): Promise<void> {
    const named = failed.map(({ text, error }) => ({ name: path.basename(text), error }));
    await this.#show((language) => failedNotice(named, language));
  }

  async #show(notice: (language: Language) => Notice): Promise<void> {
    if (!this.#isOn) return;
    this.#language ??= this.#readLanguage();
    const { title, body } = notice(await this.#language);
    await this.#context.io.desktop.notify(title, body);
  }

  /** The one that was chosen for the window, else the desktop's. */
  async #readLanguage(): Promise<Language> {
    const { io, signal } = this.#context;
    const system = terminalLanguage(io.env, io.platform);
    try {
      const client = await this.#context.client();
      return languageOf((await client.call('setting.get', {}, signal)).language, [system]);
    } catch {
      // What went wrong is what is about to be told.
      return system;
    }
  }
}
