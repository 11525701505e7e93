import { readFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeBucket } from '../support/engine-bucket.ts';
import { sharedServer } from '../support/engine-servers.ts';
import { plainClient, removeBucket } from '../support/s3-client.ts';
import { uniqueBucket } from '../support/servers.ts';
import { addAccount, canSeeWindow, openWindow, useBrowser, useNewApp } from './support.ts';

useBrowser();

describe.skipIf(!canSeeWindow)('buckets and files', () => {
  test('a bucket is made, filled, searched, emptied and deleted', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const name = uniqueBucket('e2e');
    const client = plainClient(sharedServer());
    onTestFinished(async () => {
      await removeBucket(client, name).catch(() => undefined);
      client.destroy();
    });
    const page = await openWindow(app.url);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('menuitem', { name: 'New bucket' }).click();
    await page.getByLabel('Name of the bucket').fill(name);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nothing in here yet' }).waitFor();

    await page.getByRole('button', { name: 'New folder' }).first().click();
    await page.getByLabel('Name').fill('drafts');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Where you are' }).getByText('drafts').waitFor();

    const files = [
      { name: 'a plan.txt', mimeType: 'text/plain', buffer: Buffer.from('first things first') },
      { name: '图.txt', mimeType: 'text/plain', buffer: Buffer.alloc(200_000, 65) },
    ];
    await page.locator('input[type=file]').setInputFiles(files);
    const grid = page.getByRole('grid');
    await grid.getByText('a plan.txt').waitFor();
    await grid.getByText('图.txt').waitFor();

    const begun = page.waitForEvent('download');
    await grid.getByText('a plan.txt').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Download' }).click();
    const download = await begun;
    expect(download.suggestedFilename()).toBe('a plan.txt');
    expect(await readFile(await download.path(), 'utf8')).toBe('first things first');

    await grid.getByText('a plan.txt').click();
    await page.keyboard.press('F2');
    await page.getByLabel('New name or key').fill('the plan.txt');
    await page.keyboard.press('Enter');
    await grid.getByText('the plan.txt').waitFor();

    // A folder among them would be left out without a word.
    await page.getByRole('button', { name: 'New folder' }).first().click();
    await page.getByLabel('Name').fill('sub');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nothing in here yet' }).waitFor();
    await page.getByRole('navigation', { name: 'Where you are' }).getByText('drafts').click();
    await grid.getByText('the plan.txt').click();
    await grid.getByText('sub').click({ modifiers: ['Control'] });
    await grid.getByText('sub').click({ button: 'right' });
    await page.locator('[role=menuitem][aria-disabled]').getByText('Download').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('searchbox').fill('图');
    await grid.getByText('the plan.txt').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');

    await grid.getByText('the plan.txt').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    // The folder is its marker alone.
    await page.getByText('3 objects were deleted.').waitFor();

    await page.getByRole('treegrid').getByText(name).hover();
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Delete the bucket' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    // The folder's marker is still in it.
    await page.getByLabel(`Type ${name} to go on`).fill(name);
    await page.getByRole('button', { name: 'Delete all of it' }).click();
    await page.getByText(`The bucket ${name} was deleted.`).waitFor();
    await page.getByRole('treegrid').getByText(name).waitFor({ state: 'detached' });
  });

  test('3,000 objects load as one scrolls, by keyboard', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    const names = Array.from({ length: 3_000 }, (_, n) => `file ${String(n).padStart(5, '0')}`);
    for (let from = 0; from < names.length; from += 100) {
      await Promise.all(names.slice(from, from + 100).map((name) => bucket.put(name, name)));
    }
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    const grid = page.getByRole('grid');
    await grid.getByText('file 00000').waitFor();
    await page.getByText('1,000 items so far; more as you scroll').waitFor();
    await grid.focus();
    const readAll = async () => {
      await page.keyboard.press('End');
      return page.getByText('3,000 items').isVisible();
    };
    await expect.poll(readAll, { timeout: 40_000 }).toBe(true);
    await page.keyboard.press('End');
    await grid.getByText('file 02999').waitFor();
    // Far fewer rows are drawn than there are.
    expect(await grid.getByRole('row').count()).toBeLessThan(80);
    // What is sent by hand shows, and what was read stays read.
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'file x', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await page.getByText('3,001 items').waitFor();
    await page.keyboard.press('Home');
    await grid.getByText('file 00000').waitFor();
  });

  test('a link is made, warned about, listed and copied again', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    await bucket.put('report.txt', 'all is well');
    const page = await openWindow(app.url, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('treegrid').getByText(bucket.name).click();
    await page.getByRole('grid').getByText('report.txt').click();
    await page.getByRole('button', { name: 'Share…' }).click();
    await page.getByText('1 hour').click();
    await page.getByLabel('File name for the receiver').fill('for Ann.txt');
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.getByText('nobody else can open the link').waitFor();
    const url = await page.getByTestId('share-url').innerText();
    const answer = await fetch(url);
    expect(await answer.text()).toBe('all is well');
    expect(answer.headers.get('content-disposition')).toContain('for Ann.txt');
    // Signed to the end of the hour that was meant, which began a moment before.
    const expiresSeconds = Number(new URL(url).searchParams.get('X-Amz-Expires'));
    expect(expiresSeconds).toBeGreaterThan(3_540);
    expect(expiresSeconds).toBeLessThanOrEqual(3_600);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

    await page.getByRole('tab', { name: 'Shares' }).click();
    await page.getByRole('grid').getByText('report.txt').dblclick();
    await page.getByText('The link is on the clipboard.').waitFor();
    // As text, since the tests are not compiled for a page.
    const copied = String(await page.evaluate('navigator.clipboard.readText()'));
    expect(await (await fetch(copied)).text()).toBe('all is well');
  });
});
