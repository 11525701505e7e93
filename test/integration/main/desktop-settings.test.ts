import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { setStartsAtLogin } from '../../../main/login-item.ts';
import * as electron from '../../support/electron/index.ts';
import { engineStatus, folderStatus } from '../../unit/cli/fake-host.ts';
import { first, SETTINGS, soon, startShell, type RunningShell } from './support.ts';

let shell: RunningShell;

beforeEach(async () => {
  vi.clearAllMocks();
  shell = await startShell();
});

afterEach(() => shell.close());

const tray = () => first(electron.trays);
const window = () => first(electron.windows, -1);
const titles = () => electron.notifications.map(({ title }) => title);

describe('settings of the desktop', () => {
  test('without notifications nothing is told, and nothing later of what was then', async () => {
    shell.engine.answers = { 'setting.get': { ...SETTINGS, notifications: false } };
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync' }));
    await soon(() => expect(tray().toolTip).toContain('In sync'));
    shell.engine.status = engineStatus(folderStatus({ state: 'held' }));
    await soon(() => expect(tray().toolTip).toBe('RustFS Sync: A plan waits for your word'));
    shell.engine.answers = {};
    shell.engine.status = engineStatus(folderStatus({ state: 'held' }), folderStatus({ state: 'in-sync' }));
    await soon(() => expect(shell.engine.calls.filter(([name]) => name === 'setting.get').length).toBeGreaterThan(2));
    expect(titles()).toEqual([]);
  });

  test('start at login is switched by our page alone, on the installed app alone', async () => {
    const config = join(shell.directory, 'config');
    vi.stubEnv('XDG_CONFIG_HOME', config);
    onTestFinished(() => void vi.unstubAllEnvs());
    shell.app.follow({ type: 'open' });
    const { webContents } = window();
    const ours = { sender: webContents, senderFrame: webContents.mainFrame };
    expect(await electron.ipcMain.invoke('login', ours)).toBeUndefined();
    electron.app.isPackaged = true;
    if (process.platform !== 'linux') return;
    const entry = join(config, 'autostart', 'rustfs-sync.desktop');
    expect(await electron.ipcMain.invoke('login', ours)).toBe(false);
    expect(
      await electron.ipcMain.invoke('login', { ...ours, senderFrame: { url: 'https://evil.example/' } }, true),
    ).toBe(undefined);
    expect(existsSync(entry)).toBe(false);
    expect(await electron.ipcMain.invoke('login', ours, 'yes')).toBe(false);
    expect(await electron.ipcMain.invoke('login', ours, true)).toBe(true);
    expect(await readFile(entry, 'utf8')).toContain('--hidden');
    expect(await electron.ipcMain.invoke('login', ours, false)).toBe(false);
    expect(existsSync(entry)).toBe(false);
  });

  const standInUpdater = () =>
    Object.assign(new EventEmitter(), {
      autoDownload: false,
      autoInstallOnAppQuit: false,
      allowDowngrade: false,
      logger: null,
      checkForUpdates: async () => null,
    });

  test.runIf(process.platform === 'linux')('an update that has another name is what starts at login', async () => {
    const config = join(shell.directory, 'config');
    vi.stubEnv('XDG_CONFIG_HOME', config);
    onTestFinished(() => void vi.unstubAllEnvs());
    const updater = standInUpdater();
    await shell.close();
    shell = await startShell({ updater });
    await soon(() => expect(updater.listenerCount('update-downloaded')).toBe(1));
    electron.app.isPackaged = true;
    const entry = join(config, 'autostart', 'rustfs-sync.desktop');
    // Who does not start it at login is not made to.
    updater.emit('appimage-filename-updated', '/apps/RustFS Sync-1.1.0.AppImage');
    expect(existsSync(entry)).toBe(false);
    setStartsAtLogin(true);
    const before = (await readFile(entry, 'utf8')).replace('enabled=true', 'enabled=false');
    await writeFile(entry, before);
    updater.emit('appimage-filename-updated', '/apps/$Sync-1.2.0.AppImage');
    const after = await readFile(entry, 'utf8');
    expect(after.match(/^(Try)?Exec=.*$/gm)).toEqual([
      'Exec="/apps/\\\\$Sync-1.2.0.AppImage" --hidden',
      'TryExec=/apps/$Sync-1.2.0.AppImage',
    ]);
    // What a person changed there stays.
    const others = (text: string) => text.split('\n').filter((line) => !/^(Try)?Exec=/.test(line));
    expect(others(after)).toEqual(others(before));
  });

  test('an update that was fetched is told', async () => {
    const updater = standInUpdater();
    await shell.close();
    shell = await startShell({ updater });
    await soon(() => expect(updater.listenerCount('update-downloaded')).toBe(1));
    updater.emit('update-downloaded', { version: '1.1.0' });
    expect(titles()).toEqual(['RustFS Sync 1.1.0 is ready']);
  });
});
