import { describe, expect, onTestFinished, test } from 'vitest';
import { useDouble } from '../support/engine-servers.ts';
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
