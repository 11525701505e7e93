import { describe, expect, test } from 'vitest';
import { makeBucket } from '../support/engine-bucket.ts';
import { useDouble } from '../support/engine-servers.ts';
import { pollUntil } from '../support/loopback.ts';
import {
  addAccount,
  canSeeWindow,
  fillServer,
  openWindow,
  typeFolder,
  useBrowser,
  useNewApp,
  useSyncedApp,
} from './support.ts';

useBrowser();

describe.skipIf(!canSeeWindow)('dialogs', () => {
  test('emptying a bucket can be stopped, with what is gone until then', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const bucket = await makeBucket(double);
    const names = Array.from({ length: 60 }, (_, n) => `file ${n}`);
    await Promise.all(names.map((name) => bucket.put(name, name)));
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).hover();
    await page.getByRole('button', { name: `Actions for ${bucket.name}` }).click();
    await page.getByRole('menuitem', { name: 'Delete the bucket' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByLabel(`Type ${bucket.name} to go on`).fill(bucket.name);
    double.faults.add({ operation: 'DeleteObject' }, { kind: 'latency', delayMs: 1_000 });
    await dialog.getByRole('button', { name: 'Delete all of it' }).click();
    await dialog.getByText('Deleting, 16 so far…').waitFor();
    await dialog.getByRole('button', { name: 'Stop' }).click();
    // It is as it was before, and nothing went wrong.
    await dialog.getByRole('button', { name: 'Delete all of it', disabled: false }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    const left = (await bucket.keys()).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(60);
  });

  test('a server that is called off while it is tried is not kept, and closes no other dialog', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const page = await openWindow(app.url);
    const add = async (what: string) => {
      await page.getByRole('button', { name: 'Add' }).click();
      await page.getByRole('menuitem', { name: what }).click();
    };
    await add('Add a server');
    const slow = double.faults.add({ operation: 'ListBuckets' }, { kind: 'latency', delayMs: 2_000 });
    await page.getByText('More settings').click();
    await page.getByText('Keep the secret in a file').click();
    await fillServer(page, double);
    await page.getByRole('dialog').getByText('Trying to connect').waitFor();
    await pollUntil('the server to be asked', () => slow.hits > 0 || undefined);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await add('New bucket');
    await page.getByLabel('Name of the bucket').fill('new-bucket');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await page.getByRole('dialog', { name: 'New bucket' }).count()).toBe(1);
    expect(await app.engine.client.call('account.list', {})).toHaveLength(1);
  });

  test('a folder that is being added when its dialog is closed goes again', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const bucket = await makeBucket(double);
    const page = await openWindow(app.url);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('menuitem', { name: 'Sync a folder' }).click();
    const next = page.getByRole('button', { name: 'Next' });
    await typeFolder(page, app.files);
    await next.click();
    await page.getByRole('option', { name: bucket.name }).click();
    await next.click();
    await page.getByRole('heading', { name: 'Which way do changes go?' }).waitFor();
    const slow = double.faults.add({ operation: 'HeadBucket' }, { kind: 'latency', delayMs: 2_000 });
    await next.click();
    await pollUntil('the bucket to be looked at', () => slow.hits > 0 || undefined);
    await page.getByRole('button', { name: 'Cancel' }).click();
    // By then it was added.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await pollUntil(
      'the folder to go',
      async () => (await app.engine.client.call('folder.list', {})).length === 0 || undefined,
    );
    expect(await page.getByText('Your folder is being synced.').count()).toBe(0);
  });

  test('who does not want to wait for a name or a bucket any longer stops it', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const bucket = await makeBucket(double);
    await bucket.put('a.txt', 'x');
    const page = await openWindow(app.url);
    const dialog = page.getByRole('dialog');
    const stop = async () => {
      await dialog.getByRole('button', { name: 'Stop' }).click();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    const slow = { kind: 'latency', delayMs: 20_000 } as const;
    const creating = double.faults.add({ operation: 'CreateBucket' }, slow);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('menuitem', { name: 'New bucket' }).click();
    await page.getByLabel('Name of the bucket').fill('new-bucket');
    await page.keyboard.press('Enter');
    await pollUntil('the server to be asked', () => creating.hits > 0 || undefined);
    await stop();
    await page.getByRole('treegrid').getByText(bucket.name).click();
    await page.getByRole('grid').getByText('a.txt').click();
    const copying = double.faults.add({ operation: 'CopyObject' }, slow);
    await page.keyboard.press('F2');
    await page.getByLabel('New name or key').fill('b.txt');
    await page.keyboard.press('Enter');
    await pollUntil('the server to be asked', () => copying.hits > 0 || undefined);
    await stop();
  });

  test('the server is asked once for the properties of an object, however much goes on', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const bucket = await makeBucket(double);
    await bucket.put('report.txt', 'all is well');
    const page = await openWindow(app.url);
    const asked: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        asked.push((JSON.parse(String(payload)) as { name?: string }).name ?? '');
      }),
    );
    await page.reload();
    const times = (name: string) => asked.filter((each) => each === name).length;
    await page.getByRole('treegrid').getByText(bucket.name).click();
    await page.getByRole('grid').getByText('report.txt').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Properties' }).click();
    await page.getByText('ETag').waitFor();
    for (const limit of [1_000_000, 2_000_000, 3_000_000]) {
      const before = times('object.states');
      await app.engine.client.call('setting.set', { uploadLimitBytesPerSecond: limit });
      await pollUntil('the list to ask the engine again', () => times('object.states') > before || undefined);
    }
    expect(times('object.properties')).toBe(1);
  });

  test('why a file is not synced is told in the language of the window', async () => {
    const app = await useSyncedApp('upload', { 'a.txt': 'first', 'b.txt': 'other' });
    const { client } = app.engine;
    const isSynced = async () => (await app.bucket.keys()).length === 2 || undefined;
    await pollUntil('the first sync', isSynced, { deadlineMs: 60_000 });
    await client.call('folder.pause', { id: app.folderId });
    await app.bucket.put('a.txt', 'of somebody else');
    await app.root.write('a.txt', 'changed here too');
    await client.call('folder.resume', { id: app.folderId });
    const page = await openWindow(app.url, { locale: 'zh-CN' });
    await page.getByRole('button', { name: /^work/ }).click();
    await page.getByRole('row', { name: 'a.txt' }).getByTitle('两侧都有改动且不同').waitFor();
  });
});
