import { mkdir } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeBucket } from '../support/engine-bucket.ts';
import { useDouble } from '../support/engine-servers.ts';
import { pollUntil } from '../support/loopback.ts';
import { contentOf } from '../support/s3-double/index.ts';
import { addAccount, canSeeWindow, openWindow, useBrowser, useNewApp, useSyncedApp } from './support.ts';

useBrowser();

describe.skipIf(!canSeeWindow)('while the window is open', { timeout: 180_000 }, () => {
  test('a bucket that is made and deleted elsewhere comes and goes by itself', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const page = await openWindow(app.url);
    const tree = page.getByRole('treegrid');
    await tree.getByText('test', { exact: true }).waitFor();
    const { client } = app.engine;
    await client.call('bucket.create', { account: 'test', bucket: 'from-a-terminal' });
    await tree.getByText('from-a-terminal').waitFor();
    await client.call('bucket.delete', { account: 'test', bucket: 'from-a-terminal' });
    await tree.getByText('from-a-terminal').waitFor({ state: 'detached' });
  });

  test('what is shown stays when a folder is added elsewhere, and its columns while it is read again', async () => {
    const double = await useDouble();
    const app = await useSyncedApp('upload', { 'a.txt': 'one' }, double);
    const { client } = app.engine;
    await client.call('bucket.setVersioning', { account: 'test', bucket: app.bucket.name, on: true });
    const page = await openWindow(app.url);
    const grid = page.getByRole('grid');
    await grid.getByText('a.txt').waitFor();
    await grid.getByRole('columnheader', { name: 'Versions' }).waitFor();
    double.faults.add({ operation: 'GetBucketVersioning' }, { kind: 'latency', delayMs: 2_000 });
    await page.getByRole('button', { name: 'Reload' }).click();
    await client.call('bucket.create', { account: 'test', bucket: 'another-bucket' });
    // It comes before the other one in the list of folders.
    const localRoot = `${app.files}/earlier`;
    await mkdir(localRoot);
    await client.call('folder.add', { localRoot, account: 'test', bucket: 'another-bucket' });
    await page.getByRole('button', { name: /^earlier/ }).waitFor();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await grid.getByText('a.txt').count()).toBe(1);
    expect(await grid.getByRole('columnheader', { name: 'Versions' }).count()).toBe(1);
  });

  test('an answer of the server that comes late does not hide a newer one', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const page = await openWindow(app.url);
    const tree = page.getByRole('treegrid');
    await tree.getByText('Nothing in here').waitFor();
    const late = { operation: 'ListBuckets', times: 1 } as const;
    const slow = double.faults.add(late, { kind: 'latency', delayMs: 2_000 });
    double.faults.add(late, { kind: 'error', code: 'AccessDenied' });
    await tree.getByText('test', { exact: true }).hover();
    await page.getByRole('button', { name: 'Actions for test' }).click();
    await page.getByRole('menuitem', { name: 'Reload' }).click();
    await pollUntil('the late list', () => slow.hits > 0 || undefined);
    await app.engine.client.call('bucket.create', { account: 'test', bucket: 'made-since' });
    await tree.getByText('made-since').waitFor();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await tree.getByText('made-since').count()).toBe(1);
  });

  test('a bucket that is deleted takes no other one of its name out of sight', async () => {
    const [mine, theirs] = [await useDouble(), await useDouble()];
    const app = await useNewApp();
    await addAccount(app, mine);
    await addAccount(app, theirs, 'test-2');
    const { client } = app.engine;
    for (const account of ['test', 'test-2']) await client.call('bucket.create', { account, bucket: 'photos' });
    mine.model.putObject('photos', 'mine.jpg', contentOf('mine'));
    const page = await openWindow(app.url);
    const photos = page.getByRole('treegrid').getByRole('row', { name: 'photos' });
    await photos.first().click();
    await page.getByRole('grid').getByText('mine.jpg').waitFor();
    await photos.last().hover();
    await photos.last().getByRole('button', { name: 'Actions for photos' }).click();
    await page.getByRole('menuitem', { name: 'Delete the bucket' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The bucket photos was deleted.').waitFor();
    await page.getByRole('grid').getByText('mine.jpg').waitFor();
    await expect.poll(() => photos.count()).toBe(1);
  });

  test('a server that is back is seen, though another one refuses its list for good', async () => {
    const [refusing, absent] = [await useDouble(), await useDouble()];
    const app = await useNewApp();
    await addAccount(app, refusing);
    await addAccount(app, absent, 'test-2');
    refusing.faults.add({ operation: 'ListBuckets' }, { kind: 'error', code: 'AccessDenied' });
    const slow = absent.faults.add({}, { kind: 'latency', delayMs: 1_000 });
    const away = absent.faults.add({}, { kind: 'resetBefore' });
    const page = await openWindow(app.url);
    const tree = page.getByRole('treegrid');
    await tree.getByText(/has no permission/).waitFor();
    await tree.getByText(/the connection was closed/).waitFor();
    away.remove();
    slow.remove();
    await tree.getByText('Nothing in here').waitFor();
  });

  test('the files of a folder show while it syncs, though the server takes its time to list them', async () => {
    const double = await useDouble();
    const app = await useSyncedApp('upload', {}, double);
    const page = await openWindow(app.url);
    await page.getByRole('contentinfo').getByText('In sync, 0 files').waitFor();
    await page.getByRole('heading', { name: 'Nothing in here yet' }).waitFor();
    const { client } = app.engine;
    await client.call('setting.set', { uploadLimitBytesPerSecond: 1_000_000 });
    double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'latency', delayMs: 700 });
    for (let n = 0; n < 1_500; n++) await app.root.write(`many/${n}`, String(n).padEnd(10_000));
    await page.getByRole('grid').getByText('many').waitFor();
    const { state } = await client.call('folder.status', { id: app.folderId });
    expect(state).toBe('syncing');
  });

  test('a file that was given another name shows how it stands', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const bucket = await makeBucket(double);
    for (const name of ['a.txt', 'b.txt', 'd.txt']) await bucket.put(name, name);
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    const grid = page.getByRole('grid');
    await grid.getByText('b.txt').click();
    await page.keyboard.press('F2');
    await page.getByLabel('New name or key').fill('c.txt');
    await page.keyboard.press('Enter');
    await page
      .getByRole('row', { name: /^c\.txt/ })
      .getByText('bucket only')
      .waitFor();
  });

  test('a file that still waits to be sent says so when it is to be renamed', async () => {
    const double = await useDouble();
    const app = await useSyncedApp('upload', {}, double);
    // Nothing that is sent from now on arrives, until the end.
    const hang = double.faults.add({ operation: 'PutObject' }, { kind: 'hang' });
    onTestFinished(() => hang.remove());
    await app.root.write('letter.txt', 'dear ann');
    const page = await openWindow(app.url);
    const grid = page.getByRole('grid');
    await grid.getByText('letter.txt').click();
    await page.keyboard.press('F2');
    await page.getByText('letter.txt is not in the bucket yet: it waits to be sent.').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page
      .getByRole('contentinfo')
      .getByText(/^0 of 1 file, /)
      .waitFor();
  });

  test('a button that is pressed with the keyboard keeps the focus while its work lasts', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const page = await openWindow(app.url);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('menuitem', { name: 'New bucket' }).click();
    await page.getByLabel('Name of the bucket').fill('slow-bucket');
    double.faults.add({ operation: 'CreateBucket', times: 1 }, { kind: 'error', code: 'AccessDenied' });
    const make = page.getByRole('dialog').locator('button[type=submit]');
    await make.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('alert').waitFor();
    expect(await page.locator(':focus').and(make).count()).toBe(1);
  });
});
