/**
 * Stands in for the `electron` module where there is no runtime: takes the calls that the shell makes, remembers them, and
 * lets a test raise the events. What Electron itself would do with them is not tested by this.
 */
import { EventEmitter } from 'node:events';
import { vi, type Mock } from 'vitest';

export { app } from './app.ts';
export { MessageChannelMain, StandInPort } from './ports.ts';
export { forked, onFork, StandInProcess, utilityProcess } from './processes.ts';
export { BrowserWindow, preventable, StandInContents, windows } from './windows.ts';

type Handler = (...args: never[]) => unknown;

/** A session that remembers its handlers. */
export class StandInSession extends EventEmitter {
  readonly handlers = new Map<string, Handler>();
  readonly protocol = { handle: (scheme: string, handler: Handler) => this.handlers.set(`scheme ${scheme}`, handler) };
  blockedUrls: readonly string[] = [];
  readonly webRequest = {
    onBeforeRequest: (filter: { urls: readonly string[] }, handler: Handler) => {
      this.blockedUrls = filter.urls;
      this.handlers.set('request', handler);
    },
  };

  setPermissionRequestHandler(handler: Handler): void {
    this.handlers.set('permission request', handler);
  }
  setPermissionCheckHandler(handler: Handler): void {
    this.handlers.set('permission check', handler);
  }
  setDevicePermissionHandler(handler: Handler): void {
    this.handlers.set('device', handler);
  }
  /** Calls what was set, as Electron would. */
  run(name: string, ...args: unknown[]): unknown {
    const handler = this.handlers.get(name);
    if (handler === undefined) throw new Error(`No handler was set for ${name}.`);
    return handler(...(args as never[]));
  }
}

export const sessions = new Map<string, StandInSession>();
export const session = {
  fromPartition(name: string): StandInSession {
    const known = sessions.get(name) ?? new StandInSession();
    sessions.set(name, known);
    return known;
  },
};

export const protocol: { readonly registerSchemesAsPrivileged: Mock } = { registerSchemesAsPrivileged: vi.fn() };

class IpcMain extends EventEmitter {
  readonly #handlers = new Map<string, Handler>();

  handle(name: string, handler: Handler): void {
    this.#handlers.set(name, handler);
  }
  /** Asks as a page does. */
  async invoke(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#handlers.get(name)?.(...(args as never[]));
  }
}
export const ipcMain = new IpcMain();

class PowerMonitor extends EventEmitter {
  hasMains = true;

  isOnBatteryPower(): boolean {
    return !this.hasMains;
  }
}
export const powerMonitor = new PowerMonitor();
export const shell: { readonly openExternal: Mock; readonly showItemInFolder: Mock } = {
  openExternal: vi.fn(async () => undefined),
  showItemInFolder: vi.fn(),
};
export const clipboard: { readonly writeText: Mock } = { writeText: vi.fn(async () => undefined) };
export const dialog: { readonly showErrorBox: Mock } = { showErrorBox: vi.fn() };
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };

export interface StandInMenuItem {
  readonly id?: string;
  readonly label?: string;
  readonly type?: string;
  readonly role?: string;
  readonly checked?: boolean;
  readonly enabled?: boolean;
  readonly submenu?: readonly StandInMenuItem[];
  readonly click?: () => void;
}

/** The menu of the app, as it was set last. */
export const appMenu: { items: readonly StandInMenuItem[] } = { items: [] };

export const Menu = {
  buildFromTemplate: (template: readonly StandInMenuItem[]) => template,
  setApplicationMenu: (menu: readonly StandInMenuItem[]) => (appMenu.items = menu),
};

/** All trays that were made, in order. */
export const trays: Tray[] = [];

export class Tray extends EventEmitter {
  image: unknown;
  menu: readonly StandInMenuItem[] = [];
  toolTip = '';
  isDestroyed = false;

  constructor(image: unknown) {
    super();
    this.image = image;
    trays.push(this);
  }
  setImage(image: unknown): void {
    this.image = image;
  }
  setToolTip(text: string): void {
    this.toolTip = text;
  }
  setContextMenu(menu: readonly StandInMenuItem[]): void {
    this.menu = menu;
  }
  destroy(): void {
    this.isDestroyed = true;
  }
}

export const nativeImage = {
  createEmpty: () => ({ addRepresentation: () => undefined, setTemplateImage: () => undefined }),
  createFromBitmap: (pixels: Buffer) => ({ toPNG: () => pixels }),
};

/** All notifications that were shown, in order. */
export const notifications: Notification[] = [];

export class Notification extends EventEmitter {
  readonly title: string;
  readonly body: string;

  constructor({ title, body }: { readonly title: string; readonly body: string }) {
    super();
    this.title = title;
    this.body = body;
  }
  static isSupported(): boolean {
    return true;
  }
  show(): void {
    notifications.push(this);
  }
}
