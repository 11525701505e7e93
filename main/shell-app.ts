import { app, Menu, powerMonitor, session, shell } from 'electron';
import { errorText, languageOf, type Language, type Notice } from '../src/api/index.ts';
import type { Log } from '../src/core/environment.ts';
import { asSyncError } from '../src/core/errors.ts';
import { Assets } from '../src/server/assets.ts';
import { appMenu } from './app-menu.ts';
import { Downloads, type EndedDownload } from './downloads.ts';
import { EngineHost } from './engine-host.ts';
import type { Intent } from './intent.ts';
import { LateTray } from './late-tray.ts';
import { setStartsAtLogin, startAtLoginFrom, startsAtLogin } from './login-item.ts';
import { Memory } from './memory.ts';
import { IPC } from './preload/ipc.ts';
import { downloadNotice, Notices } from './notices.ts';
import { notify } from './notify.ts';
import { answerPage } from './page-requests.ts';
import { servePage } from './page.ts';
import { secureSession } from './security.ts';
import { copyLinks } from './share.ts';
import { TEXTS } from './texts.ts';
import { TimedPause } from './timed-pause.ts';
import type { TrayAction } from './tray-menu.ts';
import { lookForUpdates, type Updater } from './update-check.ts';
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
  /** The panel of a desktop that just began is waited for so long; 30 seconds if not given. */
  readonly trayWaitMs?: number;
  /** Absent where updates are not looked for. */
  readonly updater?: () => Promise<Updater>;
  /** Hears where the synced folders are, again and again. */
  readonly onRoots?: (roots: readonly string[]) => void;
}

const TRAY_WAIT_MS = 30_000;

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
  readonly #tray: LateTray;
  /** Whether there is a tray, once that was waited for. */
  #hasTray: Promise<boolean> = Promise.resolve(false);
  #menuLanguage: Language | undefined;
  #chosenLanguage: EngineView['settings']['language'] = 'system';
  #notifies = true;
  /** What the engine was told last; it begins with the mains. */
  #power: 'mains' | 'battery' = 'mains';
  #quitting: Promise<void> | undefined;

  private constructor(parts: ShellParts, assets: Assets, log: Log) {
    this.#log = log;
    this.#tray = new LateTray(parts.supportsTray, (action) => this.#act(action));
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
      hasTray: () => this.#tray.isThere,
      findTray: () => this.#tray.find(),
      onClosed: () => this.#tellOfTray(),
    });
    const downloads = new Downloads({
      engine: this.#engine,
      directory: () => app.getPath('downloads'),
      show: (all) => this.#window.contents?.send(IPC.downloads, all),
      rested: (ended) => this.#tellDownloads(ended),
    });
    answerPage({
      engine: this.#engine,
      downloads,
      page: () => this.#window.contents,
      onNotSent: () => this.#tellNotSent(),
    });
    this.#pause = new TimedPause(this.#memory, (taken) => this.#resume(taken));
  }

  /** @throws SyncError not-supported when the window is not built. */
  static async start(parts: ShellParts, log: Log): Promise<ShellApp> {
    const shellApp = new ShellApp(parts, await Assets.load(parts.page), log);
    shellApp.#engine.start();
    shellApp.#show(undefined);
    await shellApp.#tray.find();
    shellApp.#hasTray = shellApp.#tray.wait(parts.trayWaitMs ?? TRAY_WAIT_MS);
    void watchEngine(
      () => shellApp.#engine.connect(),
      (view) => shellApp.#show(view),
      shellApp.#ending.signal,
    );
    powerMonitor.on('resume', () => shellApp.#resumed());
    powerMonitor.on('on-ac', () => shellApp.#tellPower());
    powerMonitor.on('on-battery', () => shellApp.#tellPower());
    if (parts.updater !== undefined) void shellApp.#lookForUpdates(parts.updater);
    return shellApp;
  }

  /** Does what the app was started for, or started for again. */
  follow(intent: Intent): void {
    if (intent.type === 'share') void this.#copyLinks(intent.paths);
    else if (intent.type === 'open') this.#window.open(intent.view);
    // Where there is no tray, a hidden app could not be found.
    else
      void this.#hasTray.then((hasTray) => {
        if (!hasTray && !this.#ending.signal.aborted) this.#window.openMinimised();
      });
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
    this.#tray.end();
  }

  get #language(): Language {
    return languageOf(this.#chosenLanguage, app.getPreferredSystemLanguages());
  }

  get #texts() {
    return TEXTS[this.#language];
  }

  #show(view: EngineView | undefined): void {
    this.#chosenLanguage = view?.settings.language ?? this.#chosenLanguage;
    this.#showMenu();
    const model = { status: view?.status, activity: view?.activity ?? [], startsAtLogin: startsAtLogin() };
    this.#tray.show(model, this.#texts, formatNumber);
    if (view === undefined) {
      this.#power = 'mains';
      return;
    }
    this.#tellPower();
    this.#onRoots(view.status.folders.map(({ folder }) => folder.localRoot));
    this.#pause.see(view.status.paused);
    const notices = this.#notices.update(view.status, view.problems, this.#texts, performance.now());
    // What is not told now is not told later either.
    this.#notifies = view.settings.notifications;
    if (!this.#notifies) return;
    for (const { title, body } of notices) notify(title, body, () => this.#window.open('problems'));
  }

  #showMenu(): void {
    if (this.#menuLanguage === this.#language) return;
    this.#menuLanguage = this.#language;
    const parts = {
      platform: process.platform,
      isPackaged: app.isPackaged,
      openSettings: () => this.#window.open('settings'),
    };
    Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(this.#texts, parts)));
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
        this.#ask(async (client) => {
          try {
            await client.call('setting.set', { paused: true });
          } catch (error) {
            this.#pause.end();
            throw error;
          }
        });
        return;
      case 'resume':
        this.#pause.end();
        this.#resume();
        return;
      case 'show-file':
        shell.showItemInFolder(action.path);
        return;
      case 'copy-link':
        void this.#copyLinks([action.path]);
        return;
      case 'start-at-login':
        this.#ask(async () => setStartsAtLogin(action.on));
        return;
      case 'quit':
        app.quit();
    }
  }

  async #copyLinks(paths: readonly string[]): Promise<void> {
    const asker = {
      language: this.#language,
      locale: app.getLocale(),
      tell: ({ title, body }: Notice) => notify(title, body, () => this.#window.open('shares')),
    };
    await this.#withEngine((client) => copyLinks(client, paths, asker));
  }

  #resume(taken: () => void = () => undefined): void {
    this.#ask(async (client) => {
      await client.call('setting.set', { paused: false });
      taken();
    });
  }

  #resumed(): void {
    this.#pause.check();
    // The network needs no word from here: Electron's main process has no event for it, and the engine looks by itself.
    this.#ask((client) => client.call('engine.resumed', { from: 'sleep' }));
  }

  async #lookForUpdates(load: () => Promise<Updater>): Promise<void> {
    const ready = (version: string) =>
      notify(this.#texts.updateReady(version), this.#texts.updateReadyText, () => this.#window.open());
    try {
      const updater = await load();
      updater.on('appimage-filename-updated', (path) => this.#renamed(path));
      await lookForUpdates(updater, ready, this.#log, this.#ending.signal);
    } catch (error) {
      this.#log.error('Updates are not looked for', { error: asSyncError(error).message });
    }
  }

  #renamed(path: string): void {
    try {
      startAtLoginFrom(path);
    } catch (error) {
      this.#log.error('The new name of the program could not be noted for the start at login', {
        error: String(error),
      });
    }
  }

  /** Asked again with every look at the engine: not every system has events for it. */
  #tellPower(): void {
    const source = powerMonitor.isOnBatteryPower() ? 'battery' : 'mains';
    if (source === this.#power) return;
    this.#power = source;
    this.#ask((client) => client.call('engine.power', { source }));
  }

  #ask(work: (client: ReturnType<EngineHost['connect']>) => Promise<unknown>): void {
    this.#withEngine(work).catch((error: unknown) => {
      const told = asSyncError(error);
      this.#log.error(told.message);
      const { message, advice } = errorText(told, this.#language);
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

  /** One notification, however many there were. */
  #tellDownloads(ended: readonly EndedDownload[]): void {
    // Who quits knows that they are called off.
    if (!this.#notifies || this.#quitting !== undefined) return;
    const [last] = ended.slice(-1);
    const failed = ended.filter(({ download }) => download.state === 'failed');
    const notice = downloadNotice(ended, failed, this.#texts, formatNumber);
    notify(notice.title, notice.body, () => {
      if (failed.length > 0) this.#window.open('transfers');
      else if (last !== undefined) shell.showItemInFolder(last.path);
    });
  }

  #tellNotSent(): void {
    // Who quits knows that they are called off.
    if (!this.#notifies || this.#quitting !== undefined) return;
    notify(this.#texts.notSent, this.#texts.notSavedText, () => this.#window.open('transfers'));
  }

  #tellOfTray(): void {
    if (this.#memory.value.toldOfTray) return;
    this.#memory.change({ toldOfTray: true });
    notify(this.#texts.staysInTray, this.#texts.staysInTrayText, () => this.#window.open());
  }
}

/** As it is written where the person lives. */
function formatNumber(value: number): string {
  return new Intl.NumberFormat(app.getLocale()).format(value);
}
