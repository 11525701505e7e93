import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SyncError } from '../../../src/api/index.ts';
import * as electron from '../../support/electron/index.ts';
import { engineStatus, folderStatus } from '../../unit/cli/fake-host.ts';
import { first, soon, startShell, type RunningShell } from './support.ts';

let shell: RunningShell;

beforeEach(async () => {
  vi.clearAllMocks();
  shell = await startShell();
});

afterEach(() => shell.close());

const tray = () => first(electron.trays);
const window = () => first(electron.windows, -1);
const titles = () => electron.notifications.map(({ title }) => title);

/** Clicks what the tray's menu has under these labels, one below the other. */
function choose(...labels: readonly string[]): void {
  let items = tray().menu;
  for (const [index, label] of labels.entries()) {
    const item = items.find((each) => each.label === label);
    if (item === undefined) throw new Error(`The menu has no ${label}: ${items.map((each) => each.label).join(', ')}`);
    if (index === labels.length - 1) item.click?.();
    items = item.submenu ?? [];
  }
}

describe('the window', () => {
  test('is one, however often it is asked for, and comes to the front', () => {
    shell.app.follow({ type: 'open' });
    window().minimize();
    shell.app.follow({ type: 'open' });
    expect(electron.windows).toHaveLength(1);
    expect(window().isMinimized()).toBe(false);
    expect(window().focus).toHaveBeenCalledOnce();
  });

  test('is not opened by a start at login', () => {
    shell.app.follow({ type: 'stay-hidden' });
    expect(electron.windows).toHaveLength(0);
  });

  test('that closes is destroyed, is remembered, and its end told once', async () => {
    shell.app.follow({ type: 'open' });
    window().close();
    expect(first(electron.windows).isOpen).toBe(false);
    expect(titles()).toEqual(['RustFS Sync goes on']);
    shell.app.follow({ type: 'open' });
    expect(electron.windows).toHaveLength(2);
    expect(window().options).toMatchObject({ x: 40, y: 50, width: 900, height: 600 });
    window().close();
    expect(titles()).toEqual(['RustFS Sync goes on']);
    const kept = JSON.parse(await readFile(join(shell.directory, 'shell', 'shell.json'), 'utf8')) as unknown;
    expect(kept).toMatchObject({ toldOfTray: true, window: { maximized: false } });
  });

  test('is shown when there is something to see', () => {
    shell.app.follow({ type: 'open' });
    expect(window().options.show).toBe(false);
    window().emit('ready-to-show');
    expect(window().show).toHaveBeenCalledOnce();
  });

  test('goes to the part that is asked for, once it is loaded', () => {
    shell.app.follow({ type: 'open', view: 'problems' });
    window().webContents.isBusy = true;
    shell.app.follow({ type: 'open', view: 'settings' });
    expect(window().webContents.sent).toEqual([['view', 'problems']]);
    window().webContents.emit('did-finish-load');
    expect(window().webContents.sent).toEqual([
      ['view', 'problems'],
      ['view', 'settings'],
    ]);
  });

  test('whose page crashes at once again is closed', () => {
    shell.app.follow({ type: 'open' });
    window().webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(window().isOpen).toBe(false);
    expect(electron.forked).toHaveLength(1);
  });

  test('minimises where there is no tray', async () => {
    await shell.close();
    shell = await startShell({ hasTray: false });
    expect(electron.trays).toHaveLength(0);
    shell.app.follow({ type: 'stay-hidden' });
    window().close();
    expect([window().isOpen, window().isMinimized()]).toEqual([true, true]);
    await shell.app.quit();
    window().close();
    expect(window().isOpen).toBe(false);
  });
});

describe('the tray', () => {
  test('follows the engine', async () => {
    await soon(() => expect(tray().toolTip).toBe('RustFS Sync: No folder is synced yet'));
    const iconBefore = tray().image;
    shell.engine.status = engineStatus(folderStatus({ state: 'held' }));
    await soon(() => expect(tray().toolTip).toBe('RustFS Sync: A plan waits for your word'));
    expect(tray().image).not.toBe(iconBefore);
  });

  test('speaks the language that was chosen in the window', async () => {
    shell.engine.answers = {
      'setting.get': { ...(await import('./support.ts')).SETTINGS, language: 'zh-CN' },
    };
    shell.engine.status = engineStatus();
    await soon(() => expect(tray().menu.map(({ label }) => label)).toContain('退出'));
  });

  test('opens the window and its settings', () => {
    choose('Open RustFS Sync');
    choose('Settings…');
    expect(electron.windows).toHaveLength(1);
    expect(window().webContents.sent).toEqual([['view', 'settings']]);
  });

  test('pauses for an hour and remembers when that is over', async () => {
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync' }));
    await soon(() => choose('Pause', 'For 1 hour'));
    await soon(() => expect(shell.engine.calls).toContainEqual(['setting.set', { paused: true }]));
    const kept = JSON.parse(await readFile(join(shell.directory, 'shell', 'shell.json'), 'utf8')) as {
      resumeAtMs: number;
    };
    expect(kept.resumeAtMs - Date.now()).toBeGreaterThan(3_500_000);
    shell.engine.status = { ...engineStatus(folderStatus({ state: 'paused' })), paused: true };
    await soon(() => choose('Resume'));
    await soon(() => expect(shell.engine.calls).toContainEqual(['setting.set', { paused: false }]));
  });

  test('shows a file in its folder, and copies a link to it', async () => {
    const url = 'https://s3.example/photos/a.txt?X-Amz-Signature=1';
    shell.engine.answers = {
      'activity.list': [{ atMs: 0, folderId: 'k3jq7x2m', kind: 'uploaded', path: 'a.txt', sizeBytes: 1, detail: '' }],
      'share.make': { url, expiresMs: 1_800_000_000_000, warnings: [{ code: 'plain-http', message: 'Plain HTTP.' }] },
    };
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync' }));
    await soon(() => choose('Recent files', 'a.txt', 'Show in folder'));
    expect(electron.shell.showItemInFolder).toHaveBeenCalledWith('/home/me/Pictures/a.txt');
    choose('Recent files', 'a.txt', 'Copy link');
    await soon(() => expect(titles()).toEqual(['The link is on the clipboard']));
    expect(electron.clipboard.writeText).toHaveBeenCalledWith(url);
    expect(first(electron.notifications).body).toMatch(/^Whoever has it can get a\.txt until .*2027.* Plain HTTP\.$/);
  });
});

describe('what a person has to be told', () => {
  test('comes as a notification, and a click on it leads to the problems', async () => {
    await soon(() => expect(tray().toolTip).toBe('RustFS Sync: No folder is synced yet'));
    shell.engine.status = engineStatus(folderStatus({ state: 'held' }));
    await soon(() => expect(titles()).toEqual(['A plan waits for your word']));
    first(electron.notifications).emit('click');
    expect(window().webContents.sent).toEqual([['view', 'problems']]);
  });

  test('when no link can be made: why, and what to do', async () => {
    shell.engine.answers = {
      'share.make': new SyncError({
        code: 'unknown-folder',
        message: 'It is in no synced folder.',
        advice: 'Sync its folder first.',
      }),
    };
    shell.app.follow({ type: 'share', paths: ['/elsewhere/a'] });
    await soon(() => expect(titles()).toEqual(['No link was made']));
    expect(first(electron.notifications).body).toBe('It is in no synced folder. Sync its folder first.');
    expect(electron.clipboard.writeText).not.toHaveBeenCalled();
  });
});

test('a computer that wakes up is told to the engine', async () => {
  electron.powerMonitor.emit('resume');
  await soon(() => expect(shell.engine.calls).toContainEqual(['engine.resumed', { from: 'sleep' }]));
});

describe('files by hand', () => {
  const place = { account: 'home', bucket: 'b', key: 'x/a.txt' };
  let downloads: string;

  beforeEach(async () => {
    downloads = await mkdtemp(join(tmpdir(), 'rustfs-sync-downloads-'));
    electron.app.setPath('downloads', downloads);
    shell.app.follow({ type: 'open' });
  });
  afterEach(() => rm(downloads, { recursive: true }));

  const fromPage = (...ports: electron.StandInPort[]) => {
    const { webContents } = window();
    return { sender: webContents, senderFrame: webContents.mainFrame, ports };
  };

  /** Asks for an upload as the preload does. @returns what is told of it. */
  function upload(path: string) {
    const { port1, port2 } = new electron.MessageChannelMain();
    const heard: unknown[] = [];
    port1.on('message', ({ data }: { data: unknown }) => heard.push(data));
    port1.start();
    electron.ipcMain.emit('upload', fromPage(port2), { path, target: place });
    return { heard, port: port1 };
  }

  test('are sent from the disk by the engine, which tells how far it is', async () => {
    shell.engine.duringTransfer = async (sent) => sent(3);
    const { heard } = upload('/home/me/a.txt');
    await soon(() => expect(heard).toEqual([{ type: 'sent', bytes: 3 }, { type: 'done' }]));
    expect(shell.engine.transfers).toEqual([['put', { kind: 'file', path: '/home/me/a.txt' }, place]]);
  });

  test('are called off by closing the port', async () => {
    let signal: AbortSignal | undefined;
    shell.engine.duringTransfer = (_sent, given) => {
      signal = given;
      return new Promise((resolve) => given.addEventListener('abort', () => resolve()));
    };
    const { port } = upload('/home/me/a.txt');
    await soon(() => expect(signal?.aborted).toBe(false));
    port.close();
    await soon(() => expect(signal?.aborted).toBe(true));
  });

  test('that are not on the disk are refused in words', async () => {
    const { heard } = upload('');
    await soon(() => expect(heard).toMatchObject([{ type: 'failed', error: { code: 'not-a-file' } }]));
    expect(shell.engine.transfers).toEqual([]);
  });

  test('are saved in the downloads, which the system tells', async () => {
    electron.ipcMain.emit('download', fromPage(), place);
    await soon(() => expect(titles()).toEqual(['Saved: a.txt']));
    const path = join(downloads, 'a.txt');
    expect(shell.engine.transfers).toEqual([['get', place, { kind: 'file', path, overwrite: false }]]);
    first(electron.notifications).emit('click');
    expect(electron.shell.showItemInFolder).toHaveBeenCalledWith(path);
  });

  test('that fail say why', async () => {
    shell.engine.duringTransfer = async () => {
      throw new SyncError({ code: 'no-such-key', message: 'It is gone.', advice: 'Reload.' });
    };
    electron.ipcMain.emit('download', fromPage(), place);
    await soon(() => expect(titles()).toEqual(['Not saved: a.txt']));
    expect(first(electron.notifications).body).toBe('It is gone. Reload.');
  });
});
