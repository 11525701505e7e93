import { describe, expect, test } from 'vitest';
import { MIB, randomContent } from '../support/engine-root.ts';
import { useDouble, useOwnServer, useWireProxy } from '../support/engine-servers.ts';
import { pollUntil } from '../support/loopback.ts';
import { contentOf } from '../support/s3-double/index.ts';
import { canSeeWindow, openWindow, useBrowser, useSyncedApp } from './support.ts';

useBrowser();

describe.skipIf(!canSeeWindow)('what is interrupted', () => {
  test(
    'by a server that is killed in the middle of a transfer is told, and goes on when it is back',
    { timeout: 180_000 },
    async ({ skip }) => {
      const server = await useOwnServer();
      if (server === undefined) return skip('The server of this run is not ours to kill.');
      const proxy = await useWireProxy(server.endpoint);
      // Time to look at it.
      proxy.addFault({ method: 'PUT', query: /partNumber/ }, { kind: 'delay', delayMs: 200 });
      const { accessKey, secretKey } = server;
      const app = await useSyncedApp('upload', {}, { endpoint: proxy.endpoint, accessKey, secretKey });
      const page = await openWindow(app.url);
      await page.getByRole('tab', { name: 'Transfers' }).click();
      await page.getByRole('heading', { name: 'Nothing is on its way' }).waitFor();
      const content = randomContent(96 * MIB);
      await app.root.write('film', content);
      await page.getByRole('progressbar', { name: 'Progress of film' }).waitFor();
      await server.kill9();
      const status = page.getByRole('contentinfo');
      await status.getByText('The server can not be reached. It goes on by itself.').waitFor();
      await page.getByRole('tab', { name: 'Files' }).click();
      await page.getByRole('button', { name: /Server not reachable$/ }).waitFor();
      await server.restart();
      await status.getByText('In sync, 1 file').waitFor({ timeout: 90_000 });
      // What could not be listed is listed by itself, and still is there when it is asked for again.
      const film = page.getByRole('grid').getByText('film');
      await film.waitFor();
      await page.getByRole('button', { name: 'work' }).first().click();
      await film.waitFor();
      expect((await app.bucket.get('film')).equals(content)).toBe(true);
      expect(await app.bucket.unfinishedUploads()).toEqual([]);
    },
  );

  test('by a laptop that is closed in the middle is right after it was opened', { timeout: 120_000 }, async () => {
    const double = await useDouble();
    const app = await useSyncedApp('two-way', { 'a.txt': 'one', 'b.txt': 'two' }, double);
    const page = await openWindow(app.url);
    const status = page.getByRole('contentinfo');
    await status.getByText('In sync, 2 files').waitFor();
    // Asleep: what is on its way gets no answer any more, and nothing is heard of what others do meanwhile.
    const hang = double.faults.add({ operation: 'UploadPart', times: 4 }, { kind: 'hang' });
    double.faults.add({}, { kind: 'muteEvents' });
    const content = randomContent(64 * MIB);
    await app.root.write('film', content);
    await pollUntil('parts that hang', () => hang.hits === 4 || undefined);
    double.model.putObject(app.bucket.name, 'b.txt', contentOf('two, by somebody else'));
    double.model.putObject(app.bucket.name, 'c.txt', contentOf('new, by somebody else'));
    double.model.deleteObject(app.bucket.name, 'a.txt');
    await status.getByText('0 of 1 file').waitFor();

    // Awake: the desktop shell says so; the engine of a terminal finds out by its clock.
    await app.engine.client.call('engine.resumed', { from: 'sleep' });
    await status.getByText('In sync, 3 files').waitFor();
    expect((await app.bucket.get('film')).equals(content)).toBe(true);
    expect((await app.root.read('b.txt')).toString()).toBe('two, by somebody else');
    expect((await app.root.read('c.txt')).toString()).toBe('new, by somebody else');
    await expect(app.root.read('a.txt')).rejects.toThrow('ENOENT');
    await page.getByRole('button', { name: 'work' }).first().click();
    const grid = page.getByRole('grid');
    await grid.getByText('c.txt').waitFor();
    await grid.getByText('a.txt').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Problems' }).click();
    await page.getByRole('heading', { name: 'No problems' }).waitFor();
  });
});
