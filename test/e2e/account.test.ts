import { describe, expect, test } from 'vitest';
import { makeBucket } from '../support/engine-bucket.ts';
import { useDouble } from '../support/engine-servers.ts';
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

describe.skipIf(!canSeeWindow)('accounts', () => {
  test('a key that was replaced is entered where the problem is told, and the folder goes on', async () => {
    const double = await useDouble();
    const app = await useSyncedApp('upload', { 'a.txt': 'one' }, double);
    const page = await openWindow(app.url);
    const status = page.getByRole('contentinfo');
    await status.getByText('In sync, 1 file').waitFor();
    double.setKeys({ accessKey: 'rotated-access', secretKey: 'rotated-secret-key' });
    await app.root.write('b.txt', 'two');
    await status.getByText(/\d problems?/).click();
    await page.getByRole('button', { name: 'Change…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change “test”' });
    const save = dialog.getByRole('button', { name: 'Save' });
    await dialog.getByLabel('Access key').fill('rotated-access');
    // A new access key has a secret key of its own.
    expect(await save.isDisabled()).toBe(true);
    await dialog.getByLabel('Secret key').fill('not this one');
    await save.click();
    await dialog.getByText('It does not belong to the access key.').waitFor();
    await expectAccessible(page, 'changing an account');
    await dialog.getByLabel('Secret key').fill('rotated-secret-key');
    await save.click();
    await page.getByText('“test” was changed.').waitFor();
    await status.getByText('In sync, 2 files').waitFor();
  });

  test('what the old keys could not see is asked for again with the new ones', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const bucket = await makeBucket(double);
    await bucket.put('a.txt', 'one');
    const page = await openWindow(app.url);
    const tree = page.getByRole('treegrid');
    await tree.getByText(bucket.name).click();
    const grid = page.getByRole('grid');
    await grid.getByText('a.txt').waitFor();
    const { accessKey, secretKey } = double;
    double.setKeys({ accessKey, secretKey: 'another-secret-key' });
    await page.getByRole('button', { name: 'Actions for test' }).click();
    await page.getByRole('menuitem', { name: 'Reload' }).click();
    await tree.getByText(/secret key/i).waitFor();
    await page.getByRole('main').getByRole('alert').waitFor();
    double.setKeys({ accessKey, secretKey });
    await app.engine.client.call('account.set', { name: 'test', secretAccessKey: secretKey });
    await tree.getByText(bucket.name).waitFor();
    await page.getByRole('main').getByRole('alert').waitFor({ state: 'detached' });
  });

  test('what is left as it is in the form stays, and what is emptied is taken away', async () => {
    const app = await useSyncedApp('upload', {});
    const page = await openWindow(app.url);
    await page.getByRole('tab', { name: 'Settings' }).click();
    const change = async (label: string, value: string) => {
      await page.getByRole('button', { name: 'Change…' }).click();
      await page.getByText('More settings').click();
      await page.getByLabel(label).fill(value);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      return (await app.engine.client.call('account.list', {}))[0];
    };
    const [before] = await app.engine.client.call('account.list', {});
    await page.getByRole('button', { name: 'Change…' }).click();
    await page.getByText('More settings').click();
    await page.getByLabel('HTTP proxy').fill('ftp://proxy.example');
    await page.getByRole('button', { name: 'Save' }).click();
    const alert = page.getByRole('dialog').getByRole('alert');
    await alert.waitFor();
    // Not below the part of the form that is to be seen.
    const save = (await page.getByRole('button', { name: 'Save' }).boundingBox())?.y ?? 0;
    await expect.poll(async () => (await alert.boundingBox())?.y).toBeLessThan(save - 20);
    await page.getByRole('button', { name: 'Cancel' }).click();
    const publicEndpoint = 'https://files.example.com';
    expect(await change('Public address of the server', publicEndpoint)).toEqual({ ...before, publicEndpoint });
    await page.getByText(`Links name ${publicEndpoint}`).waitFor();
    expect(await change('Public address of the server', '')).toEqual(before);
  });
});
