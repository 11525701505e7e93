import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SyncError, type Download, type DownloadWish } from '../../../src/api/index.ts';
import * as electron from '../../support/electron/index.ts';
import { engineStatus } from '../../unit/cli/fake-host.ts';
import { first, SETTINGS, soon, startShell, type RunningShell } from './support.ts';

let shell: RunningShell;

beforeEach(async () => {
  vi.clearAllMocks();
  shell = await startShell();
});

afterEach(() => shell.close());

const window = () => first(electron.windows, -1);
const titles = () => electron.notifications.map(({ title }) => title);

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
    electron.ipcMain.emit('upload', fromPage(port2), { path, target: { ...place, overwrite: false } });
    return { heard, port: port1 };
  }

  test('are sent from the disk by the engine, which tells how far it is', async () => {
    shell.engine.duringTransfer = async (sent) => sent(3, undefined);
    const { heard } = upload('/home/me/a.txt');
    await soon(() => expect(heard).toEqual([{ type: 'sent', bytes: 3 }, { type: 'done' }]));
    expect(shell.engine.transfers).toEqual([
      ['put', { kind: 'file', path: '/home/me/a.txt' }, { ...place, overwrite: false }],
    ]);
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

  test('that were not sent by a window out of sight are told, and lead to the transfers', async () => {
    electron.ipcMain.emit('not-sent', { ...fromPage(), senderFrame: { url: 'https://evil.example/' } });
    expect(titles()).toEqual([]);
    electron.ipcMain.emit('not-sent', fromPage());
    expect(titles()).toEqual(['Not all files were uploaded']);
    window().hide();
    first(electron.notifications).emit('click');
    expect(window().isVisible()).toBe(true);
    expect(window().webContents.sent).toContainEqual(['view', 'transfers']);
  });

  test('that are not on the disk are refused in words', async () => {
    const { heard } = upload('');
    await soon(() => expect(heard).toMatchObject([{ type: 'failed', error: { code: 'not-a-file' } }]));
    expect(shell.engine.transfers).toEqual([]);
  });

  const save = (key = place.key) => electron.ipcMain.emit('download', fromPage(), { ...place, key });
  const steer = (wish: DownloadWish) => electron.ipcMain.emit('steer-downloads', fromPage(), wish);
  const saved = (name: string) => ['get', place, { kind: 'file', path: join(downloads, name), overwrite: false }];

  /** Downloads that go on until they are ended, or called off. */
  function holdTransfers() {
    const held: { end: () => void; signal: AbortSignal }[] = [];
    shell.engine.duringTransfer = (sent, signal) => {
      sent(1, 3);
      return new Promise((resolve, reject) => {
        held.push({ end: resolve, signal });
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    };
    return held;
  }

  /** The downloads as the page was told of them last. */
  function shown(): Download[] {
    const lists = window().webContents.sent.filter(([channel]) => channel === 'downloads');
    return (lists.at(-1)?.[1] ?? []) as Download[];
  }
  const states = () => shown().map(({ state }) => state);

  test('are saved in the downloads, which the system tells', async () => {
    save();
    await soon(() => expect(titles()).toEqual(['Saved: a.txt']));
    expect(shell.engine.transfers).toEqual([saved('a.txt')]);
    first(electron.notifications).emit('click');
    expect(electron.shell.showItemInFolder).toHaveBeenCalledWith(join(downloads, 'a.txt'));
  });

  test('that are saved tell the page how far they are, and a page that comes later too', async () => {
    const held = holdTransfers();
    save();
    const running = { source: place, state: 'running', doneBytes: 1, sizeBytes: 3 };
    await soon(() => expect(shown()).toMatchObject([running]));
    window().close();
    shell.app.follow({ type: 'open' });
    steer({ type: 'show' });
    expect(shown()).toMatchObject([running]);
    first(held).end();
    await soon(() => expect(states()).toEqual(['done']));
  });

  test('that are saved at once under one name do not get the same place', async () => {
    holdTransfers();
    for (const key of ['x/a.txt', 'y/A.txt']) save(key);
    await soon(() => expect(shell.engine.transfers).toHaveLength(2));
    const paths = shell.engine.transfers.map(([, , destination]) => (destination as { path: string }).path);
    expect(paths).toEqual([join(downloads, 'a.txt'), join(downloads, 'A (1).txt')]);
  });

  test('that are saved are told together, once all of them are', async () => {
    const held = holdTransfers();
    for (let number = 0; number < 5; number++) save(`${number}.txt`);
    await soon(() => expect(held).toHaveLength(3));
    await soon(() => expect(states().slice(3)).toEqual(['waiting', 'waiting']));
    for (let number = 0; number < 5; number++) {
      await soon(() => expect(held.length).toBeGreaterThan(number));
      first(held, number).end();
    }
    await soon(() => expect(states()).toEqual(Array.from({ length: 5 }, () => 'done')));
    expect(titles()).toEqual(['5 files saved']);
  });

  test('that are saved are not told to who wants no notifications', async () => {
    shell.engine.answers = { 'setting.get': { ...SETTINGS, notifications: false, language: 'zh-CN' } };
    shell.engine.status = engineStatus();
    await soon(() => expect(first(electron.trays).menu.map(({ label }) => label)).toContain('退出'));
    save();
    await soon(() => expect(states()).toEqual(['done']));
    expect(titles()).toEqual([]);
  });

  test('that are saved are called off, begun again, and forgotten when they are over', async () => {
    const held = holdTransfers();
    save();
    await soon(() => expect(states()).toEqual(['running']));
    const ids = shown().map(({ id }) => id);
    steer({ type: 'cancel', ids });
    await soon(() => expect(first(held).signal.aborted).toBe(true));
    await soon(() => expect(states()).toEqual(['cancelled']));
    steer({ type: 'retry', ids });
    await soon(() => expect(held).toHaveLength(2));
    steer({ type: 'clear' });
    first(held, 1).end();
    await soon(() => expect(states()).toEqual(['done']));
    steer({ type: 'clear' });
    await soon(() => expect(states()).toEqual([]));
    expect(titles()).toEqual(['Saved: a.txt']);
  });

  test('that fail say why', async () => {
    shell.engine.duringTransfer = async () => {
      throw new SyncError({ code: 'no-such-key', message: 'It is gone.', advice: 'Reload.' });
    };
    save();
    await soon(() => expect(titles()).toEqual(['Not saved: a.txt']));
    expect(first(electron.notifications).body).toBe('It is gone. Reload.');
    await soon(() => expect(shown()).toMatchObject([{ state: 'failed', error: { code: 'no-such-key' } }]));
    first(electron.notifications).emit('click');
    expect(window().webContents.sent).toContainEqual(['view', 'transfers']);
  });

  test('that were on their way when the engine ended by itself are told to have failed', async () => {
    holdTransfers();
    for (const key of ['a.txt', 'b.txt']) save(key);
    await soon(() => expect(states()).toEqual(['running', 'running']));
    first(electron.forked).exit(1);
    await soon(() => expect(titles()).toEqual(['2 files were not saved']));
    const failed = { state: 'failed', error: { code: 'engine-lost' } };
    await soon(() => expect(shown()).toMatchObject([failed, failed]));
  });
});
