import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SyncError } from '../../../src/api/index.ts';
import * as electron from '../../support/electron/index.ts';
import { first, soon, startShell, type RunningShell } from './support.ts';

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
