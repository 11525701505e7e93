import { describe, expect, test } from 'vitest';
import { makeBucket } from '../support/engine-bucket.ts';
import { sharedServer } from '../support/engine-servers.ts';
import { addAccount, canSeeWindow, expectAccessible, openWindow, useBrowser, useNewApp } from './support.ts';

useBrowser();

describe.skipIf(!canSeeWindow)('a folder of a bucket', () => {
  test('is renamed by keyboard, and not onto another one', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    for (const key of ['drafts/a.txt', 'drafts/sub/b.txt', 'final/c.txt']) await bucket.put(key, key);
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    const grid = page.getByRole('grid');
    await grid.getByText('drafts').click();
    await page.keyboard.press('F2');
    const name = page.getByLabel('New name or path');
    await name.fill('final');
    await expectAccessible(page, 'rename a folder');
    await page.keyboard.press('Enter');
    await page.getByText('There is something else at').waitFor();
    await name.fill('texts');
    await page.keyboard.press('Enter');
    await page.getByText('It is at texts now.').waitFor();
    await grid.getByText('texts').waitFor();
    expect(await bucket.keys()).toEqual(['final/c.txt', 'texts/a.txt', 'texts/sub/b.txt']);
  });
});
