import { app, powerMonitor, session, shell } from 'electron';
import type { Log } from '../src/core/environment.ts';
import { asSyncError } from '../src/core/errors.ts';
import { Assets } from '../src/server/assets.ts';
import { EngineHost } from './engine-host.ts';
import type { Intent } from './intent.ts';
import { setStartsAtLogin, startsAtLogin } from './login-item.ts';
import { Memory } from './memory.ts';
import { IPC } from './preload/ipc.ts';
import { Notices } from './notices.ts';
import { notify } from './notify.ts';
import { answerPage } from './page-requests.ts';
import { servePage } from './page.ts';
import { secureSession } from './security.ts';
import { copyLinks } from './share.ts';
import { textsFor } from './texts.ts';
import { TimedPause } from './timed-pause.ts';
import type { TrayAction } from './tray-menu.ts';
import { AppTray } from './tray.ts';
import { watchEngine, type EngineView } from './watch-engine.ts';
import { MainWindow } from './window.ts';

export interface ShellParts {
  /** Where the shell keeps its own few things. */
  readonly userData: string;
  /** The built window. */
  readonly page: string;
  readonly preload: string;
  readonly engineProcess: string;
  readonly supportsTray: () => Promise<boolean>;
  /** Hears where the synced folders are, again and again. */
  readonly onRoots?: (roots: readonly string[]) => void;
}

/** The running app: engine, tray and window, and what goes between them. Made once Electron is ready. */
export class ShellApp {
  readonly #log: Log;
  readonly #memory: Memory;
  readonly #engine: EngineHost;
  readonly #window: MainWindow;
  readonly #pause: TimedPause;
  readonly #notices = new Notices();
  readonly #onRoots: (roots: readonly string[]) => void;
  readonly #ending = new AbortController();
  #tray: AppTray | undefined;
  #language: EngineView['language'] = 'system';
  #quitting: Promise<void> | undefined;

  private constructor(parts: ShellParts, assets: Assets, log: Log) {
    this.#log = log;
    this.#onRoots = parts.onRoots ?? (() => undefined);
    this.#memory = new Memory(parts.userData, log);
    this.#engine = new EngineHost(parts.engineProcess, log, () => this.#window.contents?.send(IPC.lost));
    // In memory alone: the page keeps nothing on the disk.
    const pageSession = session.fromPartition('window');
    secureSession(pageSession);
    servePage(pageSession, assets);
    this.#window = new MainWindow({
      session: pageSession,
      preload: parts.preload,
      memory: this.#memory,
      hasTray: () => this.#tray !== undefined,
      onClosed: () => this.#tellOfTray(),
    });
    answerPage({ engine: this.#engine, page: () => this.#window.contents, texts: () => this.#texts });
    this.#pause = new TimedPause(this.#memory, () => this.#setPaused(false));
  }

  /** @throws SyncError not-supported when the window is not built. */
  static async start(parts: ShellParts, log: Log): Promise<ShellApp> {
    const shellApp = new ShellApp(parts, await Assets.load(parts.page), log);
    shellApp.#engine.start();
    if (await parts.supportsTray()) shellApp.#tray = new AppTray((action) => shellApp.#act(action));
    shellApp.#show(undefined);
    void watchEngine(
      () => shellApp.#engine.connect(),
      (view) => shellApp.#show(view),
      shellApp.#ending.signal,
    );
    powerMonitor.on('resume', () => shellApp.#resumed());
    return shellApp;
  }

  /** Does what the app was started for, or started for again. */
  follow(intent: Intent): void {
    if (intent.type === 'share') void this.#copyLinks(intent.paths);
    // Where there is no tray, a hidden app could not be found.
    else if (intent.type === 'open' || this.#tray === undefined)
      this.#window.open(intent.type === 'open' ? intent.view : undefined);
  }

  /** Ends the engine in order. Resolves when the process may go. */
  quit(): Promise<void> {
    this.#quitting ??= this.#quit();
    return this.#quitting;
  }

  async #quit(): Promise<void> {
    this.#ending.abort();
    this.#window.end();
    await this.#engine.stop();
    this.#tray?.destroy();
    this.#tray = undefined;
  }

  get #texts() {
    return textsFor(this.#language, app.getPreferredSystemLanguages());
  }

  #show(view: EngineView | undefined): void {
    this.#language = view?.language ?? this.#language;
    const format = new Intl.NumberFormat(app.getLocale());
    const number = (value: number) => format.format(value);
    const model = { status: view?.status, activity: view?.activity ?? [], startsAtLogin: startsAtLogin() };
    this.#tray?.show(model, this.#texts, number);
    if (view === undefined) return;
    this.#onRoots(view.status.folders.map(({ folder }) => folder.localRoot));
    if (!view.status.paused && this.#memory.value.resumeAtMs !== undefined) this.#pause.end();
    for (const { title, body } of this.#notices.update(view.status, view.problems, this.#texts, performance.now()))
      notify(title, body, () => this.#window.open('problems'));
  }

  #act(action: TrayAction): void {
    switch (action.type) {
      case 'open':
        this.#window.open();
        return;
      case 'settings':
        this.#window.open('settings');
        return;
      case 'pause':
        this.#pause.begin(action.hours);
        this.#setPaused(true);
        return;
      case 'resume':
        this.#pause.end();
        this.#setPaused(false);
        return;
      case 'show-file':
        shell.showItemInFolder(action.path);
        return;
      case 'copy-link':
        void this.#copyLinks([action.path]);
        return;
      case 'start-at-login':
        setStartsAtLogin(action.on);
        return;
      case 'quit':
        app.quit();
    }
  }

  async #copyLinks(paths: readonly string[]): Promise<void> {
    const notice = await this.#withEngine((client) => copyLinks(client, paths, this.#texts, app.getLocale()));
    notify(notice.title, notice.body, () => this.#window.open('shares'));
  }

  #setPaused(paused: boolean): void {
    this.#ask((client) => client.call('setting.set', { paused }));
  }

  #resumed(): void {
    this.#pause.check();
    // The network needs no word from here: Electron's main process has no event for it, and the engine looks by itself.
    this.#ask((client) => client.call('engine.resumed', { from: 'sleep' }));
  }

  #ask(work: (client: ReturnType<EngineHost['connect']>) => Promise<unknown>): void {
    this.#withEngine(work).catch((error: unknown) => {
      const { message, advice } = asSyncError(error);
      this.#log.error(message);
      notify('RustFS Sync', `${message} ${advice}`, () => this.#window.open());
    });
  }

  async #withEngine<T>(work: (client: ReturnType<EngineHost['connect']>) => Promise<T>): Promise<T> {
    const client = this.#engine.connect();
    try {
      return await work(client);
    } finally {
      client.close();
    }
  }

  #tellOfTray(): void {
    if (this.#memory.value.toldOfTray) return;
    this.#memory.change({ toldOfTray: true });
    notify(this.#texts.staysInTray, this.#texts.staysInTrayText, () => this.#window.open());
  }
}
