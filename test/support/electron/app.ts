import { EventEmitter } from 'node:events';
import { vi, type Mock } from 'vitest';

class App extends EventEmitter {
  isPackaged = false;
  wasOpenedAtLogin = false;
  hasLock = true;
  handedOver: unknown;
  readonly paths = new Map<string, string>([['downloads', '/nowhere']]);
  locale = 'en-GB';
  languages: readonly string[] = ['en-GB'];
  readonly exit: Mock = vi.fn();
  readonly setAppUserModelId: Mock = vi.fn();
  readonly setAsDefaultProtocolClient: Mock = vi.fn();
  readonly setLoginItemSettings: Mock = vi.fn();
  /** Whether the app is gone. */
  isGone = false;

  /** As Electron: asks with `before-quit`, and ends unless that was prevented. */
  quit(): void {
    const event = {
      isPrevented: false,
      preventDefault() {
        this.isPrevented = true;
      },
    };
    this.emit('before-quit', event);
    if (!event.isPrevented) this.isGone = true;
  }
  requestSingleInstanceLock(data: unknown): boolean {
    this.handedOver = data;
    return this.hasLock;
  }
  async whenReady(): Promise<void> {}
  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }
  getPath(name: string): string {
    return this.paths.get(name) ?? '';
  }
  getLocale(): string {
    return this.locale;
  }
  getPreferredSystemLanguages(): readonly string[] {
    return this.languages;
  }
  getLoginItemSettings() {
    return { openAtLogin: false, wasOpenedAtLogin: this.wasOpenedAtLogin };
  }
}

export const app = new App();
