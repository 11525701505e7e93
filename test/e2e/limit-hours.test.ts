import { describe, expect, test, vi } from 'vitest';
import { pollUntil } from '../support/loopback.ts';
import { canSeeWindow, expectAccessible, openWindow, useBrowser, useSyncedApp } from './support.ts';

useBrowser();
vi.setConfig({ testTimeout: 180_000 });

describe.skipIf(!canSeeWindow)('the hours of the limits', () => {
  test('are set in the window, and kept', async () => {
    const app = await useSyncedApp('upload', { 'a.txt': 'a' });
    const { client } = app.engine;
    const page = await openWindow(app.url);
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByText('At certain hours').click();
    const days = page.getByRole('toolbar', { name: 'Days' });
    await days.getByRole('button', { name: 'Sat' }).click();
    await page.getByLabel('From', { exact: true }).fill('22:30');
    await page.getByLabel('To', { exact: true }).fill('06:00');
    await page.getByLabel('To', { exact: true }).blur();
    await page.getByText('Until the next day.').waitFor();
    await expectAccessible(page, 'hours of the limits');
    const expected = { days: [1, 2, 3, 4, 5, 6], fromMinute: 1350, toMinute: 360 };
    await pollUntil('the hours to be set', async () => {
      return (await client.call('setting.get', {})).limitHours?.toMinute === expected.toMinute || undefined;
    });
    expect((await client.call('setting.get', {})).limitHours).toEqual(expected);

    await page.getByText('Always', { exact: true }).click();
    await page.getByText('At any time.').waitFor();
    await pollUntil('the hours to be gone', async () => {
      return (await client.call('setting.get', {})).limitHours === null || undefined;
    });
  });
});
