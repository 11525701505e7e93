import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { MIB, randomContent } from '../support/engine-root.ts';
import { sharedServer, useWireProxy } from '../support/engine-servers.ts';
import { pollUntil } from '../support/loopback.ts';
import type { WireProxy } from '../support/wire-proxy.ts';
import { canSeeWindow, openWindow, useBrowser, useSyncedApp } from './support.ts';

useBrowser();

/** 256 MiB in the usual run; LARGE_TRANSFER_MIB=1024 makes it the gigabyte. */
const SIZE_MIB = Number(process.env['LARGE_TRANSFER_MIB'] ?? 256);

/** A file whose parts all differ. */
async function writeFilm(path: string): Promise<void> {
  const block = randomContent(MIB);
  const file = await open(path, 'w');
  for (let n = 0; n < SIZE_MIB; n++) {
    block.writeUInt32BE(n, 0);
    await file.write(block);
  }
  await file.close();
}

function bytesOnTheWire({ requests }: WireProxy): number {
  const parts = requests.filter(({ query }) => query.includes('partNumber='));
  return parts.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
}

/** How far the window says that it is, in percent. */
async function percent(page: Page): Promise<number> {
  const bar = page.getByRole('progressbar', { name: 'Progress of film' });
  if ((await bar.count()) === 0) return 0;
  return Number(await bar.getAttribute('aria-valuenow', { timeout: 1_000 }).catch(() => 0));
}

function untilFurther(page: Page, than: number): Promise<number> {
  return pollUntil(
    'progress',
    async () => {
      const now = await percent(page);
      return now > than ? now : undefined;
    },
    { deadlineMs: 60_000, everyMs: 100 },
  );
}

describe.skipIf(!canSeeWindow)('a large transfer', () => {
  test(
    `of ${SIZE_MIB} MiB is watched, paused and resumed, and sends nothing twice that has arrived`,
    { timeout: 240_000 + SIZE_MIB * 300 },
    async () => {
      const { endpoint, accessKey, secretKey } = sharedServer();
      const proxy = await useWireProxy(endpoint);
      const app = await useSyncedApp('upload', {}, { endpoint: proxy.endpoint, accessKey, secretKey });
      // Slow enough to be looked at.
      const { client } = app.engine;
      await client.call('setting.set', { uploadLimitBytesPerSecond: SIZE_MIB * 80_000 });
      const page = await openWindow(app.url);
      await page.getByRole('tab', { name: 'Transfers' }).click();
      // Whole when it appears: what is written slowly may be taken up before its end, and sent again.
      await writeFilm(join(app.files, 'film'));
      await rename(join(app.files, 'film'), app.root.at('film'));
      await untilFurther(page, await untilFurther(page, 0));
      const status = page.getByRole('contentinfo');
      await status.getByText(/^0 of 1 file, .* MB, about .* left$/).waitFor();

      // The folder alone.
      await page.getByRole('button', { name: 'Actions for the folder work' }).click({ force: true });
      await page.getByRole('menuitem', { name: 'Pause' }).click();
      await status.getByText('All folders are paused').waitFor();
      const sent = await restingBytes(proxy);
      await page.getByRole('button', { name: 'Actions for the folder work' }).click({ force: true });
      await page.getByRole('menuitem', { name: 'Resume' }).click();
      await pollUntil('more bytes', () => bytesOnTheWire(proxy) > sent || undefined, { deadlineMs: 60_000 });
      await untilFurther(page, 0);

      // Everything.
      await page.getByRole('button', { name: 'Pause all' }).click();
      await status.getByText('Everything is paused').waitFor();
      await restingBytes(proxy);
      await client.call('setting.set', { uploadLimitBytesPerSecond: 0 });
      await page.getByRole('button', { name: 'Resume all' }).click();
      await status.getByText('In sync, 1 file').waitFor({ timeout: 120_000 + SIZE_MIB * 200 });

      const { sizeBytes } = await client.call('object.properties', {
        account: 'test',
        bucket: app.bucket.name,
        key: 'film',
      });
      expect(sizeBytes).toBe(SIZE_MIB * MIB);
      // The others are the engine's, which tries what the server can do.
      const parts = proxy.requests.filter(({ path, query }) => path.endsWith('/film') && query.includes('partNumber='));
      const numbers = parts.flatMap(({ status: answered, query }) =>
        answered === 200 ? [new URLSearchParams(query).get('partNumber')] : [],
      );
      expect(new Set(numbers).size).toBe(numbers.length);
    },
  );
});

/** Waits until nothing moves any more. @returns what was sent until then. */
async function restingBytes(proxy: WireProxy): Promise<number> {
  let before = -1;
  return pollUntil(
    'the wire to rest',
    () => {
      const now = bytesOnTheWire(proxy);
      const rests = now === before;
      before = now;
      return rests ? now : undefined;
    },
    { everyMs: 500, deadlineMs: 30_000 },
  );
}
