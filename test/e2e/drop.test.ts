import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { makeBucket } from '../support/engine-bucket.ts';
import { sharedServer } from '../support/engine-servers.ts';
import { pollUntil } from '../support/loopback.ts';
import { addAccount, canSeeWindow, expectAccessible, openWindow, useBrowser, useNewApp } from './support.ts';

useBrowser();

/** Drags things of the disk over a place of the window, as the system does it. @returns lets go of them there. */
async function drag(page: Page, paths: readonly string[], at: { readonly x: number; readonly y: number }) {
  const browser = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const dispatch = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    browser.send('Input.dispatchDragEvent', { type, ...at, data });
  await dispatch('dragEnter');
  await dispatch('dragOver');
  return () => dispatch('drop');
}

describe.skipIf(!canSeeWindow)('what is dropped', () => {
  test('files and whole folders are sent to the place that is shown', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    await bucket.put('trips/2025.txt', 'last year');
    const trip = join(app.files, 'Iceland');
    await mkdir(join(trip, 'day 1', 'raw'), { recursive: true });
    await writeFile(join(trip, 'map.txt'), 'round and round');
    // More than a browser tells of at once.
    for (let n = 0; n < 105; n++) await writeFile(join(trip, 'day 1', 'raw', `${n}.dng`), `picture ${n}`);
    await writeFile(join(app.files, '清单.txt'), 'tent');
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    const grid = page.getByRole('grid');
    await grid.getByText('trips').dblclick();
    await grid.getByText('2025.txt').waitFor();

    const letGo = await drag(page, [trip, join(app.files, '清单.txt')], { x: 700, y: 500 });
    await page.getByText('Drop to upload into trips/').waitFor();
    await letGo();
    await page.getByText('Drop to upload into trips/').waitFor({ state: 'detached' });
    await grid.getByText('Iceland').waitFor();
    await grid.getByText('清单.txt').waitFor();
    await pollUntil('all files', async () => (await bucket.keys()).length === 108 || undefined, { deadlineMs: 60_000 });
    expect(await bucket.text('trips/Iceland/day 1/raw/104.dng')).toBe('picture 104');
    expect(await bucket.text('trips/Iceland/map.txt')).toBe('round and round');
    await page.getByRole('tab', { name: 'Transfers' }).click();
    await page.getByRole('grid').getByText('done').first().waitFor();
    await page.getByRole('button', { name: 'Clear finished' }).click();
    await page.getByRole('heading', { name: 'Nothing is on its way' }).waitFor();
  });

  test('replaces nothing of the same name before the person says so', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    for (const name of ['a.txt', 'b.txt']) {
      await bucket.put(name, 'theirs');
      await writeFile(join(app.files, name), 'mine');
    }
    await writeFile(join(app.files, 'c.txt'), 'mine');
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    const grid = page.getByRole('grid');
    await grid.getByText('a.txt').waitFor();
    const paths = ['a.txt', 'b.txt', 'c.txt'].map((name) => join(app.files, name));
    await (
      await drag(page, paths, { x: 700, y: 500 })
    )();
    await page.getByText('2 files were not uploaded: their names are taken.').waitFor();
    expect(await bucket.text('c.txt')).toBe('mine');
    expect(await Promise.all(['a.txt', 'b.txt'].map((name) => bucket.text(name)))).toEqual(['theirs', 'theirs']);

    // In the row, then in the corner for what is left.
    await page.getByRole('tab', { name: 'Transfers' }).click();
    await expectAccessible(page, 'taken names');
    const row = page.getByRole('row', { name: 'b.txt' });
    await row.getByRole('button', { name: 'Keep both' }).click();
    await pollUntil('the second b', async () => (await bucket.keys()).includes('b (2).txt') || undefined);
    await page.getByRole('status').getByRole('button', { name: 'Replace' }).click();
    await pollUntil('a to be replaced', async () => (await bucket.text('a.txt')) === 'mine' || undefined);
    expect(await bucket.text('b.txt')).toBe('theirs');
    expect(await bucket.text('b (2).txt')).toBe('mine');
    expect(await bucket.keys()).toHaveLength(4);
  });

  test('keeps the window until it is sent, or the person does not want it any more', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    await bucket.put('a.txt', 'x');
    await app.engine.client.call('setting.set', { uploadLimitBytesPerSecond: 50_000 });
    await writeFile(join(app.files, 'film.mkv'), Buffer.alloc(2_000_000));
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    await page.getByRole('grid').getByText('a.txt').click();
    const questions: string[] = [];
    const isAsked = () => questions.length > 0 || undefined;
    page.on('dialog', (dialog) => {
      questions.push(dialog.type());
      void dialog.dismiss();
    });
    await (
      await drag(page, [join(app.files, 'film.mkv')], { x: 700, y: 500 })
    )();
    await page.getByRole('tab', { name: 'Transfers' }).click();
    await page.getByRole('row', { name: 'film.mkv' }).waitFor();
    await page.close({ runBeforeUnload: true });
    await pollUntil('the question', isAsked, { deadlineMs: 10_000 });
    expect(questions).toEqual(['beforeunload']);
    await app.engine.client.call('setting.set', { uploadLimitBytesPerSecond: 0 });
    await pollUntil('the film', async () => (await bucket.keys()).includes('film.mkv') || undefined);
    await page.getByRole('row', { name: 'film.mkv' }).getByText('done').waitFor();
    await page.close({ runBeforeUnload: true });
    await pollUntil('the end of the page', () => page.isClosed() || undefined);
    expect(questions).toHaveLength(1);
  });

  test('and not sent while nobody looks keeps the window until it was seen', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    await bucket.put('a.txt', 'theirs');
    await writeFile(join(app.files, 'a.txt'), 'mine');
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    await page.getByRole('grid').getByText('a.txt').click();
    const show = (state: 'hidden' | 'visible') =>
      page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true })`);
    const questions: string[] = [];
    page.on('dialog', (dialog) => {
      questions.push(dialog.type());
      void dialog.dismiss();
    });
    await show('hidden');
    await (
      await drag(page, [join(app.files, 'a.txt')], { x: 700, y: 500 })
    )();
    await page.getByText('“a.txt” was not uploaded: its name is taken.').waitFor();
    await page.close({ runBeforeUnload: true });
    await pollUntil('the question', () => questions.length > 0 || undefined, { deadlineMs: 10_000 });
    await show('visible');
    await page.close({ runBeforeUnload: true });
    await pollUntil('the end of the page', () => page.isClosed() || undefined);
    expect(questions).toEqual(['beforeunload']);
  });

  test('and not sent while somebody looked keeps no window that sends others out of sight', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    await bucket.put('a.txt', 'theirs');
    for (const name of ['a.txt', 'b.txt']) await writeFile(join(app.files, name), 'mine');
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    await page.getByRole('grid').getByText('a.txt').click();
    page.on('dialog', (dialog) => void dialog.dismiss());
    const drop = async (name: string) => (await drag(page, [join(app.files, name)], { x: 700, y: 500 }))();
    await drop('a.txt');
    await page.getByText('“a.txt” was not uploaded: its name is taken.').waitFor();
    await page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
      document.dispatchEvent(new Event('visibilitychange'));`);
    await drop('b.txt');
    await page.getByRole('tab', { name: 'Transfers' }).click();
    await page.getByRole('row', { name: 'b.txt' }).getByText('done').waitFor();
    await page.close({ runBeforeUnload: true });
    await pollUntil('the end of the page', () => page.isClosed() || undefined, { deadlineMs: 10_000 });
  });

  test('beside the list does not lead the window away', async () => {
    const app = await useNewApp();
    await addAccount(app);
    const bucket = await makeBucket(sharedServer());
    await bucket.put('a.txt', 'x');
    await writeFile(join(app.files, 'page.html'), '<h1>elsewhere</h1>');
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText(bucket.name).click();
    await page.getByRole('grid').getByText('a.txt').waitFor();
    // The side bar, the switch of the views, the status line.
    for (const at of [
      { x: 100, y: 600 },
      { x: 900, y: 20 },
      { x: 900, y: 790 },
    ]) {
      const letGo = await drag(page, [join(app.files, 'page.html')], at);
      await letGo();
    }
    await page.getByRole('grid').getByText('a.txt').click();
    expect(page.url()).toBe(`http://127.0.0.1:${app.port}/`);
    expect(page.context().pages()).toHaveLength(1);
    expect(await bucket.keys()).toEqual(['a.txt']);
  });
});
