import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canSeeWindow, openWindow, useBrowser, useNewApp } from './support.ts';

useBrowser();

/** A page of somebody else, on this computer. */
async function foreignPage(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>elsewhere</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe.skipIf(!canSeeWindow)('a page of another origin', () => {
  test('reads nothing, sends nothing, connects to nothing and frames nothing, whatever it knows', async () => {
    const app = await useNewApp();
    const token = new URL(app.url).hash.replace('#token=', '');
    const page = await openWindow(await foreignPage());
    const own = `http://127.0.0.1:${app.port}`;
    // As text, since the tests are not compiled for a page.
    const outcomes: unknown = await page.evaluate(`(async () => {
      const attempt = (work) => work().then((what) => 'did: ' + what, () => 'refused');
      const socket = (url, protocols) => attempt(() => new Promise((resolve, reject) => {
        const made = new WebSocket(url, protocols);
        made.onopen = () => resolve('opened');
        made.onerror = () => reject(new Error('no'));
      }));
      const script = attempt(() => new Promise((resolve, reject) => {
        const made = document.createElement('script');
        made.src = '${own}/index.html';
        made.onload = () => resolve('loaded');
        made.onerror = () => reject(new Error('no'));
        document.head.append(made);
      }));
      return {
        read: await attempt(async () => (await fetch('${own}/')).text()),
        put: await attempt(async () => (await fetch('${own}/objects?account=a&bucket=b&key=c', {
          method: 'PUT', headers: { authorization: 'Bearer ${token}' }, body: 'x' })).status),
        simplePost: (await attempt(async () => (await fetch('${own}/downloads', {
          method: 'POST', mode: 'no-cors', body: '{}' })).status)),
        socket: await socket('ws://127.0.0.1:${app.port}/socket', ['rustfs-sync', 'token.${token}']),
        script: await script,
      };
    })()`);
    expect(outcomes).toEqual({
      read: 'refused',
      put: 'refused',
      // Sent by the browser and answered with 403, which the page can not even see.
      simplePost: 'refused',
      socket: 'refused',
      script: 'refused',
    });
    await page.setContent(`<iframe src="${own}/"></iframe>`);
    await page.waitForTimeout(300);
    expect(await page.frameLocator('iframe').locator('.wizard').count()).toBe(0);
    expect(await app.engine.client.call('account.list', {})).toEqual([]);
  });

  test('the window itself keeps no token in its address', async () => {
    const app = await useNewApp();
    const page = await openWindow(app.url);
    await page.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    expect(page.url()).toBe(`http://127.0.0.1:${app.port}/`);
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
  });

  test('an address without a token says what to do', async () => {
    const app = await useNewApp();
    const page = await openWindow(`http://127.0.0.1:${app.port}/`);
    await page.getByRole('heading', { name: 'This window is not signed in' }).waitFor();
  });
});
