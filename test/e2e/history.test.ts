import { readFile } from 'node:fs/promises';
import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/core/environment.ts';
import { makeBucket } from '../support/engine-bucket.ts';
import { sharedServer } from '../support/engine-servers.ts';
import { pollUntil } from '../support/loopback.ts';
import {
  addAccount,
  canSeeWindow,
  expectAccessible,
  openWindow,
  useBrowser,
  useNewApp,
  useSyncedApp,
} from './support.ts';

useBrowser();

describe.skipIf(!canSeeWindow)('what was, in the window', () => {
  test('a bucket keeps versions, which are counted, looked at, fetched and restored by keyboard', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    await page.getByRole('button', { name: 'More for this place' }).click();
    await page.getByRole('menuitem', { name: 'Bucket properties' }).click();
    await page.getByText('No versions are kept').waitFor();
    await expectAccessible(page, 'bucket properties');
    await page.getByRole('button', { name: 'Keep versions' }).click();
    await page.getByText('Every version is kept').waitFor();
    await page.keyboard.press('Escape');

    for (const text of ['one', 'two', 'three']) await bucket.put('notes.md', text);
    await bucket.put('plain.txt', 'only once');
    await bucket.put('sub/deep.txt', 'deep');
    await page.getByRole('button', { name: 'Reload' }).click();
    const grid = page.getByRole('grid');
    await grid.getByRole('columnheader', { name: 'Versions' }).waitFor();
    await grid.getByRole('button', { name: '3 versions of notes.md' }).waitFor();
    expect(await grid.getByRole('button', { name: /versions? of plain/ }).count()).toBe(0);

    await grid.getByText('notes.md').click();
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Versions…' }).waitFor();
    for (let presses = 0; presses < 12; presses++) {
      if ((await page.locator('[role=menuitem]:focus').getByText('Versions…').count()) > 0) break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Versions of notes.md' });
    await expect.poll(() => dialog.getByRole('listitem').count()).toBe(3);
    await dialog.getByText('current').waitFor();
    await expectAccessible(page, 'versions');

    const begun = page.waitForEvent('download');
    await dialog
      .getByRole('button', { name: /^Download the version/ })
      .last()
      .click();
    expect(await readFile(await (await begun).path(), 'utf8')).toBe('one');
    await dialog
      .getByRole('button', { name: /^Restore the version/ })
      .last()
      .focus();
    await page.keyboard.press('Enter');
    await page.getByText('notes.md was restored.').waitFor();
    expect(await bucket.text('notes.md')).toBe('one');
    await grid.getByRole('button', { name: '4 versions of notes.md' }).waitFor();
  });

  test('a folder is restored as it was, after a look at what that takes', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    await app.engine.client.call('bucket.setVersioning', { account: 'test', bucket: bucket.name, on: true });
    const { name } = bucket;
    for (const key of ['kept', 'edited', 'gone']) await bucket.put(`docs/${key}.txt`, `${key} before`);
    const atMs = Date.now() + 1;
    await pollUntil('a moment later', () => Date.now() > atMs + 1 || undefined, { everyMs: 1 });
    await bucket.put('docs/edited.txt', 'after');
    await bucket.put('docs/newer.txt', 'newer');
    await bucket.remove('docs/gone.txt');
    const page = await openWindow(app.url);
    // An hour ago is then that moment.
    await page.clock.setFixedTime(atMs + 3_600_000);
    await page.getByRole('treegrid').getByText(name).click();
    await page.getByRole('grid').getByText('docs').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Restore as it was' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restore docs as it was' });
    await dialog.getByText(/2 files come back.*1 that did not exist then stays.*1 is as it was/).waitFor();
    await expectAccessible(page, 'restore as it was');
    expect(await bucket.text('docs/edited.txt')).toBe('after');
    await dialog.getByText('Delete what did not exist then').click();
    await dialog.getByText(/2 files come back.*1 is deleted/).waitFor();
    await dialog.getByRole('button', { name: 'Restore 3 files' }).click();
    await page.getByText('3 files are as they were.').waitFor();
    expect(await bucket.keys()).toEqual(['docs/edited.txt', 'docs/gone.txt', 'docs/kept.txt']);
    expect(await bucket.text('docs/edited.txt')).toBe('edited before');
  });

  test('what syncing deleted here comes back from the trash, and the trash is emptied', async () => {
    const app = await useSyncedApp('two-way', { 'letter.txt': 'dear Ann', 'list.txt': 'milk', 'stays.txt': 's' });
    const page = await openWindow(app.url);
    const grid = page.getByRole('grid');
    await grid.getByText('letter.txt').waitFor();
    await page.getByRole('contentinfo').getByText('In sync, 3 files').waitFor();
    await app.bucket.remove('letter.txt');
    await app.bucket.remove('list.txt');
    await app.engine.client.call('transfer.retry', { folderId: app.folderId });
    await pollUntil('the files to go', async () =>
      app.root.read('letter.txt').then(
        () => undefined,
        () => true,
      ),
    );

    await page.getByRole('button', { name: 'Actions for the folder work' }).click();
    await page.getByRole('menuitem', { name: 'Trash…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Trash of work' });
    await dialog.getByText('2 files,').waitFor();
    await expectAccessible(page, 'trash');
    await dialog.getByRole('searchbox').fill('letter');
    await expect.poll(() => dialog.getByRole('row').count()).toBe(2);
    await dialog.getByRole('grid').focus();
    await page.keyboard.press('Space');
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('1 file was restored.').waitFor();
    expect(await readFile(app.root.at('letter.txt'), 'utf8')).toBe('dear Ann');
    await dialog.getByText('1 file,').waitFor();

    await dialog.getByRole('button', { name: 'Empty…' }).click();
    await expectAccessible(page, 'empty the trash');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Empty the trash' }).click();
    await page.getByText('1 file was removed for good').waitFor();
    const left: unknown[] = [];
    for await (const item of app.engine.client.stream('trash.list', { id: app.folderId })) left.push(item);
    expect(left).toEqual([]);
  });

  test('what a search hides is not restored, and what Enter is pressed twice for is restored once', async () => {
    const app = await useSyncedApp('two-way', { 'letter.txt': 'dear Ann', 'list.txt': 'milk', 'stays.txt': 's' });
    const page = await openWindow(app.url);
    await page.getByRole('contentinfo').getByText('In sync, 3 files').waitFor();
    await app.root.remove('letter.txt');
    await app.root.remove('list.txt');
    const keys = async () => (await app.bucket.keys()).filter((key) => !key.startsWith('.'));
    await pollUntil('the objects to go', async () => (await keys()).length === 1 || undefined);
    await app.engine.client.call('folder.pause', { id: app.folderId });

    await page.getByRole('button', { name: 'Actions for the folder work' }).click();
    await page.getByRole('menuitem', { name: 'Trash…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Trash of work' });
    await dialog.getByRole('row', { name: /letter\.txt/ }).click();
    const restore = dialog.getByRole('button', { name: 'Restore' });
    await expect.poll(() => restore.isEnabled()).toBe(true);
    await dialog.getByRole('searchbox').fill('list');
    await dialog.getByText('letter.txt').waitFor({ state: 'detached' });
    await expect.poll(() => restore.isEnabled()).toBe(false);

    await dialog.getByRole('row', { name: /list\.txt/ }).click();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('1 file was restored.').waitFor();
    await dialog.getByText('1 file,').waitFor();
    expect(await dialog.getByRole('alert').count()).toBe(0);
    await expect.poll(() => restore.isEnabled()).toBe(false);
    expect(await keys()).toEqual(['list.txt', 'stays.txt']);
  });

  test('unfinished uploads of days ago are told with their size, and removed one by one or all', async () => {
    // To the engine it is two days later.
    const later = (environment: Environment): Environment => {
      const { clock } = environment;
      return { ...environment, clock: { ...clock, now: () => clock.now() + 2 * 86_400_000 } };
    };
    const app = await useSyncedApp('upload', { 'a.txt': 'one' }, sharedServer(), later);
    const { client, name: Bucket } = app.bucket;
    for (const Key of ['film.mov', 'disk.img', 'other.iso']) {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      await client.send(
        new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: Buffer.alloc(5_000_000, 1) }),
      );
    }
    const page = await openWindow(app.url);
    await page.getByRole('tab', { name: 'Problems' }).click();
    await page.getByText('3 unfinished uploads, 15.0 MB').waitFor();
    await expectAccessible(page, 'unfinished uploads');
    await page.getByRole('button', { name: 'Remove the unfinished upload of disk.img' }).focus();
    await page.keyboard.press('Enter');
    await expectAccessible(page, 'removing an unfinished upload');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('2 unfinished uploads, 10.0 MB').waitFor();
    expect((await app.bucket.unfinishedUploads()).sort()).toEqual(['film.mov', 'other.iso']);
    await page.getByRole('button', { name: 'Remove all…' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No problems').waitFor();
    expect(await app.bucket.unfinishedUploads()).toEqual([]);
  });
});
