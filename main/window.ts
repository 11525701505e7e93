import { app, BrowserWindow, screen, type Session, type WebContents } from 'electron';
import type { ShellView } from '../src/api/index.ts';
import { IPC } from './preload/ipc.ts';
import type { Memory } from './memory.ts';
import { PAGE_URL } from './page.ts';
import { LEAST_SIZE, placeOn } from './window-state.ts';

export interface WindowParts {
  readonly session: Session;
  readonly preload: string;
  readonly memory: Memory;
  /** Whether the app can be reached without a window; asked when one closes. */
  readonly hasTray: () => boolean;
  /** The same, after a look at whether it can be by now. */
  readonly findTray: () => Promise<boolean>;
  /** The window is gone from the screen and the app goes on. */
  readonly onClosed: () => void;
}

const CRASHES_AT_ONCE_MS = 10_000;
/** So often a window is closed that was closed while its page sent files. */
export const CLOSE_AGAIN_MS = 10_000;

/** The one window of the app. Closed, it is destroyed and costs no memory; opened, it is made anew. */
export class MainWindow {
  readonly #parts: WindowParts;
  #window: BrowserWindow | undefined;
  #isEnding = false;
  /** Not shown to the person before it is asked for. */
  #isMinimised = false;
  /** There while the window is out of sight because its page sends files. */
  #closesAgain: NodeJS.Timeout | undefined;

  constructor(parts: WindowParts) {
    this.#parts = parts;
  }

  /** The page of the open window. */
  get contents(): WebContents | undefined {
    return this.#window?.webContents;
  }

  /** From now on closing is closing: the app ends. */
  end(): void {
    this.#isEnding = true;
  }

  /** Brings the window to the front, at one of its views. */
  open(view?: ShellView): void {
    this.#isMinimised = false;
    this.#staysOpen();
    const known = this.#window;
    const window = known ?? this.#make();
    if (window.isMinimized()) window.restore();
    if (known !== undefined) {
      window.show();
      window.focus();
    }
    if (view === undefined) return;
    const send = () => window.webContents.send(IPC.view, view);
    if (window.webContents.isLoading()) window.webContents.once('did-finish-load', send);
    else send();
  }

  /** Puts the window among those that the desktop lists, in nobody's way. */
  openMinimised(): void {
    if (this.#window !== undefined) return;
    this.#isMinimised = true;
    this.#make();
  }

  #make(): BrowserWindow {
    const { session, preload, memory } = this.#parts;
    const known = memory.value.window;
    const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
    const window = new BrowserWindow({
      ...placeOn(screens, known?.bounds),
      minWidth: LEAST_SIZE.width,
      minHeight: LEAST_SIZE.height,
      title: 'RustFS Sync',
      // Shown when there is something to see.
      show: false,
      // Without a tray, its menu is where to quit.
      autoHideMenuBar: this.#parts.hasTray(),
      webPreferences: {
        session,
        preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        webSecurity: true,
        webviewTag: false,
        // Its dictionaries would be fetched from the internet.
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    this.#window = window;
    if (known?.maximized === true) window.maximize();
    window.once('ready-to-show', () => {
      if (!this.#isMinimised) window.show();
      else {
        window.showInactive();
        window.minimize();
      }
    });
    window.on('close', (event) => {
      // What is out of sight has no place on every desktop: it was noted before.
      if (this.#closesAgain === undefined)
        memory.change({ window: { bounds: window.getNormalBounds(), maximized: window.isMaximized() } });
      if (this.#isEnding || this.#parts.hasTray()) return;
      // Without a tray there would be no way back to it; but one may have come.
      event.preventDefault();
      window.minimize();
      void this.#parts.findTray().then((hasTray) => {
        if (hasTray && this.#window === window) window.close();
      });
    });
    window.webContents.on('will-prevent-unload', (event) => {
      // Electron lets the page go by this.
      if (this.#isEnding) event.preventDefault();
      else this.#hide(window);
    });
    window.on('closed', () => {
      this.#staysOpen();
      this.#window = undefined;
      if (!this.#isEnding) this.#parts.onClosed();
    });
    // The engine and what it does are not touched by a page that crashes. Once it is loaded again; what crashes at once
    // again is closed, so that it does not go round and round.
    let loadedMs = performance.now();
    window.webContents.on('render-process-gone', () => {
      if (this.#isEnding) return;
      if (performance.now() - loadedMs < CRASHES_AT_ONCE_MS) window.destroy();
      else window.webContents.reload();
      loadedMs = performance.now();
    });
    void window.loadURL(PAGE_URL);
    return window;
  }

  /** What a person sends by hand is the work of the page, which would end with it: it goes on out of sight until that is done. */
  #hide(window: BrowserWindow): void {
    window.hide();
    this.#parts.onClosed();
    this.#staysOpen();
    this.#closesAgain = setTimeout(() => window.close(), CLOSE_AGAIN_MS);
  }

  #staysOpen(): void {
    clearTimeout(this.#closesAgain);
    this.#closesAgain = undefined;
  }
}
