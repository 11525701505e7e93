import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildPreload } from '../../../build-preload.ts';
import { ipcMain, MessageChannelMain, type StandInContents, StandInPort, type StandInSession } from './index.ts';

/** The page's side of the stand-in: what a preload finds in `electron`. Runs in the browser, before the preload. */
const IN_PAGE = `
const listeners = new Map();
const ports = new Map();
let lastPort = 0;
const keep = (id, port) => {
  ports.set(id, port);
  port.onmessage = ({ data }) => toMain('port', id, data);
};
window.fromMain = (kind, ...args) => {
  if (kind === 'send') for (const listener of listeners.get(args[0]) ?? []) listener({ ports: [] }, ...args.slice(1));
  else if (kind === 'new port') {
    const { port1, port2 } = new MessageChannel();
    keep(args[1], port1);
    for (const listener of listeners.get(args[0]) ?? []) listener({ ports: [port2] });
  } else ports.get(args[0])?.postMessage(args[1]);
};
const electron = {
  ipcRenderer: {
    on: (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    send: (name, ...args) => toMain('send', name, ...args),
    invoke: (name, ...args) => toMain('invoke', name, ...args),
    postMessage: (name, message, [port]) => {
      const id = 'page-' + ++lastPort;
      keep(id, port);
      toMain('post', name, message, id);
    },
  },
  contextBridge: { exposeInMainWorld: (key, value) => { window[key] = value; } },
  webUtils: { getPathForFile: (file) => '/chosen/' + file.name },
};
const require = () => electron;
`;

/**
 * Puts the built preload into a real page, between it and the stand-in's contents, and serves the page what the shell's
 * protocol answers. One world instead of two, and http instead of our scheme, is all that differs for the page.
 *
 * @param cache where the preload may be built.
 */
export async function connectPage(page: Page, contents: StandInContents, session: StandInSession, cache: string) {
  await buildPreload(cache);
  const preload = await readFile(join(cache, 'preload.cjs'), 'utf8');
  const ports = new Map<string, StandInPort>();
  let lastPort = 0;
  // One after the other, as messages between processes are.
  let sending: Promise<unknown> = Promise.resolve();
  const toPage = (...message: readonly unknown[]) => {
    const send = () =>
      page.evaluate(
        (args) => (globalThis as unknown as { fromMain: (...a: unknown[]) => void }).fromMain(...args),
        [...message],
      );
    // A page that was closed or reloaded hears nothing more.
    sending = sending.then(send).catch(() => undefined);
  };
  const keep = (id: string, port: StandInPort) => {
    ports.set(id, port);
    port.on('message', ({ data }: { data: unknown }) => toPage('port', id, data));
    port.start();
  };
  contents.send = (...message) => toPage('send', ...message);
  contents.postMessage = (...[name, , [port]]) => {
    const id = `main-${++lastPort}`;
    toPage('new port', name, id);
    if (port instanceof StandInPort) keep(id, port);
  };
  await page.exposeFunction('toMain', async (kind: string, ...args: unknown[]) => {
    const event = { sender: contents, senderFrame: contents.mainFrame, ports: [] as StandInPort[] };
    if (kind === 'invoke') return ipcMain.invoke(String(args[0]), event, ...args.slice(1));
    if (kind === 'send') ipcMain.emit(String(args[0]), event, ...args.slice(1));
    else if (kind === 'post') {
      const { port1, port2 } = new MessageChannelMain();
      keep(String(args[2]), port1);
      ipcMain.emit(String(args[0]), { ...event, ports: [port2] }, args[1]);
    } else ports.get(String(args[0]))?.postMessage(args[1]);
    return undefined;
  });
  await page.addInitScript(`(() => { ${IN_PAGE}\n${preload} })();`);
  await page.route('http://window.localhost/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    const answer = (await session.run('scheme app', { url: `app://window${pathname}`, method: 'GET' })) as Response;
    const body = Buffer.from(await answer.arrayBuffer());
    await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body });
  });
  await page.goto('http://window.localhost/index.html');
}
