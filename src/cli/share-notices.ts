import path from 'node:path';
import type { ShareInfo, SyncError } from '../api/index.ts';
import type { Context } from './context.ts';
import { desktopTexts, type DesktopTexts } from './desktop-texts.ts';
import { formatTime } from './format.ts';

/** An upload that takes longer than this is worth a notification of its own. */
const WORTH_TELLING_MS = 1_500;

/**
 * Notifications about links that are made for the clipboard: for people who clicked on a file. Whoever sits at a terminal
 * reads there what happens.
 */
export class ShareNotices {
  readonly #context: Context;
  readonly #isOn: boolean;
  readonly #startMs: number;
  #texts: Promise<DesktopTexts> | undefined;
  #hasToldOfUpload = false;

  constructor(context: Context, copies: boolean) {
    this.#context = context;
    this.#isOn = copies && !context.io.isTTY.stderr;
    this.#startMs = context.io.clock.monotonic();
  }

  /** Waits for nothing: the upload goes on meanwhile. */
  uploading(text: string): void {
    if (this.#hasToldOfUpload || this.#context.io.clock.monotonic() - this.#startMs < WORTH_TELLING_MS) return;
    this.#hasToldOfUpload = true;
    void this.#show((texts) => [texts.uploading(path.basename(text)), texts.uploadingText]);
  }

  async copied(made: readonly ShareInfo[]): Promise<void> {
    await this.#show((texts) => {
      const until = made.map(({ fileName, expiresMs }) => texts.until(fileName, formatTime(expiresMs)));
      const warnings = made.flatMap((each) =>
        each.warnings.map(({ code, message }) => texts.warnings[code] ?? message),
      );
      return [texts.copied(made.length), [...until, ...new Set(warnings)].join('\n')];
    });
  }

  async notCopied(why: string): Promise<void> {
    await this.#show((texts) => [texts.failed, why]);
  }

  async failed(text: string, { code, message, advice }: SyncError): Promise<void> {
    await this.#show((texts) => {
      if (code === 'not-in-folder') return [texts.outside(path.basename(text)), texts.outsideText];
      return [texts.failed, `${message} ${advice}`];
    });
  }

  async #show(words: (texts: DesktopTexts) => readonly [title: string, body: string]): Promise<void> {
    if (!this.#isOn) return;
    this.#texts ??= this.#readTexts();
    const [title, body] = words(await this.#texts);
    await this.#context.io.desktop.notify(title, body);
  }

  async #readTexts(): Promise<DesktopTexts> {
    const { io, signal } = this.#context;
    try {
      const client = await this.#context.client();
      return desktopTexts((await client.call('setting.get', {}, signal)).language, io.env);
    } catch {
      // What went wrong is what is about to be told; the language is the desktop's then.
      return desktopTexts('system', io.env);
    }
  }
}
