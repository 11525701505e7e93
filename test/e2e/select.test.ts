import { describe, expect, test } from 'vitest';
import { makeBucket } from '../support/engine-bucket.ts';
import { useDouble } from '../support/engine-servers.ts';
import { pollUntil } from '../support/loopback.ts';
import { contentOf } from '../support/s3-double/index.ts';
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

describe.skipIf(!canSeeWindow)('selective sync', () => {
  test('a part is left out by keyboard: its copies go, the bucket keeps it, and it comes back', async () => {
    const app = await useSyncedApp('two-way', {
      'photos/2025/a.jpg': 'a'.repeat(2_000),
      'photos/2026/b.jpg': 'b'.repeat(3_000),
      'music/c.flac': 'c'.repeat(4_000),
      'top.txt': 'top',
    });
    const page = await openWindow(app.url);
    await page.getByRole('contentinfo').getByText('In sync, 4 files').waitFor();
    const open = async () => {
      await page.getByRole('button', { name: 'Actions for the folder work' }).click();
      await page.getByRole('menuitem', { name: 'Choose what is kept here' }).click();
      return page.getByRole('dialog', { name: 'What of work is kept on this computer' });
    };
    const dialog = await open();
    await dialog.getByText('9.0 kB on this computer').waitFor();
    await dialog.getByRole('button', { name: 'Show what is in photos' }).focus();
    await page.keyboard.press('Enter');
    await dialog.getByRole('checkbox', { name: '2025' }).focus();
    await page.keyboard.press('Space');
    await dialog.getByText('7.0 kB on this computer').waitFor();
    expect(await dialog.locator('input:indeterminate').count()).toBe(1);
    await dialog.getByText('Nothing is deleted in the bucket.').waitFor();
    await expectAccessible(page, 'selective sync');
    await page.keyboard.press('Enter');
    await page.getByText('The choice is kept.').waitFor();
    const isThere = (path: string) =>
      app.root.read(path).then(
        () => true,
        () => false,
      );
    await pollUntil('the copy to go', async () => !(await isThere('photos/2025/a.jpg')) || undefined);
    expect(await app.bucket.text('photos/2025/a.jpg')).toHaveLength(2_000);
    expect(await isThere('photos/2026/b.jpg')).toBe(true);

    const again = await open();
    await again.getByText('7.0 kB on this computer').waitFor();
    // What is chosen in part is shown open.
    await again.getByRole('checkbox', { name: '2025' }).focus();
    await page.keyboard.press('Space');
    await again.getByRole('button', { name: 'Apply' }).click();
    await pollUntil('the copy to come back', async () => (await isThere('photos/2025/a.jpg')) || undefined);
  });

  test('who does not want to wait for a server any longer stops the choice', async () => {
    const double = await useDouble();
    const app = await useSyncedApp('two-way', { 'a/1': 'one', 'b/2': 'two', 'c/3': 'three' }, double);
    const page = await openWindow(app.url);
    await page.getByRole('contentinfo').getByText('In sync, 3 files').waitFor();
    await app.engine.client.call('folder.select', { id: app.folderId, paths: ['a'] });
    const copy = () => app.root.read('b/2').catch(() => 'gone');
    await pollUntil('the copy to go', async () => (await copy()) === 'gone' || undefined);
    await page.getByRole('button', { name: 'Actions for the folder work' }).click();
    await page.getByRole('menuitem', { name: 'Choose what is kept here' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('checkbox', { name: 'b' }).focus();
    await page.keyboard.press('Space');
    const asked = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'latency', delayMs: 20_000 });
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await pollUntil('the server to be asked', () => asked.hits > 0 || undefined);
    await dialog.getByRole('button', { name: 'Stop' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await app.engine.client.call('folder.list', {})).toMatchObject([{ chosen: ['a'] }]);
  });

  test('in a directory with more in it than is listed nothing is left out, on no level below it', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    await addAccount(app, double);
    const bucket = await makeBucket(double);
    for (const name of ['old', 'new']) double.model.putObject(bucket.name, `big/a/${name}`, contentOf(name));
    for (let n = 0; n < 5_100; n++) double.model.putObject(bucket.name, `big/f${n}`, contentOf('x'));
    double.model.putObject(bucket.name, 'small/one', contentOf('one'));
    await app.engine.client.call('folder.add', {
      localRoot: app.files,
      account: 'test',
      bucket: bucket.name,
      mode: 'two-way',
      paused: true,
    });
    const page = await openWindow(app.url);
    await page.getByRole('button', { name: 'Actions for the folder files' }).click();
    await page.getByRole('menuitem', { name: 'Choose what is kept here' }).click();
    const dialog = page.getByRole('dialog');
    for (const name of ['big', 'a']) await dialog.getByRole('button', { name: `Show what is in ${name}` }).click();
    const files = dialog.getByRole('checkbox', { name: '2 files in here' });
    await files.waitFor();
    expect(await files.isDisabled()).toBe(true);
    expect(await dialog.getByRole('checkbox', { name: 'small' }).isDisabled()).toBe(false);
  });
});
