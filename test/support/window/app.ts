import { mkdir, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildRenderer } from '../../../build-renderer.ts';
import { openEngine, type OpenedEngine } from '../../../src/engine/index.ts';
import { startBrowserServer, type BrowserServer } from '../../../src/server/index.ts';
import type { Environment } from '../../../src/core/environment.ts';
import { CollectedLog } from '../test-environment.ts';

let building: Promise<string> | undefined;

/** Builds the window from what the sources are now, once a process. @returns where it lies. */
export async function builtWindow(): Promise<string> {
  building ??= build();
  return building;
}

const BUILT = fileURLToPath(new URL('../../../.cache/window/', import.meta.url));
const OLD_MS = 3_600_000;

async function build(): Promise<string> {
  await mkdir(BUILT, { recursive: true });
  // Workers are ended without a word, so that what earlier runs left is removed here.
  for (const name of await readdir(BUILT)) {
    const path = join(BUILT, name);
    const madeMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - madeMs > OLD_MS) await rm(path, { recursive: true, force: true });
  }
  // One each: test files run side by side.
  const directory = join(BUILT, String(process.pid));
  await buildRenderer(directory);
  return directory;
}

/** An engine with its browser mode, on a home of its own. The caller closes it, which removes all of it. */
export interface RunningApp {
  readonly url: string;
  readonly port: number;
  readonly home: string;
  /** A directory of this computer that goes with the app, for folders to be synced. */
  readonly files: string;
  readonly engine: OpenedEngine;
  readonly log: CollectedLog;
  /** Ends engine and server, and starts both again on the same state. @returns the new address. */
  restart(): Promise<string>;
  close(): Promise<void>;
}

export async function startApp(adapt?: (environment: Environment) => Environment): Promise<RunningApp> {
  const assets = await builtWindow();
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-window-')));
  const home = join(directory, 'home');
  const files = join(directory, 'files');
  await mkdir(files);
  const log = new CollectedLog();
  const open = async () => {
    const engine = openEngine(home, () => log, adapt, files);
    const { client } = engine;
    await client.call('sync.start', { ids: [] });
    const server = await startBrowserServer({ client, objects: engine.engine.transfers, port: 0, assets });
    return { engine, server };
  };
  let running: { engine: OpenedEngine; server: BrowserServer } = await open();
  const stop = async () => {
    await running.server.close();
    await running.engine.close();
  };
  return {
    get url() {
      return running.server.url;
    },
    get port() {
      return running.server.port;
    },
    get engine() {
      return running.engine;
    },
    home,
    files,
    log,
    restart: async () => {
      await stop();
      running = await open();
      return running.server.url;
    },
    close: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
