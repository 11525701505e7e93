import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as electron from '../../support/electron/index.ts';
import { engineStatus } from '../../unit/cli/fake-host.ts';
import { first, SETTINGS, soon, startShell, type RunningShell } from './support.ts';

/** How a person finds the app and its end, on desktops with a tray, with one that comes late, and with none. */

let shell: RunningShell;

beforeEach(async () => {
  vi.clearAllMocks();
  shell = await startShell();
});

afterEach(() => shell.close());

const tray = () => first(electron.trays);
const window = () => first(electron.windows, -1);
const titles = () => electron.notifications.map(({ title }) => title);

describe('where the desktop shows its tray later than the app begins', () => {
  let hasTray: boolean;

  /** Starts the shell of a login. */
  async function login(trayWaitMs: number): Promise<void> {
    hasTray = false;
    await shell.close();
    shell = await startShell({ hasTray: () => hasTray, trayWaitMs });
    shell.app.follow({ type: 'stay-hidden' });
  }

  test('the app waits for it, and stays hidden', async () => {
    await login(60_000);
    expect(electron.trays).toHaveLength(0);
    hasTray = true;
    await soon(() => expect(electron.trays).toHaveLength(1));
    await soon(() => expect(tray().toolTip).toContain('RustFS Sync: '));
    expect(electron.windows).toHaveLength(0);
  });

  test('the app waits for it no longer than it should, and is then found among the windows, in nobody’s way', async () => {
    await login(0);
    await soon(() => expect(electron.windows).toHaveLength(1));
    window().emit('ready-to-show');
    expect([window().isMinimized(), window().show.mock.calls]).toEqual([true, []]);
    shell.app.follow({ type: 'open' });
    expect([window().isMinimized(), window().show.mock.calls.length]).toEqual([false, 1]);
  });

  test('a window that is closed is gone all the same', async () => {
    await login(0);
    await soon(() => expect(electron.windows).toHaveLength(1));
    hasTray = true;
    window().close();
    await soon(() => expect(window().isOpen).toBe(false));
    expect(electron.trays).toHaveLength(1);
    expect(titles()).toEqual(['RustFS Sync goes on']);
  });
});

describe('the app’s menu', () => {
  const labels = () => electron.appMenu.items.map(({ label }) => label);
  const quit = () => electron.appMenu.items.flatMap(({ submenu = [] }) => submenu).find(({ role }) => role === 'quit');

  test('has Quit, and speaks the language that was chosen in the window', async () => {
    expect([labels(), quit()?.label]).toEqual([['File', 'Edit', 'View'], 'Quit']);
    shell.engine.answers = { 'setting.get': { ...SETTINGS, language: 'zh-CN' } };
    shell.engine.status = engineStatus();
    await soon(() => expect([labels(), quit()?.label]).toEqual([['文件', '编辑', '显示'], '退出']));
    const all = electron.appMenu.items.flatMap(({ submenu = [] }) => submenu);
    for (const { label, type } of all) if (type !== 'separator') expect(label).toMatch(/\p{Script=Han}/u);
  });

  test('opens the settings', () => {
    electron.appMenu.items[0]?.submenu?.find(({ label }) => label === 'Settings…')?.click?.();
    expect(window().webContents.sent).toEqual([['view', 'settings']]);
  });
});
