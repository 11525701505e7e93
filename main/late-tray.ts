import { pause } from './pause.ts';
import type { Texts } from './texts.ts';
import type { TrayAction, TrayModel } from './tray-menu.ts';
import { AppTray } from './tray.ts';

const RETRY_MS = 1_000;

/** The icon beside the clock, where the desktop shows such: at once, or later, since an app may begin before the panel does. */
export class LateTray {
  readonly #supportsTray: () => Promise<boolean>;
  readonly #act: (action: TrayAction) => void;
  readonly #ended = new AbortController();
  #tray: AppTray | undefined;
  #shown: Parameters<AppTray['show']> | undefined;

  constructor(supportsTray: () => Promise<boolean>, act: (action: TrayAction) => void) {
    this.#supportsTray = supportsTray;
    this.#act = act;
  }

  get isThere(): boolean {
    return this.#tray !== undefined;
  }

  show(model: TrayModel, texts: Texts, number: (value: number) => string): void {
    this.#shown = [model, texts, number];
    this.#tray?.show(...this.#shown);
  }

  /** Makes the icon, if the desktop has room for it by now. @returns whether it is there. */
  async find(): Promise<boolean> {
    const isSupported = this.isThere || (await this.#supportsTray());
    if (isSupported && !this.isThere && !this.#ended.signal.aborted) {
      this.#tray = new AppTray(this.#act);
      if (this.#shown !== undefined) this.#tray.show(...this.#shown);
    }
    return this.isThere;
  }

  /** Looks again and again, for so long. @returns whether it is there. */
  async wait(waitMs: number): Promise<boolean> {
    const { signal } = this.#ended;
    const endMs = performance.now() + waitMs;
    while (!this.isThere && performance.now() < endMs && !signal.aborted) {
      await pause(RETRY_MS, signal);
      await this.find();
    }
    return this.isThere;
  }

  end(): void {
    this.#ended.abort();
    this.#tray?.destroy();
    this.#tray = undefined;
  }
}
