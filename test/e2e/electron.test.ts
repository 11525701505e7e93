import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication } from 'playwright-core';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { useDouble } from '../support/engine-servers.ts';
import { findElectron, openScreen } from '../support/window/electron-runtime.ts';
import { arriveAtFolder, fillServer } from './support.ts';

/** The app itself, unpacked, in a real Electron: what the stand-in can not know. */
const electron = findElectron();
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const missing =
  electron === undefined
    ? 'there is no runtime (npx install-electron gets one)'
    : existsSync(main)
      ? undefined
      : 'the app is not built (npm run build)';
const screen = missing === undefined ? await openScreen() : undefined;
const why = missing ?? (screen === undefined ? 'there is no screen and no Xvfb' : undefined);
if (why !== undefined) process.stdout.write(`The tests in Electron itself are skipped: ${why}.\n`);

interface Running {
  readonly app: ElectronApplication;
  readonly directory: string;
  readonly env: Record<string, string>;
}

function launchArgs(): string[] {
  // Chromium's sandbox does not work for root, which containers are.
  return [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), main];
}

/** Starts the app on a home of its own. It ends with the test. */
async function startApp(args: readonly string[] = []): Promise<Running> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-electron-')));
  const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
  Object.assign(env, { RUSTFS_SYNC_HOME: join(directory, 'home'), NODE_OPTIONS: '' });
  if (screen?.display !== undefined) env['DISPLAY'] = screen.display;
  const app = await _electron.launch({
    executablePath: electron ?? '',
    args: [...launchArgs(), ...args],
    env,
    timeout: 60_000,
  });
  onTestFinished(async () => {
    // A test may have ended it already.
    await app.close().catch(() => undefined);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  return { app, directory, env };
}

describe.skipIf(why !== undefined)('the app in Electron', () => {
  afterAll(() => screen?.close());

  test('opens its window from its own scheme, with nothing of Node in it', { timeout: 120_000 }, async () => {
    const { app } = await startApp();
    const window = await app.firstWindow();
    await window.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    expect(window.url()).toBe('app://window/index.html');
    // As text, since the tests are not compiled for a page.
    const seen = await window.evaluate(`({
      process: typeof process, require: typeof require, module: typeof module,
      doors: Object.keys(window.rustfsSync).sort(),
    })`);
    expect(seen).toEqual({
      process: 'undefined',
      require: 'undefined',
      module: 'undefined',
      doors: ['connect', 'download', 'onView', 'setStartsAtLogin', 'startsAtLogin', 'upload'],
    });
  });

  test('lets its page go nowhere, ask for nothing and reach nobody', { timeout: 120_000 }, async () => {
    const { app } = await startApp();
    const window = await app.firstWindow();
    await window.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    const attempts = await window.evaluate(`(async () => {
      const refused = (work) => work().then(() => 'did', () => 'refused');
      return {
        network: await refused(() => fetch('http://127.0.0.1:9/')),
        file: await refused(() => fetch('file:///etc/hostname')),
        other: await refused(async () => {
          const { ok } = await fetch('app://elsewhere/index.html');
          if (!ok) throw new Error('no');
        }),
        notify: await Notification.requestPermission(),
        opened: window.open('about:blank') === null,
        script: await refused(() => new Promise((resolve, reject) => {
          const script = document.createElement('script');
          script.textContent = 'window.wasRun = true';
          document.head.append(script);
          if (window.wasRun === true) resolve(); else reject(new Error('no'));
        })),
      };
    })()`);
    expect(attempts).toEqual({
      network: 'refused',
      file: 'refused',
      other: 'refused',
      notify: 'denied',
      opened: true,
      script: 'refused',
    });
    await window.evaluate(`location.href = 'https://example.com/'`);
    await window.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    expect(window.url()).toBe('app://window/index.html');
    const windows = await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((one) => {
        // Electron does not name this among its types; it is what the window was made with.
        const contents = one.webContents as typeof one.webContents & {
          getLastWebPreferences(): Record<string, unknown> | null;
        };
        const { contextIsolation, nodeIntegration, sandbox, webSecurity } = contents.getLastWebPreferences() ?? {};
        return { contextIsolation, nodeIntegration, sandbox, webSecurity };
      }),
    );
    expect(windows).toEqual([{ contextIsolation: true, nodeIntegration: false, sandbox: true, webSecurity: true }]);
  });

  test('is one, whoever starts it again with a link', { timeout: 120_000 }, async () => {
    const { app, env } = await startApp();
    const window = await app.firstWindow();
    await window.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    const second = await _electron
      .launch({
        executablePath: electron ?? '',
        args: [...launchArgs(), 'rustfs-sync://open/settings'],
        env,
        timeout: 20_000,
      })
      // It ends before there is anything to be steered.
      .catch(() => undefined);
    await second?.close().catch(() => undefined);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  test('syncs, with the engine in a process of its own', { timeout: 180_000 }, async () => {
    const { app, directory } = await startApp();
    const folder = join(directory, 'letters');
    await mkdir(folder);
    await writeFile(join(folder, 'ann.txt'), 'dear Ann');
    const double = await useDouble();
    const window = await app.firstWindow();
    await fillServer(window, double);
    await arriveAtFolder(window);
    await window.getByLabel('Folder on this computer').fill(folder);
    await window.getByRole('button', { name: 'Next' }).click();
    await window.getByRole('heading', { name: 'Into which bucket?' }).waitFor();
    await window.getByLabel('Name of the bucket').fill('letters');
    await window.getByRole('button', { name: 'Next' }).click();
    await window.getByRole('button', { name: 'Next' }).click();
    await window.getByText(/^1 file, .* up/).waitFor();
    await window.getByRole('button', { name: 'Start syncing' }).click();
    await window.getByRole('contentinfo').getByText('In sync, 1 file').waitFor();
    const processes = await app.evaluate(({ app: inside }) =>
      inside.getAppMetrics().map(({ name, type }) => name ?? type),
    );
    expect(processes).toContain('RustFS Sync engine');

    // The engine is killed: it is started again, and the window goes on.
    await app.evaluate(({ app: inside }) => {
      const engine = inside.getAppMetrics().find(({ name }) => name === 'RustFS Sync engine');
      if (engine !== undefined) process.kill(engine.pid, 'SIGKILL');
    });
    await writeFile(join(folder, 'bob.txt'), 'dear Bob');
    await window.getByRole('contentinfo').getByText('In sync, 2 files').waitFor({ timeout: 60_000 });
  });

  test('ends in order when it is told to', { timeout: 120_000 }, async () => {
    const { app } = await startApp();
    await (await app.firstWindow()).getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    const ended = new Promise((resolve) => app.process().once('exit', resolve));
    // Nobody is left to answer.
    await app.evaluate(({ app: inside }) => inside.quit()).catch(() => undefined);
    expect(await ended).toBe(0);
  });
});
