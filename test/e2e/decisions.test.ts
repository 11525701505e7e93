import { describe, expect, test } from 'vitest';
import { useDouble } from '../support/engine-servers.ts';
import { pollUntil } from '../support/loopback.ts';
import { canSeeWindow, expectAccessible, openWindow, useBrowser, useSyncedApp } from './support.ts';

useBrowser();

describe.skipIf(!canSeeWindow)('decisions', () => {
  test('a conflict is shown side by side and settled', async () => {
    const app = await useSyncedApp('two-way', { 'notes.md': 'both', 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    const page = await openWindow(app.url);
    const status = page.getByRole('contentinfo');
    await status.getByText('In sync, 4 files').waitFor();
    const { client } = app.engine;
    await client.call('folder.pause', { id: app.folderId });
    await app.root.write('notes.md', 'mine, here');
    await app.bucket.put('notes.md', 'theirs, in the bucket');
    await client.call('folder.resume', { id: app.folderId });

    await status.getByText('1 problem').click();
    await page.getByRole('button', { name: 'Compare and decide' }).click();
    await page.getByRole('heading', { name: 'Theirs, from the bucket' }).waitFor();
    await expectAccessible(page, 'conflict');
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.getByRole('heading', { name: 'No problems' }).waitFor();
    await pollUntil(
      'my version to be in the bucket',
      async () => (await app.bucket.text('notes.md')) === 'mine, here' || undefined,
    );
  });

  test('what can not be learned of a side of a conflict is not told as its not being there', async () => {
    const double = await useDouble();
    const app = await useSyncedApp('two-way', { 'notes.md': 'both' }, double);
    const page = await openWindow(app.url);
    const status = page.getByRole('contentinfo');
    await status.getByText('In sync, 1 file').waitFor();
    const { client } = app.engine;
    await client.call('folder.pause', { id: app.folderId });
    await app.root.write('notes.md', 'mine, here');
    await app.bucket.put('notes.md', 'theirs, in the bucket');
    await client.call('folder.resume', { id: app.folderId });
    await status.getByText('1 problem').click();
    await client.call('folder.pause', { id: app.folderId });
    const looks = { operation: ['HeadObject', 'GetObject'], key: /^notes\.md$/ } as const;
    double.faults.add(looks, { kind: 'error', code: 'AccessDenied' });
    await page.getByRole('button', { name: 'Compare and decide' }).click();
    const theirs = page.getByRole('dialog').locator('section').filter({ hasText: 'Theirs, from the bucket' });
    await theirs.getByText(/has no permission/).waitFor();
    expect(await theirs.getByText('Not in the bucket yet').count()).toBe(0);
    // All is paused, with a problem: nothing is said to be in sync.
    await page.keyboard.press('Escape');
    await status.getByText('All folders are paused').waitFor();
  });

  test('a held plan is looked at and approved', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`album/${n}.txt`, `number ${n}`]));
    const app = await useSyncedApp('two-way', files);
    const page = await openWindow(app.url);
    await page.getByRole('contentinfo').getByText('In sync, 40 files').waitFor();
    await app.root.remove('album');
    await page.getByRole('contentinfo').getByText('1 problem').click();
    await page
      .getByText('Everything would be deleted')
      .or(page.getByText('40 of 40 files would be deleted'))
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Look and decide' }).click();
    await page.getByText('40 files deleted in the bucket').waitFor();
    await expectAccessible(page, 'held plan');
    expect(await app.bucket.keys()).toHaveLength(40);
    await page.getByRole('button', { name: 'Yes, go on' }).click();
    await page.getByRole('heading', { name: 'No problems' }).waitFor();
    await pollUntil('the bucket to be empty', async () => (await app.bucket.keys()).length === 0 || undefined);
  });

  test('a held plan that came to hold more while it was looked at is shown anew before it goes on', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`album/${n}.txt`, `number ${n}`]));
    const app = await useSyncedApp('two-way', files);
    const page = await openWindow(app.url);
    await page.getByRole('contentinfo').getByText('In sync, 40 files').waitFor();
    for (let n = 0; n < 30; n++) await app.root.remove(`album/${n}.txt`);
    const deletions = async () => {
      const { hold } = await app.engine.client.call('folder.status', { id: app.folderId });
      return hold?.deletions;
    };
    await pollUntil('the hold', async () => (await deletions()) === 30 || undefined);
    await page.getByRole('contentinfo').getByText('1 problem').click();
    await page.getByRole('button', { name: 'Look and decide' }).click();
    await page.getByText('30 files deleted in the bucket').waitFor();
    for (let n = 30; n < 35; n++) await app.root.remove(`album/${n}.txt`);
    await pollUntil('the hold to grow', async () => (await deletions()) === 35 || undefined);
    await page.getByRole('button', { name: 'Yes, go on' }).click();
    const again = page.getByRole('button', { name: 'Look again' });
    await again.waitFor();
    await expectAccessible(page, 'held plan that has changed');
    expect(await app.bucket.keys()).toHaveLength(40);
    await again.press('Enter');
    await page.getByText('35 files deleted in the bucket').waitFor();
    // Whoever presses once too often to look has not said yes.
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    for await (const item of app.engine.client.stream('plan.show', { id: app.folderId })) {
      if (item.kind === 'held') expect(item.approved).toBe(false);
    }
    await page.getByRole('button', { name: 'Look and decide' }).click();
    await page.getByText('35 files deleted in the bucket').waitFor();
    await page.getByRole('button', { name: 'Yes, go on' }).click();
    await pollUntil('the deletions', async () => (await app.bucket.keys()).length === 5 || undefined);
  });

  test('everything is paused and goes on, in two windows at once', async () => {
    const app = await useSyncedApp('upload', { 'a.txt': 'one' });
    const first = await openWindow(app.url);
    const second = await openWindow(app.url);
    await first.getByRole('contentinfo').getByText('In sync, 1 file').waitFor();
    await first.getByRole('contentinfo').getByRole('button', { name: 'Pause' }).click();
    await second.getByRole('contentinfo').getByText('Everything is paused').waitFor();
    await app.root.write('b.txt', 'two');
    await second.getByRole('contentinfo').getByRole('button', { name: 'Resume' }).click();
    await first.getByRole('contentinfo').getByText('In sync, 2 files').waitFor();
    expect(await app.bucket.keys()).toEqual(['a.txt', 'b.txt']);
  });

  test('settings are followed by every window, and kept over a restart', async () => {
    const app = await useSyncedApp('upload', { 'a.txt': 'one' });
    const other = await openWindow(app.url);
    await other.getByRole('grid').getByText('a.txt').waitFor();
    const page = await openWindow(app.url);
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByLabel('Upload at most').fill('2.5');
    await page.keyboard.press('Enter');
    await page.getByText('Limited to 2.5 MB/s.').waitFor();
    await page.getByText('Dark', { exact: true }).click();
    await page.getByText('简体中文').click();
    await page.getByRole('tab', { name: '设置' }).waitFor();
    await other.getByRole('tab', { name: '设置' }).waitFor();
    expect(await other.locator('html').getAttribute('data-theme')).toBe('dark');
    const url = await app.restart();
    const again = await openWindow(url);
    await again.getByRole('tab', { name: '设置' }).waitFor();
    expect(await again.locator('html').getAttribute('data-theme')).toBe('dark');
    await again.getByRole('tab', { name: '设置' }).click();
    expect(await again.getByLabel('上传上限').inputValue()).toBe('2.5');
    // The old window is not let in any more and says so.
    await page.getByText('此窗口尚未登录').or(page.getByText('正在重新连接').first()).first().waitFor();
  });
});
