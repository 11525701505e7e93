import { EventEmitter } from 'node:events';
import { vi, type Mock } from 'vitest';
import { app } from './app.ts';

export class StandInContents extends EventEmitter {
  readonly sent: unknown[][] = [];
  readonly posted: unknown[][] = [];
  /** A test with a real page behind it puts that page in their place. */
  send = (...message: unknown[]): void => void this.sent.push(message);
  postMessage = (...[name, message, ports]: [name: string, message: unknown, ports: readonly unknown[]]): void =>
    void this.posted.push([name, message, ports]);
  readonly mainFrame = { url: '' };
  windowOpen: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  isBusy = false;
  /** Whether the page does not want to go. */
  wantsToStay = false;
  readonly reload: Mock = vi.fn();

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpen = handler;
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  isLoading(): boolean {
    return this.isBusy;
  }
}

export interface WindowOptions {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly show?: boolean;
  readonly autoHideMenuBar?: boolean;
  readonly webPreferences: Readonly<Record<string, unknown>>;
}

/** All windows that were made, in order. */
export const windows: BrowserWindow[] = [];

export class BrowserWindow extends EventEmitter {
  readonly webContents = new StandInContents();
  readonly options: WindowOptions;
  isOpen = true;
  minimized = false;
  maximized = false;
  readonly show: Mock = vi.fn(() => {
    this.isHidden = false;
  });
  readonly showInactive: Mock = vi.fn();
  readonly focus: Mock = vi.fn();
  isHidden = false;

  constructor(options: WindowOptions) {
    super();
    this.options = options;
    windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  isVisible(): boolean {
    return !this.isHidden;
  }
  hide(): void {
    this.isHidden = true;
  }
  minimize(): void {
    this.minimized = true;
  }
  maximize(): void {
    this.maximized = true;
  }
  restore(): void {
    this.minimized = false;
  }
  getNormalBounds() {
    return { x: 40, y: 50, width: 900, height: 600 };
  }
  /** The person closes it. The page is asked after the program, which has the last word. */
  close(): void {
    const event = preventable();
    this.emit('close', event);
    if (event.isPrevented) return;
    const leaving = preventable();
    if (this.webContents.wantsToStay) this.webContents.emit('will-prevent-unload', leaving);
    if (!this.webContents.wantsToStay || leaving.isPrevented) this.destroy();
  }
  destroy(): void {
    this.isOpen = false;
    this.emit('closed');
  }
}

export interface Preventable {
  isPrevented: boolean;
  preventDefault(): void;
}

/** An event that remembers whether it was prevented. */
export function preventable(): Preventable {
  return {
    isPrevented: false,
    preventDefault() {
      this.isPrevented = true;
    },
  };
}
