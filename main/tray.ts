import { Menu, Tray, type NativeImage } from 'electron';
import type { Texts } from './texts.ts';
import { trayIcon } from './tray-icon.ts';
import { trayMenu, type TrayAction, type TrayModel } from './tray-menu.ts';
import { statusLine, trayStateOf, type TrayState } from './tray-state.ts';

/** The icon beside the clock. Touched only when something in it changed: some desktops close a menu that is set anew. */
export class AppTray {
  readonly #tray: Tray;
  readonly #act: (action: TrayAction) => void;
  readonly #icons = new Map<TrayState, NativeImage>();
  #shown: { readonly state: TrayState; readonly menu: string } | undefined;

  constructor(act: (action: TrayAction) => void) {
    this.#act = act;
    this.#tray = new Tray(this.#icon('offline'));
    // On macOS the same click opens the menu.
    if (process.platform !== 'darwin') this.#tray.on('click', () => act({ type: 'open' }));
  }

  show(model: TrayModel, texts: Texts, number: (value: number) => string): void {
    const state = trayStateOf(model.status);
    const template = trayMenu(model, texts, number, this.#act);
    const menu = JSON.stringify(template);
    const known = this.#shown;
    this.#shown = { state, menu };
    if (known?.state !== state) this.#tray.setImage(this.#icon(state));
    if (known?.menu === menu) return;
    this.#tray.setToolTip(`RustFS Sync: ${statusLine(model.status, texts, number)}`);
    this.#tray.setContextMenu(Menu.buildFromTemplate(template));
  }

  destroy(): void {
    this.#tray.destroy();
  }

  #icon(state: TrayState): NativeImage {
    const icon = this.#icons.get(state) ?? trayIcon(state);
    this.#icons.set(state, icon);
    return icon;
  }
}
