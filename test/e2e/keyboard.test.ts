import { mkdir, writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { makeBucket } from '../support/engine-bucket.ts';
import { useDouble } from '../support/engine-servers.ts';
import { pollUntil } from '../support/loopback.ts';
import { bytesOf, contentOf } from '../support/s3-double/index.ts';
import { addAccount, canSeeWindow, openWindow, tabTo, useBrowser, useNewApp } from './support.ts';

useBrowser();

async function press(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, page.getByRole('button', { name }));
  await page.keyboard.press('Enter');
}

/** Replaces what is in a field. */
async function type(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label));
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

describe.skipIf(!canSeeWindow)('by keyboard alone', () => {
  test(
    'from nothing to a folder in sync; a file is found, renamed, shared and deleted; a conflict is settled',
    { timeout: 180_000 },
    async () => {
      const double = await useDouble();
      const app = await useNewApp();
      const folder = join(app.files, 'letters');
      await mkdir(folder);
      for (const name of ['ann.txt', 'bob.txt', 'carl.txt', 'dora.txt'])
        await writeFile(join(folder, name), `dear ${name}`);
      const page = await openWindow(app.url);

      await page.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
      await type(page, 'Server address', double.endpoint);
      await type(page, 'Access key', double.accessKey);
      await type(page, 'Secret key', double.secretKey);
      await page.keyboard.press('Enter');
      const inFile = page.getByRole('button', { name: 'Keep it in a file that only you can read' });
      const whichFolder = page.getByRole('heading', { name: 'Which folder?' });
      await whichFolder.or(inFile).waitFor();
      if (await inFile.isVisible()) await press(page, 'Keep it in a file that only you can read');
      await whichFolder.waitFor();
      await type(page, 'Folder on this computer', folder);
      await press(page, 'Next');
      await page.getByRole('heading', { name: 'Into which bucket?' }).waitFor();
      await type(page, 'Name of the bucket', 'letters');
      await press(page, 'Next');
      await page.getByRole('heading', { name: 'Which way do changes go?' }).waitFor();
      await tabTo(page, page.getByRole('radio', { name: /^Back up/ }));
      await page.keyboard.press('ArrowDown');
      await press(page, 'Next');
      await page.getByText(/^4 files, .* up; nothing down; nothing deleted\.$/).waitFor();
      await press(page, 'Start syncing');
      const status = page.getByRole('contentinfo');
      await status.getByText('In sync, 4 files').waitFor();

      const grid = page.getByRole('grid');
      await tabTo(page, grid);
      const selected = page.getByRole('row', { selected: true });
      await page.keyboard.press('b');
      await selected.getByText('bob.txt').waitFor();
      // Until the window knows that it is in the bucket, it tells so instead.
      await selected.getByText('In sync').waitFor();
      await page.keyboard.press('F2');
      await type(page, 'New name or key', 'robert.txt');
      await page.keyboard.press('Enter');
      await grid.getByText('robert.txt').waitFor();
      await pollUntil('the file to be renamed here too', () =>
        readFile(join(folder, 'robert.txt'), 'utf8').catch(() => undefined),
      );

      await tabTo(page, grid);
      await page.keyboard.press('a');
      await selected.getByText('ann.txt').waitFor();
      await page.keyboard.press('Shift+F10');
      await page.locator('[role=menuitem]:focus').waitFor();
      await page.keyboard.press('s');
      await page.locator('[role=menuitem]:focus').getByText('Share').waitFor();
      await page.keyboard.press('Enter');
      await press(page, 'Make the link');
      await page.getByTestId('share-url').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });

      await tabTo(page, grid);
      await page.keyboard.press('c');
      await selected.getByText('carl.txt').waitFor();
      await page.keyboard.press('Delete');
      await page.getByRole('alertdialog').waitFor();
      await tabTo(page, page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }));
      await page.keyboard.press('Enter');
      await page.getByText('1 object was deleted.').waitFor();
      await status.getByText('In sync, 3 files').waitFor();

      await tabTo(page, status.getByRole('button', { name: 'Pause' }));
      await page.keyboard.press('Enter');
      await status.getByText('Everything is paused').waitFor();
      await writeFile(join(folder, 'dora.txt'), 'mine, here');
      double.model.putObject('letters', 'dora.txt', contentOf('theirs, there'));
      await tabTo(page, status.getByRole('button', { name: 'Resume' }));
      await page.keyboard.press('Enter');
      await tabTo(page, status.getByRole('button', { name: '1 problem' }));
      await page.keyboard.press('Enter');
      await press(page, /^Compare and decide/);
      await press(page, 'Keep mine');
      await page.getByRole('heading', { name: 'No problems' }).waitFor();
      await pollUntil('my version to be in the bucket', () => {
        const { content } = double.model.object('letters', 'dora.txt');
        return bytesOf(content).toString() === 'mine, here' || undefined;
      });
    },
  );

  test('one goes into folders and back without leaving the list, empty ones too', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const bucket = await makeBucket(double);
    await bucket.put('docs/empty/', '');
    await bucket.put('docs/letter.txt', 'dear ann');
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    const where = page.getByRole('navigation', { name: 'Where you are' }).getByRole('button');
    const isAt = (...names: string[]) => expect.poll(() => where.allInnerTexts()).toEqual([bucket.name, ...names]);
    const grid = page.getByRole('grid', { name: `Contents of ${bucket.name}` });
    await tabTo(page, grid);
    await page.keyboard.press('Enter');
    await grid.getByText('letter.txt').waitFor();
    await isAt('docs');
    await page.keyboard.press('e');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nothing in here yet' }).waitFor();
    await isAt('docs', 'empty');
    await page.keyboard.press('Backspace');
    await grid.getByText('letter.txt').waitFor();
    await page.keyboard.press('l');
    await page.getByRole('row', { name: /^letter\.txt/, selected: true }).waitFor();
    await page.keyboard.press('Backspace');
    await isAt();
  });

  test('the views are switched by arrows and end keys', async () => {
    const app = await useNewApp();
    await addAccount(app, await useDouble());
    const page = await openWindow(app.url);
    const chosen = async (name: string) => {
      const tab = page.locator(':focus').and(page.getByRole('tab', { name, selected: true }));
      await tab.waitFor();
      await page.getByRole('tabpanel', { name }).waitFor();
    };
    await tabTo(page, page.getByRole('tab', { name: 'Files' }));
    await page.keyboard.press('ArrowLeft');
    await chosen('Settings');
    await page.keyboard.press('ArrowRight');
    await chosen('Files');
    await page.keyboard.press('ArrowRight');
    await chosen('Transfers');
    await page.keyboard.press('End');
    await chosen('Settings');
    await page.keyboard.press('Home');
    await chosen('Files');
  });
});
