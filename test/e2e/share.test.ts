import { describe, expect, test } from 'vitest';
import { makeShare } from '../../src/api/index.ts';
import { makeBucket } from '../support/engine-bucket.ts';
import { sharedServer, useDouble } from '../support/engine-servers.ts';
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

describe.skipIf(!canSeeWindow)('sharing', () => {
  test('a file and a folder are shared through the window, fetched, and the folder taken back', async () => {
    const app = await useSyncedApp('upload', { 'a.txt': 'one', 'sub/b.txt': 'two' });
    const page = await openWindow(app.url);
    const grid = page.getByRole('grid');
    const share = async (name: string, choose: () => Promise<void>) => {
      await grid.getByText(name, { exact: true }).click();
      await page.getByRole('button', { name: 'Share…' }).click();
      await page.getByRole('dialog').getByText(`Share ${name}`).waitFor();
      await choose();
      await page.getByRole('button', { name: 'Make the link' }).click();
      const url = (await page.getByTestId('share-url').textContent()) ?? '';
      await expectAccessible(page, `the link to ${name}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      return fetch(url);
    };
    await grid.getByText('a.txt').waitFor();
    const file = await share('a.txt', async () => page.getByLabel('File name for the receiver').fill('for Ann.txt'));
    expect(await file.text()).toBe('one');
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="for Ann.txt"');
    const links = await share('sub', () => expectAccessible(page, 'sharing a folder'));
    expect(await links.text()).toContain('b.txt');
    const zip = await share('sub', async () => page.getByRole('radio', { name: /^One zip/ }).check({ force: true }));
    expect(zip.headers.get('content-disposition')).toBe('attachment; filename="sub.zip"');
    expect(
      Buffer.from(await zip.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');

    await page.keyboard.press('Control+5');
    await grid.getByText('Zip file').click({ button: 'right' });
    // The Delete key alone does not end what somebody else may just be fetching.
    await page.getByRole('menuitem', { name: 'Take off the list' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator(':focus').and(grid).waitFor();
    await page.keyboard.press('Delete');
    await page.getByRole('alertdialog', { name: 'End the link to sub.zip?' }).waitFor();
    await expectAccessible(page, 'ending a link');
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect((await fetch(zip.url)).status).toBe(200);
    await grid.getByText('Zip file').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Take off the list' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Take off the list' }).click();
    await grid.getByText('Zip file').waitFor({ state: 'detached' });
    expect((await app.bucket.shared()).length).toBe(1);
    expect((await fetch(zip.url)).status).toBe(404);
  });

  test('what could not be ended is ended by a second try, though the others are gone by then', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const bucket = await makeBucket(double);
    for (const folder of ['trip', 'work']) {
      await bucket.put(`${folder}/a.txt`, 'one');
      const target = { kind: 'object', account: 'test', bucket: bucket.name, key: `${folder}/` } as const;
      await makeShare(app.engine.client, { target, expiresInSeconds: 600 });
    }
    const page = await openWindow(app.url);
    await page.getByRole('tab', { name: 'Shares' }).click();
    await page.getByRole('grid').getByText('trip').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    double.faults.add({ operation: 'DeleteObject', times: 1 }, { kind: 'error', code: 'AccessDenied' });
    const dialog = page.getByRole('alertdialog', { name: 'Take 2 links off the list?' });
    const button = dialog.getByRole('button', { name: 'Take off the list' });
    await button.click();
    await dialog.getByText(/has no permission/).waitFor();
    await button.click();
    await dialog.waitFor({ state: 'detached' });
    expect(await app.engine.client.call('share.list', {})).toEqual([]);
  });

  test('the page of a folder speaks the language of whoever opens it, on a telephone too', async () => {
    const app = await useNewApp();
    const bucket = await makeBucket(sharedServer());
    await bucket.put('trip/a.txt', 'one');
    await addAccount(app);
    const target = { kind: 'object', account: 'test', bucket: bucket.name, key: 'trip/' } as const;
    const { url } = await makeShare(app.engine.client, { target, expiresInSeconds: 600 });
    const page = await openWindow(url, { locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 360, height: 640 } });
    await page.getByText('1 个文件，共 3 B。').waitFor();
    expect(await page.getByText('UTC').filter({ visible: true }).count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await expectAccessible(page, 'the page of a folder');
  });

  test('an account is given another address for its links', async () => {
    const app = await useSyncedApp('upload', { 'a.txt': 'one' });
    const page = await openWindow(app.url);
    await page.getByRole('grid').getByText('a.txt').waitFor();
    await page.keyboard.press('Control+6');
    await page.getByRole('button', { name: 'Change…' }).click();
    await page.getByText('More settings').click();
    await page.getByLabel('Public address of the server').fill('https://share.example.com');
    await expectAccessible(page, 'the address in links');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Links name https://share.example.com').waitFor();
  });
});
