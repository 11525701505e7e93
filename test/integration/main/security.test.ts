import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isOwnPage, registerScheme } from '../../../main/page.ts';
import { secureAllContents } from '../../../main/security.ts';
import * as electron from '../../support/electron/index.ts';
import { first, reset, soon, startShell, type RunningShell } from './support.ts';

let shell: RunningShell;

beforeEach(async () => {
  reset();
  vi.clearAllMocks();
  shell = await startShell();
  secureAllContents();
  shell.app.follow({ type: 'open' });
});

afterEach(() => shell.close());

const page = () => first(electron.windows).webContents;
const session = () => electron.session.fromPartition('window');

/** A message as ipcMain gets it, from the window's own page. */
function fromPage(ports: readonly electron.StandInPort[] = []) {
  return { sender: page(), senderFrame: page().mainFrame, ports };
}

async function answerOf(url: string, method = 'GET'): Promise<Response> {
  return (await session().run('scheme app', { url, method })) as Response;
}

describe('the window', () => {
  test('is isolated, sandboxed and without Node', () => {
    expect(first(electron.windows).options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      preload: '/app/preload.cjs',
    });
  });

  test('shows the page of its own scheme, which is not that of links', () => {
    expect(page().getURL()).toBe('app://window/index.html');
    registerScheme();
    expect(electron.protocol.registerSchemesAsPrivileged).toHaveBeenCalledWith([
      { scheme: 'app', privileges: { standard: true, secure: true } },
    ]);
    for (const url of ['rustfs-sync://window/', 'https://window/', 'app://other/', 'app:window', 'file:///x', ''])
      expect(isOwnPage(url)).toBe(false);
  });

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])('refuses %s', (name) => {
    const event = electron.preventable();
    page().emit(name, event, 'https://example.com/');
    expect(event.isPrevented).toBe(true);
  });

  test.each([
    ['https://example.com/', true],
    ['http://example.com/', true],
    ['file:///etc/passwd', false],
    ['smb://server/share', false],
    ['javascript:alert(1)', false],
    ['ms-settings:privacy', false],
    ['not a url', false],
  ])('opens no window for %s; in the browser: %s', (url, opens) => {
    expect(page().windowOpen({ url })).toEqual({ action: 'deny' });
    expect(electron.shell.openExternal.mock.calls).toEqual(opens ? [[url]] : []);
  });

  test.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fileSystem', 'usb'])(
    'may not use %s',
    (permission) => {
      const decide = vi.fn();
      session().run('permission request', page(), permission, decide);
      expect(decide).toHaveBeenCalledExactlyOnceWith(false);
      expect(session().run('permission check', page(), permission)).toBe(false);
      expect(session().run('device', {})).toBe(false);
    },
  );

  test('may put a link on the clipboard; another page may not', () => {
    const allowed = 'clipboard-sanitized-write';
    expect(session().run('permission check', page(), allowed)).toBe(true);
    page().mainFrame.url = 'https://example.com/';
    expect(session().run('permission check', page(), allowed)).toBe(false);
    expect(session().run('permission check', null, allowed)).toBe(false);
  });

  test('reaches no network and downloads nothing by itself', () => {
    const answer = vi.fn();
    session().run('request', {}, answer);
    expect(answer).toHaveBeenCalledExactlyOnceWith({ cancel: true });
    expect(session().blockedUrls).toEqual(
      expect.arrayContaining(['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*']),
    );
    const event = electron.preventable();
    session().emit('will-download', event);
    expect(event.isPrevented).toBe(true);
  });
});

describe('the page', () => {
  test('comes with a policy that lets it load its own files and connect nowhere', async () => {
    const answer = await answerOf('app://window/index.html');
    const nonce = /nonce="([^"]+)"/.exec(await answer.text())?.[1] ?? '';
    expect(nonce).toHaveLength(24);
    expect(answer.headers.get('content-security-policy')).toBe(
      [
        "default-src 'none'",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self' data:",
        "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('has another nonce each time', async () => {
    const texts = await Promise.all([1, 2].map(async () => (await answerOf('app://window/index.html')).text()));
    expect(texts[0]).not.toBe(texts[1]);
  });

  test('has scripts under their names', async () => {
    const answer = await answerOf('app://window/assets/a.js');
    expect([answer.status, await answer.text()]).toEqual([200, 'a']);
    expect(answer.headers.get('content-type')).toContain('javascript');
  });

  test.each([
    ['app://other/index.html', 'GET'],
    ['app://window/index.html', 'POST'],
    ['app://window/../shell/shell.json', 'GET'],
    ['app://window/..%2f..%2fetc%2fpasswd', 'GET'],
    ['app://window//etc/passwd', 'GET'],
    ['app://window/%E0%A4%A', 'GET'],
  ])('is all there is: not %s by %s', async (url, method) => {
    expect((await answerOf(url, method)).status).toBe(404);
  });
});

describe('a message to the main process', () => {
  const target = { account: 'home', bucket: 'b', key: 'k', overwrite: false };

  function foreignSenders() {
    const frame = { url: 'app://window/index.html' };
    const other = new electron.StandInContents();
    other.mainFrame.url = 'app://window/index.html';
    return [
      { sender: page(), senderFrame: frame, ports: [] },
      { sender: page(), senderFrame: null, ports: [] },
      { sender: other, senderFrame: other.mainFrame, ports: [] },
    ];
  }

  test('of a frame, another page or nobody is not answered', () => {
    const before = first(electron.forked).received.length;
    for (const event of foreignSenders()) {
      electron.ipcMain.emit('connect', event);
      electron.ipcMain.emit('download', event, target);
      const { port1, port2 } = new electron.MessageChannelMain();
      electron.ipcMain.emit('upload', { ...event, ports: [port2] }, { path: '/etc/passwd', target });
      port1.close();
      expect(event.sender.posted).toEqual([]);
    }
    expect(first(electron.forked).received).toHaveLength(before);
  });

  test('of our page after it went elsewhere is not answered', () => {
    page().mainFrame.url = 'https://example.com/';
    electron.ipcMain.emit('connect', fromPage());
    expect(page().posted).toEqual([]);
  });

  test.each([
    undefined,
    null,
    'text',
    {},
    { path: 5, target },
    { path: '/a' },
    { path: '/a', target: { account: 'home', bucket: 'b' } },
    { path: '/a', target: { ...target, key: '' } },
    { path: '/a', target: { ...target, overwrite: 'no' } },
    { path: 'x'.repeat(40_000), target },
  ])('that is of a wrong form is refused: %j', async (payload) => {
    const before = first(electron.forked).received.length;
    const { port1, port2 } = new electron.MessageChannelMain();
    electron.ipcMain.emit('upload', fromPage([port2]), payload);
    electron.ipcMain.emit('upload', fromPage(), payload);
    electron.ipcMain.emit('download', fromPage(), payload);
    electron.ipcMain.emit('steer-downloads', fromPage(), payload);
    await soon(() => expect(port1.isClosed).toBe(true));
    expect(first(electron.forked).received).toHaveLength(before);
  });

  test('of our page gets a port on which the engine speaks', async () => {
    electron.ipcMain.emit('connect', fromPage());
    const [channel, , ports] = first(page().posted) as [string, unknown, electron.StandInPort[]];
    expect(channel).toBe('port');
    const heard: unknown[] = [];
    const port = first(ports);
    port.on('message', ({ data }: { data: unknown }) => heard.push(data));
    port.start();
    await soon(() => expect(heard[0]).toMatch(/"hello"/));
  });

  test('on that port that is no text, or no message, ends it and harms nobody', async () => {
    for (const nonsense of [{ type: 'call' }, 'nonsense', 5]) {
      electron.ipcMain.emit('connect', fromPage());
      const [, , ports] = first(page().posted, -1) as [string, unknown, electron.StandInPort[]];
      const port = first(ports);
      port.start();
      port.postMessage(nonsense);
      await soon(() => expect(port.isClosed).toBe(true));
    }
    expect(electron.forked).toHaveLength(1);
  });
});
