import { symlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { makeShare, type SettingsInfo } from '../../src/api/index.ts';
import { canSeeWindow, expectAccessible, openWindow, useBrowser, useSyncedApp } from './support.ts';

useBrowser();

const LOOKS: readonly Pick<SettingsInfo, 'language' | 'theme'>[] = [
  { language: 'en', theme: 'light' },
  { language: 'en', theme: 'dark' },
  { language: 'zh-CN', theme: 'light' },
  { language: 'zh-CN', theme: 'dark' },
  { language: 'en', theme: 'contrast' },
];

describe.skipIf(!canSeeWindow)('everybody', () => {
  test.each(LOOKS)('can use every view in $language, $theme', async (look) => {
    const app = await useSyncedApp('upload', { 'a.txt': 'one', 'sub/b.txt': 'two' });
    await symlink('/usr/share', app.root.at('manuals'));
    const { client } = app.engine;
    await client.call('setting.set', look);
    const target = { kind: 'object', account: 'test', bucket: app.bucket.name, key: 'to-come' } as const;
    await makeShare(client, { target, expiresInSeconds: 600, upload: true });
    const page = await openWindow(app.url);
    await page.getByRole('grid').getByText('a.txt').waitFor();
    for (let view = 1; view <= 6; view++) {
      await page.keyboard.press(`Control+${view}`);
      await page
        .getByRole('tab')
        .nth(view - 1)
        .and(page.locator('[aria-selected=true]'))
        .waitFor();
      // What is being read shows words meanwhile; the view itself is what is looked at.
      await page.locator('.loading').waitFor({ state: 'detached' });
      await expectAccessible(page, `view ${view}`);
    }
  });

  test('says why an entry of a menu can not be chosen, to the keyboard and to screen readers too', async () => {
    const app = await useSyncedApp('upload', { 'a.txt': 'one', 'b.txt': 'two' });
    const page = await openWindow(app.url);
    await page.getByRole('grid').getByText('a.txt').click();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+F10');
    const focused = page.locator('[role=menuitem]:focus');
    await focused.getByText('Download').waitFor();
    expect(await page.getByRole('tooltip').count()).toBe(0);
    await page.keyboard.press('ArrowDown');
    await focused.getByText('Share').waitFor();
    await page.getByRole('tooltip').getByText('Only for one at a time').waitFor();
    const share = page.getByRole('menuitem', { name: 'Share…', exact: true, disabled: true });
    const described = await share.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${described ?? ''}"]`).textContent()).toBe('Only for one at a time');
    await expectAccessible(page, 'menu');
    // Neither Enter nor a click does anything, nor takes the menu away.
    await page.keyboard.press('Enter');
    await share.click({ force: true });
    await focused.getByText('Share').waitFor();
    expect(await page.getByRole('dialog', { name: 'Share' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.getByRole('tooltip').waitFor({ state: 'detached' });
  });

  test('can share, look and delete by keyboard alone', async () => {
    const app = await useSyncedApp('upload', { 'a.txt': 'one', 'b.txt': 'two' });
    const page = await openWindow(app.url);
    const grid = page.getByRole('grid');
    await grid.getByText('b.txt').waitFor();
    // To the list with Tab, as far as it takes.
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      if ((await page.locator('[role=grid]:focus').count()) > 0) break;
    }
    await page.keyboard.press('b');
    await page.getByRole('row', { selected: true }).getByText('b.txt').waitFor();
    await page.keyboard.press('Shift+F10');
    await page.locator('[role=menuitem]:focus').getByText('Download').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Share b.txt').waitFor();
    await expectAccessible(page, 'share');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await grid.focus();
    await page.keyboard.press('Enter');
    await page.getByText('ETag').waitFor();
    await expectAccessible(page, 'properties');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await grid.focus();
    await page.keyboard.press('Delete');
    await page.getByRole('alertdialog').waitFor();
    await expectAccessible(page, 'delete');
    // The button that does it is not the one that has the focus.
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(await app.bucket.keys()).toContain('b.txt');
  });
});
