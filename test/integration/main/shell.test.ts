import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { live } from '../../../main/lifecycle.ts';
import { CLOSE_AGAIN_MS } from '../../../main/window.ts';
import { SyncError, UPLOAD_WORTH_TELLING_MS } from '../../../src/api/index.ts';
import { VERB_KEY, WindowsIntegration } from '../../../src/desktop/windows.ts';
import * as electron from '../../support/electron/index.ts';
import { registry, windowsArguments } from '../../support/registry.ts';
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

  test('that closes while its page sends files is out of sight, and destroyed once they are sent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    shell.app.follow({ type: 'open' });
    window().webContents.wantsToStay = true;
    window().close();
    expect([window().isOpen, window().isVisible(), titles()]).toEqual([true, false, ['RustFS Sync goes on']]);
    vi.advanceTimersByTime(CLOSE_AGAIN_MS);
    expect([window().isOpen, window().isVisible()]).toEqual([true, false]);
    // Who opens it again keeps it.
    shell.app.follow({ type: 'open' });
    window().webContents.wantsToStay = false;
    vi.advanceTimersByTime(CLOSE_AGAIN_MS);
    expect([window().isOpen, window().isVisible()]).toEqual([true, true]);
    window().webContents.wantsToStay = true;
    window().close();
    window().webContents.wantsToStay = false;
    vi.advanceTimersByTime(CLOSE_AGAIN_MS);
    expect([electron.windows.length, window().isOpen]).toEqual([1, false]);
  });

  test('that is opened again stays, wherever it is put then, and comes back as it was', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    shell.app.follow({ type: 'open' });
    window().webContents.wantsToStay = true;
    window().maximize();
    window().close();
    // Some systems do not know of a hidden window that it was maximised.
    window().maximized = false;
    vi.advanceTimersByTime(CLOSE_AGAIN_MS);
    const kept = JSON.parse(await readFile(join(shell.directory, 'shell', 'shell.json'), 'utf8')) as unknown;
    expect(kept).toMatchObject({ window: { maximized: true } });
    shell.app.follow({ type: 'open' });
    window().webContents.wantsToStay = false;
    // Minimised, or hidden with the whole app on macOS: that is not closed.
    window().hide();
    vi.advanceTimersByTime(CLOSE_AGAIN_MS);
    expect(window().isOpen).toBe(true);
  });

  test('whose page sends files does not keep the app from ending', async () => {
    shell.app.follow({ type: 'open' });
    window().webContents.wantsToStay = true;
    await shell.app.quit();
    window().close();
    expect(window().isOpen).toBe(false);
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
    shell.app.follow({ type: 'open' });
    expect(window().options.autoHideMenuBar).toBe(false);
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
      'setting.get': { ...SETTINGS, language: 'zh-CN' },
    };
    shell.engine.status = engineStatus();
    await soon(() => expect(tray().menu.map(({ label }) => label)).toContain('退出'));
  });

  test('opens the window by a click on its icon, but not where the same click opens its menu', async () => {
    tray().emit('click');
    expect(electron.windows).toHaveLength(1);
    window().close();
    const { platform } = process;
    onTestFinished(() => void Object.defineProperty(process, 'platform', { value: platform }));
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    await shell.close();
    shell = await startShell();
    tray().emit('click');
    expect(electron.windows).toEqual([]);
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
    expect((await resumeAtMs()) ?? 0).toBeGreaterThan(Date.now() + 3_500_000);
    shell.engine.status = { ...engineStatus(folderStatus({ state: 'paused' })), paused: true };
    await soon(() => choose('Resume'));
    await soon(() => expect(shell.engine.calls).toContainEqual(['setting.set', { paused: false }]));
  });

  test('pauses for an hour whatever the engine tells of the time before, and less when somebody lets it go on', async () => {
    shell.engine.status = engineStatus(folderStatus({ state: 'comparing' }));
    await soon(() => choose('Pause', 'For 1 hour'));
    // On its way while the engine did not know of the pause yet.
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync', filesInSync: 7 }));
    await soon(() => expect(tray().toolTip).toContain('7 files'));
    expect(await resumeAtMs()).toBeDefined();
    shell.engine.status = { ...engineStatus(folderStatus({ state: 'paused' })), paused: true };
    await soon(() => expect(tray().toolTip).toContain('Paused'));
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync', filesInSync: 8 }));
    await soon(() => expect(tray().toolTip).toContain('8 files'));
    expect(await resumeAtMs()).toBeUndefined();
  });

  test('does not remember a pause that the engine refused', async () => {
    shell.engine.answers = {
      'setting.set': new SyncError({ code: 'internal', message: 'Full.', advice: 'Make room.' }),
    };
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync' }));
    await soon(() => choose('Pause', 'For 1 hour'));
    await soon(() => expect(titles()).toHaveLength(1));
    expect(await resumeAtMs()).toBeUndefined();
  });

  test('shows a file in its folder, and copies a link to it', async () => {
    const url = 'https://s3.example/photos/a.txt?X-Amz-Signature=1';
    shell.engine.answers = {
      'activity.list': [{ atMs: 0, folderId: 'k3jq7x2m', kind: 'uploaded', path: 'a.txt', sizeBytes: 1, detail: '' }],
      'share.make': made(url),
    };
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync' }));
    await soon(() => choose('Recent files', 'a.txt', 'Show in folder'));
    expect(electron.shell.showItemInFolder).toHaveBeenCalledWith('/home/me/Pictures/a.txt');
    choose('Recent files', 'a.txt', 'Copy link');
    await soon(() => expect(titles()).toEqual(['Link copied']));
    expect(electron.clipboard.writeText).toHaveBeenCalledWith(url);
    expect(first(electron.notifications).body).toMatch(/^a\.txt can be fetched until .*2027.*\.\nPlain HTTP\.$/);
  });
});

/** When the pause ends by itself, as the shell remembers it. */
async function resumeAtMs(): Promise<number | undefined> {
  const text = await readFile(join(shell.directory, 'shell', 'shell.json'), 'utf8');
  return (JSON.parse(text) as { resumeAtMs?: number }).resumeAtMs;
}

function made(url: string) {
  const warnings = [{ code: 'plain-http', message: 'Plain HTTP.' }];
  return { url, fileName: 'a.txt', expiresMs: 1_800_000_000_000, warnings };
}

describe('a right click in the Explorer', () => {
  const URL = 'https://s3.example/photos/a.txt?X-Amz-Signature=1';
  const ROOT = 'C:\\Users\\me\\Sync';

  /** Runs what the menu would run for a file, as a second start of the app that runs. */
  async function click(path: string): Promise<void> {
    const { run, values } = registry();
    const program = ['C:\\Program Files\\RustFS Sync\\RustFS Sync.exe'];
    const here = { platform: 'win32', env: {}, home: '', program, state: '', language: 'en' } as const;
    await new WindowsIntegration(here, [ROOT], run).install();
    const args = windowsArguments((values.get(`${VERB_KEY}\\command|`) ?? '').replace('%1', () => path));
    live({ args: ['--hidden'], directory: ROOT }, async () => shell.app, shell.log);
    electron.app.emit('second-instance', {}, [], '', { args, directory: ROOT });
  }

  test('puts the link on the clipboard, and says so in a notification that leads to what is shared', async () => {
    shell.engine.answers = { 'share.make': made(URL) };
    await click(`${ROOT}\\it's 照片.txt`);
    await soon(() => expect(titles()).toEqual(['Link copied']));
    expect(electron.clipboard.writeText).toHaveBeenCalledWith(URL);
    expect(electron.windows).toHaveLength(0);
    first(electron.notifications).emit('click');
    expect(window().webContents.sent).toEqual([['view', 'shares']]);
  });

  test('on a file that has to be uploaded first says that, and then that its link is there', async () => {
    shell.engine.answers = { 'share.make': made(URL) };
    const step = { kind: 'uploading', path: 'a.txt', isMoving: true, doneBytes: 0, sizeBytes: 9 } as const;
    shell.engine.beforeLink = async function* () {
      const endMs = performance.now() + UPLOAD_WORTH_TELLING_MS + 100;
      while (performance.now() < endMs) {
        yield step;
        await delay(20);
      }
      yield step;
    };
    await click(`${ROOT}\\a.txt`);
    await soon(() => expect(titles()).toHaveLength(2));
    expect(titles()[0]).toMatch(/^Uploading .*a\.txt$/);
    expect(titles()[1]).toBe('Link copied');
  });

  test('on a file of no synced folder, in the language of the person, says so and copies nothing', async () => {
    shell.engine.answers = {
      'share.make': new SyncError({ code: 'not-in-folder', message: 'It is not.', advice: 'Move it.' }),
      'setting.get': { ...SETTINGS, language: 'zh-CN' },
    };
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync' }));
    await soon(() => expect(tray().toolTip).toContain('已同步'));
    await click('D:\\a.txt');
    await soon(() => expect(first(electron.notifications).title).toContain('不在任何同步文件夹中'));
    expect(electron.clipboard.writeText).not.toHaveBeenCalled();
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
    await soon(() => expect(titles()).toEqual(['The link could not be made']));
    expect(first(electron.notifications).body).toBe('It is in no synced folder. Sync its folder first.');
    expect(electron.clipboard.writeText).not.toHaveBeenCalled();
  });
});

test('what a person has to be told of many files to which no link can be made is one notification', async () => {
  const left = new SyncError({ code: 'not-uploaded', message: 'It is left out of syncing.', advice: 'Change that.' });
  shell.engine.answers = { 'share.make': left };
  const paths = Array.from({ length: 5 }, (_, number) => `/sync/${number}.jpg`);
  shell.app.follow({ type: 'share', paths });
  await soon(() => expect(titles()).toEqual(['5 links could not be made']));
  const { body } = first(electron.notifications);
  expect(body).toBe('0.jpg, 1.jpg, 2.jpg, …\nIt is left out of syncing. Change that.');
  // Nothing comes after it.
  shell.engine.status = engineStatus(folderStatus({ state: 'in-sync', filesInSync: 3 }));
  await soon(() => expect(tray().toolTip).toContain('3 files'));
  expect(titles()).toHaveLength(1);
});

test('a computer that wakes up is told to the engine', async () => {
  electron.powerMonitor.emit('resume');
  await soon(() => expect(shell.engine.calls).toContainEqual(['engine.resumed', { from: 'sleep' }]));
});

describe('a computer on its battery', () => {
  const told = () => shell.engine.calls.filter(([name]) => name === 'engine.power').map(([, input]) => input);

  test('is told to the engine, and that it is on the mains again', async () => {
    electron.powerMonitor.hasMains = false;
    electron.powerMonitor.emit('on-battery');
    await soon(() => expect(told()).toEqual([{ source: 'battery' }]));
    electron.powerMonitor.hasMains = true;
    electron.powerMonitor.emit('on-ac');
    await soon(() => expect(told()).toEqual([{ source: 'battery' }, { source: 'mains' }]));
  });

  test('is found out where the system has no events for it, and told once', async () => {
    electron.powerMonitor.hasMains = false;
    shell.engine.status = engineStatus(folderStatus({ state: 'syncing' }));
    await soon(() => expect(told()).toEqual([{ source: 'battery' }]));
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync', filesInSync: 9 }));
    await soon(() => expect(tray().toolTip).toContain('9 files'));
    expect(told()).toHaveLength(1);
  });

  test('is told to an engine that was started again', async () => {
    electron.powerMonitor.hasMains = false;
    electron.powerMonitor.emit('on-battery');
    await soon(() => expect(told()).toHaveLength(1));
    first(electron.forked).exit(1);
    await soon(() => expect(told()).toEqual([{ source: 'battery' }, { source: 'battery' }]));
  });
});
