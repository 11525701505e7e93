import { X509Certificate } from 'node:crypto';
import { mkdir, symlink, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeCertificates } from '../integration/remote/support.ts';
import { plainClient, removeBucket } from '../support/s3-client.ts';
import { EngineBucket, makeBucket } from '../support/engine-bucket.ts';
import { sharedServer, useDouble } from '../support/engine-servers.ts';
import { uniqueBucket } from '../support/servers.ts';
import {
  arriveAtFolder,
  canSeeWindow,
  expectAccessible,
  fillServer,
  openWindow,
  typeFolder,
  useBrowser,
  useNewApp,
} from './support.ts';

useBrowser();

describe.skipIf(!canSeeWindow)('the first run', () => {
  test('leads from nothing to a folder in sync', async () => {
    const server = sharedServer();
    const app = await useNewApp();
    const folder = join(app.files, 'Holiday pictures');
    await mkdir(join(folder, 'day 1'), { recursive: true });
    await writeFile(join(folder, 'map.txt'), 'left, then right');
    await writeFile(join(folder, 'day 1', 'boat.jpg'), Buffer.alloc(300_000, 5));
    await symlink('map.txt', join(folder, 'way'));
    const page = await openWindow(app.url);

    await page.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    await expectAccessible(page, 'server');
    await fillServer(page, server);
    await arriveAtFolder(page);
    await typeFolder(page, app.files);
    await page.getByRole('option', { name: 'Holiday pictures' }).click();
    await page.getByRole('option', { name: 'day 1' }).waitFor();
    await expectAccessible(page, 'folder');
    await page.getByRole('button', { name: 'Next' }).click();

    await page.getByRole('heading', { name: 'Into which bucket?' }).waitFor();
    await page.getByText('New bucket', { exact: true }).click();
    const name = uniqueBucket('first-run');
    const client = plainClient(server);
    onTestFinished(async () => {
      await removeBucket(client, name).catch(() => undefined);
      client.destroy();
    });
    await page.getByLabel('Name of the bucket').fill(name);
    await expectAccessible(page, 'bucket');
    await page.getByRole('button', { name: 'Next' }).click();

    await page.getByRole('heading', { name: 'Which way do changes go?' }).waitFor();
    await page.getByText('Sync both ways').click();
    await expectAccessible(page, 'mode');
    await page.getByRole('button', { name: 'Next' }).click();

    await page.getByText('2 files, 300 kB up; nothing down; nothing deleted; 1 left out.').waitFor();
    await expectAccessible(page, 'plan');
    // Back, to choose otherwise: the bucket that was made is one that is there now.
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('heading', { name: 'Which way do changes go?' }).waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('option', { name, exact: true, selected: true }).waitFor();
    for (const heading of ['Which way do changes go?', 'This is what will happen']) {
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByRole('heading', { name: heading }).waitFor();
    }
    await page.getByText('2 files, 300 kB up; nothing down; nothing deleted; 1 left out.').waitFor();
    // Nothing is sent before the word.
    expect(await new EngineBucket(name, client).keys()).toEqual([]);
    await page.getByRole('button', { name: 'Start syncing' }).click();

    await page.getByRole('contentinfo').getByText('In sync, 2 files').waitFor();
    await page.getByRole('grid').getByText('map.txt').waitFor();
    expect(await new EngineBucket(name, client).keys()).toEqual(['day 1/boat.jpg', 'map.txt']);
    await writeFile(join(folder, 'later.txt'), 'one more');
    await page.getByRole('grid').getByText('later.txt').waitFor();
    await page.getByRole('contentinfo').getByText('In sync, 3 files').waitFor();
  });

  test('explains a wrong address, access key and secret key, and marks the field', async () => {
    const server = sharedServer();
    const app = await useNewApp();
    const page = await openWindow(app.url);
    const alert = page.getByRole('alert');
    await fillServer(page, { ...server, endpoint: 'http://127.0.0.1:9' });
    await alert.getByText(/nothing answers at this address/).waitFor();
    await page.getByText('Check the address and the port.').waitFor();
    await expectAccessible(page, 'error');

    await fillServer(page, { ...server, accessKey: 'nobody' });
    await page.getByText('The server does not know this key.').waitFor();

    await fillServer(page, { ...server, secretKey: 'not-the-secret' });
    await page.getByText('It does not belong to the access key.').waitFor();
    await alert
      .getByText(/secret key/)
      .first()
      .waitFor();
    expect(await app.engine.client.call('account.list', {})).toEqual([]);
  });

  test('shows the fingerprint of a certificate that nobody vouches for, and trusts it on the word', async () => {
    const certificates = await makeCertificates();
    onTestFinished(() => certificates.remove());
    const double = await useDouble({ tls: certificates.selfSigned });
    const app = await useNewApp();
    const page = await openWindow(app.url);
    await fillServer(page, double);
    await page
      .getByRole('alert')
      .getByText(/certificate/)
      .first()
      .waitFor();
    const { fingerprint256 } = new X509Certificate(await readFile(certificates.selfSigned.certPath));
    await page.getByText(fingerprint256, { exact: true }).waitFor();
    await expectAccessible(page, 'certificate');
    expect(double.requests.count()).toBe(0);
    await page.getByRole('button', { name: 'I have compared it: trust this server' }).click();
    await arriveAtFolder(page);
    expect(await app.engine.client.call('account.list', {})).toMatchObject([{ endpoint: double.endpoint }]);
  });

  test('explains what is not a server of ours, in Chinese too', async () => {
    const app = await useNewApp();
    const double = await useDouble();
    const page = await openWindow(app.url, { locale: 'zh-CN' });
    await page.getByRole('heading', { name: '欢迎使用 RustFS Sync' }).waitFor();
    await page.getByLabel('服务器地址').fill(double.endpoint.replace('http:', 'https:'));
    await page.getByLabel('访问密钥').fill('a-key');
    await page.getByLabel('私有密钥').fill('a-secret');
    await page.getByRole('button', { name: '连接' }).click();
    await page.getByRole('alert').getByText('该地址上的不是 S3 服务').waitFor();
    await expectAccessible(page, 'error in Chinese');
  });

  test('keeps the folder that was typed when the list of another one comes late', async () => {
    const app = await useNewApp();
    const folder = join(app.files, 'Letters');
    await mkdir(folder);
    const page = await openWindow(app.url);
    const gate = Promise.withResolvers<undefined>();
    const held = Promise.withResolvers<undefined>();
    const answered = Promise.withResolvers<undefined>();
    await page.routeWebSocket(/\/socket$/, (socket) => {
      const server = socket.connectToServer();
      let heldId: unknown;
      socket.onMessage((text) => {
        const { name, id, input } = JSON.parse(String(text)) as { name?: string; id?: unknown; input?: object };
        if (name !== 'disk.list' || JSON.stringify(input) !== '{}') {
          server.send(text);
          return;
        }
        heldId = id;
        held.resolve(undefined);
        void gate.promise.then(() => server.send(text));
      });
      server.onMessage((text) => {
        socket.send(text);
        const { type, id } = JSON.parse(String(text)) as { type: string; id?: unknown };
        if (type === 'result' && id === heldId) answered.resolve(undefined);
      });
    });
    await page.reload();
    await fillServer(page, await useDouble());
    await arriveAtFolder(page);
    await held.promise;
    await page.getByLabel('Folder on this computer').fill(folder);
    gate.resolve(undefined);
    await answered.promise;
    // Until what came is drawn.
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    expect(await page.getByLabel('Folder on this computer').inputValue()).toBe(folder);
    await page.keyboard.press('Tab');
    await page.locator('.picker header').getByText(folder, { exact: true }).waitFor();
  });

  test('takes the name of a bucket from whoever may not list any', async () => {
    const double = await useDouble();
    const bucket = await makeBucket(double);
    double.faults.add({ operation: 'ListBuckets' }, { kind: 'error', code: 'AccessDenied' });
    const app = await useNewApp();
    const folder = join(app.files, 'Letters');
    await mkdir(folder);
    await writeFile(join(folder, 'a.txt'), 'a');
    const page = await openWindow(app.url);
    await fillServer(page, double);
    await arriveAtFolder(page);
    await typeFolder(page, folder);
    const next = page.getByRole('button', { name: 'Next' });
    await next.click();
    await page.getByRole('radio', { name: 'One that is there' }).and(page.locator(':checked')).waitFor();
    await expectAccessible(page, 'a bucket to be named');
    expect(await next.isDisabled()).toBe(true);
    await page.getByLabel('Name of the bucket').fill(` ${bucket.name} `);
    await next.click();
    await page.getByRole('heading', { name: 'Which way do changes go?' }).waitFor();
    await next.click();
    await page.getByText(/^1 file, .* up; nothing down; nothing deleted/).waitFor();
    await page.getByRole('button', { name: 'Start syncing' }).click();
    await page.getByRole('contentinfo').getByText('In sync, 1 file').waitFor();
    expect(await bucket.keys()).toEqual(['a.txt']);
  });

  test('suggests a name for a new bucket, and none for one that is there', async () => {
    const double = await useDouble();
    const app = await useNewApp();
    const folder = join(app.files, 'Letters');
    await mkdir(folder);
    const page = await openWindow(app.url);
    await fillServer(page, double);
    await arriveAtFolder(page);
    await typeFolder(page, folder);
    const next = page.getByRole('button', { name: 'Next' });
    await next.click();
    const name = page.getByLabel('Name of the bucket');
    await name.waitFor();
    expect(await name.inputValue()).toBe('letters');
    await page.getByText('One that is there').click();
    expect(await name.inputValue()).toBe('');
    await makeBucket(double);
    await page.getByRole('button', { name: 'Back' }).click();
    await next.click();
    // Nothing is chosen of those that are there.
    await page.getByRole('option').first().waitFor();
    expect(await next.isDisabled()).toBe(true);
  });

  test(
    'keeps one at the folder until it is one, and at the bucket until its name can be one',
    { timeout: 240_000 },
    async () => {
      const app = await useNewApp();
      const deep = join(app.files, 'a rather long name of a folder '.repeat(3), 'and one more in it '.repeat(6));
      await mkdir(deep, { recursive: true });
      await writeFile(join(deep, 'a.txt'), 'a');
      const page = await openWindow(app.url);
      await fillServer(page, sharedServer());
      await arriveAtFolder(page);
      const path = page.getByLabel('Folder on this computer');
      const next = page.getByRole('button', { name: 'Next' });
      await path.fill(join(app.files, 'nowhere'));
      await next.click();
      await page.getByText('There is no such folder').waitFor();
      await page.getByRole('alert').getByText('Choose a folder that is there').waitFor();
      await page.getByRole('heading', { name: 'Which folder?' }).waitFor();

      await path.fill(app.files);
      await next.click();
      await page.getByRole('heading', { name: 'Into which bucket?' }).waitFor();
      await page.getByText('New bucket', { exact: true }).click();
      await page.getByLabel('Name of the bucket').fill('My Bucket');
      expect(await next.isDisabled()).toBe(true);
      const name = uniqueBucket('names');
      const client = plainClient(sharedServer());
      onTestFinished(async () => {
        await removeBucket(client, name).catch(() => undefined);
        client.destroy();
      });
      await page.getByLabel('Name of the bucket').fill(name);
      await next.click();
      await next.click();
      await page.getByText('1 file, 1 B up; nothing down; nothing deleted.').waitFor();
      // The long path is cut off, and not the window.
      expect(
        await page.evaluate(
          "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.first-run'))",
        ),
      ).toBe(0);
    },
  );

  test('leaves nothing behind when one goes back from the plan', async () => {
    const app = await useNewApp();
    await mkdir(join(app.files, 'empty'));
    const page = await openWindow(app.url);
    await fillServer(page, sharedServer());
    await arriveAtFolder(page);
    await typeFolder(page, join(app.files, 'empty'));
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('heading', { name: 'Into which bucket?' }).waitFor();
    await page.getByText('New bucket', { exact: true }).click();
    const name = uniqueBucket('first-run');
    const client = plainClient(sharedServer());
    onTestFinished(async () => {
      await removeBucket(client, name).catch(() => undefined);
      client.destroy();
    });
    await page.getByLabel('Name of the bucket').fill(name);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('heading', { name: 'This is what will happen' }).waitFor();
    expect(await app.engine.client.call('folder.list', {})).toMatchObject([{ paused: true }]);
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('heading', { name: 'Which way do changes go?' }).waitFor();
    expect(await app.engine.client.call('folder.list', {})).toEqual([]);
  });

  test('lets one go back from the plan of a folder that was removed elsewhere', async () => {
    const app = await useNewApp();
    await mkdir(join(app.files, 'empty'));
    const double = await useDouble();
    const bucket = await makeBucket(double);
    const page = await openWindow(app.url);
    await fillServer(page, double);
    await arriveAtFolder(page);
    await typeFolder(page, join(app.files, 'empty'));
    const next = page.getByRole('button', { name: 'Next' });
    await next.click();
    await page.getByRole('option', { name: bucket.name }).click();
    for (const heading of ['Which way do changes go?', 'This is what will happen']) {
      await next.click();
      await page.getByRole('heading', { name: heading }).waitFor();
    }
    const { client } = app.engine;
    for (const { id } of await client.call('folder.list', {})) await client.call('folder.remove', { id });
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('heading', { name: 'Which way do changes go?' }).waitFor();
  });
});
