import { describe, expect, test } from 'vitest';
import { useDouble } from '../support/engine-servers.ts';
import { contentOf, type S3Double } from '../support/s3-double/index.ts';
import { addAccount, canSeeWindow, openWindow, useBrowser, useNewApp } from './support.ts';

useBrowser();

const KEYS = 100_000;

/** A double with one large bucket. A real server would take minutes to be filled. */
async function useLargeBucket(): Promise<S3Double> {
  const double = await useDouble();
  double.model.createBucket('archive');
  const content = contentOf('x');
  for (let n = 0; n < KEYS; n++) double.model.putObject('archive', `page ${String(n).padStart(6, '0')}.tiff`, content);
  return double;
}

describe.skipIf(!canSeeWindow)('a bucket with 100,000 keys, in the double', () => {
  test('is read page by page as one scrolls, keeps its place, and stays light', { timeout: 180_000 }, async () => {
    const double = await useLargeBucket();
    const app = await useNewApp();
    await addAccount(app, double);
    const page = await openWindow(app.url);
    await page.getByRole('treegrid').getByText('archive').click();
    const grid = page.getByRole('grid');
    await grid.getByText('page 000000.tiff').waitFor();
    await page.getByText('1,000 items so far; more as you scroll').waitFor();
    expect(double.requests.count('ListObjectsV2')).toBeLessThan(5);

    await grid.focus();
    const readAll = async () => {
      await page.keyboard.press('End');
      return page.getByText('100,000 items', { exact: true }).isVisible();
    };
    await expect.poll(readAll, { timeout: 120_000, interval: 30 }).toBe(true);
    await page.keyboard.press('End');
    await grid.getByText('page 099999.tiff').waitFor();

    // To the middle, as with the scroll bar. As text, since the tests are not compiled for a page.
    await page.evaluate(`(() => {
      const grid = document.querySelector('[role=grid]');
      for (const row of grid.querySelectorAll('.grid-row')) row.wasDrawn = true;
      grid.scrollTop = grid.scrollHeight / 2;
    })()`);
    const drawn = grid.getByRole('row');
    await grid
      .getByText(/^page 05000\d\.tiff$/)
      .first()
      .waitFor();
    expect(await drawn.count()).toBeLessThan(80);
    // A scroll makes no rows anew, but for one or two where more are in sight, and paints nothing that was painted.
    const isNew = `[...document.querySelectorAll('.grid-row')].filter(({ wasDrawn }) => wasDrawn !== true).length`;
    expect(await page.evaluate(isNew)).toBeLessThanOrEqual(2);
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.grid')).backgroundColor`)).not.toBe(
      'rgba(0, 0, 0, 0)',
    );
    // Letters find a name, however far away it is.
    await grid.focus();
    const found = page.getByRole('row', { selected: true }).getByText('page 043210.tiff');
    const find = async () => {
      await page.keyboard.type('page 04321');
      return found.isVisible();
    };
    // Letters belong together when they come soon after one another, which they may not do on a busy computer.
    await expect.poll(find, { timeout: 40_000, interval: 1_500 }).toBe(true);
    await page.keyboard.press('ArrowDown');
    await page.getByRole('row', { selected: true }).getByText('page 043211.tiff').waitFor();
    // The search looks at all of them.
    await page.getByRole('searchbox').fill('77777');
    await grid.getByText('page 077777.tiff').waitFor();
    await page.getByText('1 item', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('100,000 items', { exact: true }).waitFor();
    await page.keyboard.press('Control+a');
  });
});
