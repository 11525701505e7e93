import { utimes } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { MIB, randomContent } from '../support/engine-root.ts';
import { useDouble } from '../support/engine-servers.ts';
import { pollUntil } from '../support/loopback.ts';
import { canSeeWindow, openWindow, tabTo, useBrowser, useSyncedApp, type SetUpApp } from './support.ts';

useBrowser();

/** More than are begun at once. */
const FILES = 112;
const nameOf = (n: number) => `f${String(n).padStart(3, '0')}.txt`;
/** So slow that nothing of the queue is done by itself. */
const CRAWL_BYTES_PER_SECOND = 4_000;
const LONG_AGO = new Date('2026-01-01');

interface Queue extends SetUpApp {
  readonly page: Page;
  /** Names in the order in which they were sent. */
  readonly sent: () => string[];
  /** Lets all that is not set aside be sent, and waits for that. */
  readonly release: (names: readonly string[]) => Promise<void>;
}

/** A window on the transfers of a folder whose files wait: a film on its way, and small ones of which 80 are begun. */
async function useQueue(): Promise<Queue> {
  const double = await useDouble();
  const files = Object.fromEntries(Array.from({ length: FILES }, (_, n) => [nameOf(n), 'x'.repeat(20_000)]));
  const app = await useSyncedApp('upload', {}, double);
  const { client } = app.engine;
  await client.call('setting.set', { paused: true, uploadLimitBytesPerSecond: CRAWL_BYTES_PER_SECOND });
  for (const [path, content] of Object.entries(files)) await app.root.write(path, content);
  await app.root.write('film', randomContent(20 * MIB));
  // All are planned at once: none was written a moment ago.
  for (const path of [...Object.keys(files), 'film']) await utimes(app.root.at(path), LONG_AGO, LONG_AGO);
  await client.call('setting.set', { paused: false });
  const page = await openWindow(app.url);
  await page.getByRole('tab', { name: 'Transfers' }).click();
  // The film is begun.
  await page.getByText(`${FILES} files to go, `).waitFor();
  const sent = () => {
    const keys = double.requests.of('PutObject').map(({ key = '' }) => key);
    return keys.filter((key) => key.endsWith('.txt'));
  };
  const release = async (names: readonly string[]) => {
    await client.call('setting.set', { uploadLimitBytesPerSecond: 0 });
    await pollUntil('what is not set aside', async () => {
      const keys = await app.bucket.keys();
      return names.every((name) => keys.includes(name)) || undefined;
    });
  };
  return Object.assign(app, { page, sent, release });
}

/** Types its name until the row is chosen: the list may have changed in the middle of it. */
async function goTo(page: Page, name: string): Promise<void> {
  const row = page.getByRole('row', { selected: true }).getByText(name, { exact: true });
  await pollUntil(`the row of ${name}`, async () => {
    await tabTo(page, page.getByRole('grid'));
    // A key that leads somewhere ends the name that was typed before.
    await page.keyboard.press('Home');
    await page.keyboard.type(name);
    return (await row.count()) > 0 || undefined;
  });
}

/** The row is another one's neighbour once it is in another state. */
async function expectState(page: Page, name: string, state: string): Promise<void> {
  const row = page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
  await pollUntil(`${name} to be ${state}`, async () => {
    await goTo(page, name);
    return (await row.getByText(state, { exact: true }).count()) > 0 || undefined;
  });
}

const all = [...Array.from({ length: FILES }, (_, n) => nameOf(n)), 'film'];
const allBut = (...left: string[]) => all.filter((name) => !left.includes(name));

describe.skipIf(!canSeeWindow)('single transfers', { timeout: 240_000 }, () => {
  test('are moved to the front, paused, resumed and cancelled by mouse', async () => {
    const { page, bucket, engine, sent, release } = await useQueue();
    const { client } = engine;
    const actions = page.getByRole('group', { name: 'For the selected files' });
    const pick = async (name: string) => {
      // Far down in the list: the row of the keyboard comes into sight.
      await goTo(page, name);
      await page.getByRole('grid').getByText(name, { exact: true }).click();
    };
    const act = (name: string) => actions.getByRole('button', { name, exact: true }).click();

    await pick('film');
    await act('Pause');
    await expectState(page, 'film', 'paused');
    await actions.getByRole('button', { name: 'Pause' }).waitFor({ state: 'detached' });
    expect(await client.call('transfer.list', {})).not.toContainEqual(expect.objectContaining({ path: 'film' }));
    await pick('f111.txt');
    await act('Move to top');
    await pick('f110.txt');
    await act('Pause');
    await expectState(page, 'f110.txt', 'paused');
    await pick('f109.txt');
    await act('Cancel');
    const ask = page.getByRole('alertdialog', { name: 'Cancel the transfer of “f109.txt”?' });
    await ask.getByRole('button', { name: 'Let it go on' }).click();
    await ask.waitFor({ state: 'detached' });
    await act('Cancel');
    await ask.getByRole('button', { name: 'Cancel the transfer' }).click();
    await expectState(page, 'f109.txt', 'cancelled');

    await release(allBut('film', 'f109.txt', 'f110.txt'));
    await page
      .getByRole('contentinfo')
      .getByText(`3 set aside, ${FILES - 2} in sync`)
      .waitFor();
    expect(await bucket.keys()).not.toContain('f110.txt');
    // What was begun before goes first; of those that waited it is the first.
    const order = sent();
    const [own = -1, ...behind] = [111, 92, 97, 102, 108].map((n) => order.indexOf(nameOf(n)));
    for (const other of behind) expect(own).toBeLessThan(other);

    await pick('film');
    await act('Resume');
    await pollUntil('film', async () => (await bucket.etag('film')) !== undefined || undefined);
    // By the menu of its row.
    const f110 = page.getByRole('grid').getByText('f110.txt', { exact: true });
    await f110.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Resume' }).click();
    // A list that moves on under the pointer would have another row clicked.
    await f110.waitFor({ state: 'detached' });
    await page.getByRole('grid').getByText('f109.txt', { exact: true }).click();
    await act('Resume');
    await page.getByRole('heading', { name: 'Nothing is on its way' }).waitFor();
    expect(await bucket.keys()).toEqual(all.toSorted());
  });

  test('are paused, moved to the front, cancelled and resumed by keyboard', async () => {
    const { page, bucket, sent, release } = await useQueue();
    const status = page.getByRole('contentinfo');
    const choose = async (letter: string, name: string) => {
      await page.keyboard.press('Shift+F10');
      await page.locator('[role=menuitem]:focus').waitFor();
      await page.keyboard.press(letter);
      await page.locator('[role=menuitem]:focus').getByText(name).waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('menu').waitFor({ state: 'detached' });
    };
    await goTo(page, 'f111.txt');
    await choose('m', 'Move to top');
    await goTo(page, 'f110.txt');
    await choose('p', 'Pause');
    await expectState(page, 'f110.txt', 'paused');
    await goTo(page, 'f109.txt');
    await page.keyboard.press('Delete');
    const yes = page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the transfer' });
    await tabTo(page, yes);
    await page.keyboard.press('Enter');
    await expectState(page, 'f109.txt', 'cancelled');

    await release(allBut('f109.txt', 'f110.txt'));
    const order = sent();
    expect(order.indexOf('f111.txt')).toBeLessThan(order.indexOf('f108.txt'));
    expect(await bucket.keys()).toEqual(allBut('f109.txt', 'f110.txt').toSorted());
    // Both at once: what a range of the keyboard holds.
    await goTo(page, 'f109.txt');
    await page.keyboard.press('Shift+ArrowDown');
    await choose('r', 'Resume');
    await status.getByText(`In sync, ${FILES + 1} files`).waitFor();
    expect(await bucket.keys()).toEqual(all.toSorted());
  });
});
