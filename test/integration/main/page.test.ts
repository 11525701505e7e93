import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Shell } from '../../../src/api/index.ts';
import * as electron from '../../support/electron/index.ts';
import { connectPage } from '../../support/electron/page.ts';
import { builtWindow } from '../../support/window/app.ts';
import { findChromium, launchChromium } from '../../support/window/chromium.ts';
import { engineStatus, folderStatus } from '../../unit/cli/fake-host.ts';
import { first, soon, startShell, type RunningShell } from './support.ts';

/** The window as it is built, in a real Chromium, behind the real preload and the real main process on the stand-in. */
describe.skipIf(findChromium() === undefined)('the window in the desktop app', () => {
  let browser: Browser;
  let page: Page;
  let shell: RunningShell;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    complaints.length = 0;
    shell = await startShell({ page: await builtWindow() });
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync', filesInSync: 41 }));
    shell.engine.answers = {
      'account.list': [
        {
          id: 'a',
          name: 'home',
          endpoint: 'https://s3.example',
          region: 'us-east-1',
          accessKeyId: 'k',
          pathStyle: true,
          secretPlace: 'keychain',
        },
      ],
      'bucket.list': [],
      'transfer.list': [],
      'share.list': [],
    };
    shell.app.follow({ type: 'open' });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const { webContents } = first(electron.windows);
    await connectPage(page, webContents, electron.session.fromPartition('window'), '.cache/preload');
  });
  afterEach(async () => {
    await page.close();
    await shell.close();
  });

  /** Waits for what the status line says. */
  const inSync = (files: number) => page.getByRole('contentinfo').getByText(`In sync, ${files} files`).waitFor();

  test('speaks with the engine over a port, and the policy lets it work', async () => {
    await inSync(41);
    expect(complaints).toEqual([]);
  });

  test('sees of the program only the nine doors of the preload', async () => {
    const doors = await page.evaluate(() => Object.keys((globalThis as unknown as { rustfsSync: object }).rustfsSync));
    expect(doors.sort()).toEqual([
      ...[
        'connect',
        'download',
        'onDownloads',
        'onView',
        'setStartsAtLogin',
        'startsAtLogin',
        'steerDownloads',
        'tellNotSent',
        'upload',
      ],
    ]);
  });

  test('finds the engine again after its process crashed', async () => {
    await inSync(41);
    shell.engine.status = engineStatus(folderStatus({ state: 'in-sync', filesInSync: 42 }));
    first(electron.forked).exit(1);
    await inSync(42);
    expect(electron.forked).toHaveLength(2);
  });

  test('shows the part that the tray asks for', async () => {
    await inSync(41);
    shell.app.follow({ type: 'open', view: 'settings' });
    await page.getByText('Language and look').waitFor();
  });

  test('switches notifications in its settings', async () => {
    await inSync(41);
    shell.app.follow({ type: 'open', view: 'settings' });
    await page.getByText('Show them').click();
    await soon(() => expect(shell.engine.calls).toContainEqual(['setting.set', { notifications: false }]));
    // Not installed, it can not be started at login.
    expect(await page.getByText('Start RustFS Sync when I log in').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('hands a file over by the path that the preload reads', async () => {
    const target = { account: 'home', bucket: 'b', key: 'a.txt', overwrite: false };
    shell.engine.duringTransfer = async (sent) => sent(4, 4);
    const heard = await page.evaluate(
      (place) =>
        new Promise((resolve) => {
          const all: unknown[] = [];
          const { rustfsSync } = globalThis as unknown as {
            rustfsSync: { upload: (file: File, to: unknown, heard: (one: { type: string }) => void) => void };
          };
          rustfsSync.upload(new File(['text'], 'a.txt'), place, (progress) => {
            all.push(progress);
            if (progress.type !== 'sent') resolve(all);
          });
        }),
      target,
    );
    expect(heard).toEqual([{ type: 'sent', bytes: 4, totalBytes: 4 }, { type: 'done' }]);
    await soon(() =>
      expect(shell.engine.transfers).toEqual([['put', { kind: 'file', path: '/chosen/a.txt' }, target]]),
    );
  });

  test('leaves no port behind once a file is over', async () => {
    const target = { account: 'home', bucket: 'b', key: 'a.txt', overwrite: false };
    await page.evaluate((place) => {
      const counting = globalThis as unknown as { portsClosed: number };
      counting.portsClosed = 0;
      const close = Reflect.get(MessagePort.prototype, 'close');
      MessagePort.prototype.close = function () {
        counting.portsClosed += 1;
        Reflect.apply(close, this, []);
      };
      const { rustfsSync } = globalThis as unknown as { rustfsSync: Shell };
      return new Promise((resolve) => {
        rustfsSync.upload(new File(['text'], 'a.txt'), place, ({ type }) => {
          if (type !== 'sent') resolve(undefined);
        });
      });
    }, target);
    expect(await page.evaluate(() => (globalThis as unknown as { portsClosed: number }).portsClosed)).toBe(1);
  });

  test('shows what is saved among the transfers, where it can be called off and begun again', async () => {
    const source = { account: 'home', bucket: 'b', key: 'x/film.mov' };
    const signals: AbortSignal[] = [];
    shell.engine.duringTransfer = (sent, signal) => {
      sent(25, 100);
      signals.push(signal);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    };
    shell.engine.answers = {
      ...shell.engine.answers,
      'transfer.waiting': { items: [], files: 0, bytes: 0 },
      'transfer.list': [],
    };
    shell.app.follow({ type: 'open', view: 'transfers' });
    await page.evaluate(
      (object) => (globalThis as unknown as { rustfsSync: Shell }).rustfsSync.download(object),
      source,
    );
    const row = page.getByRole('row', { name: 'film.mov' });
    await row.getByText(/^25\s?%/).waitFor();
    await row.click();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await row.getByText('cancelled').waitFor();
    await soon(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true]));
    await page.getByRole('button', { name: 'Try again now' }).click();
    await row.getByText(/^25\s?%/).waitFor();
    expect(complaints).toEqual([]);
  });
});
