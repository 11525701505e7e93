import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StandInPort } from '../../support/electron/index.ts';
import type { EngineRequest } from '../../../main/engine-messages.ts';
import { portChannel } from '../../../main/port-channel.ts';
import { connectClient, type RemoteClient } from '../../../src/api/index.ts';
import { openEngine } from '../../../src/engine/index.ts';
import { makeBucket } from '../../support/engine-bucket.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { CollectedLog } from '../../support/test-environment.ts';

let home: string;
const workers: Worker[] = [];

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-engine-process-')));
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
  await rm(home, { recursive: true, force: true });
});

/** Gives the script the port that a utility process has, and then runs it. */
const BOOT = `
const { parentPort, workerData } = require('node:worker_threads');
const { StandInPort } = require(workerData.ports);
process.parentPort = {
  on: (name, listener) => parentPort.on(name, ({ data, ports }) => listener({ data, ports: ports.map((port) => new StandInPort(port)) })),
};
import(workerData.script);
`;

/** The real script of the engine's process, on a thread of its own instead of in a process of Electron. */
function startProcess() {
  const path = (name: string) => new URL(name, import.meta.url);
  const worker = new Worker(BOOT, {
    eval: true,
    env: { ...process.env, RUSTFS_SYNC_HOME: home },
    workerData: {
      ports: fileURLToPath(path('../../support/electron/ports.ts')),
      script: path('../../../main/engine-process.ts').href,
    },
  });
  workers.push(worker);
  const exited = new Promise<number>((resolve) => worker.once('exit', resolve));
  return {
    exited,
    connect(): RemoteClient {
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ data: { type: 'connect' }, ports: [port2] }, [port2]);
      return connectClient(portChannel(new StandInPort(port1)));
    },
    /** Asks and waits for no answer. */
    ask(data: EngineRequest): void {
      const { port1, port2 } = new MessageChannel();
      port1.unref();
      worker.postMessage({ data, ports: [port2] }, [port2]);
    },
    stop: () => worker.postMessage({ data: { type: 'stop' }, ports: [] }),
  };
}

test('the engine’s process serves the contract from the data directory, and ends in order', async () => {
  const engine = startProcess();
  const client = engine.connect();
  expect(await client.call('folder.list', {})).toEqual([]);
  await client.call('setting.set', { paused: true });
  engine.stop();
  expect(await engine.exited).toBe(0);
  expect((await client.lost).code).toBe('engine-lost');

  const next = startProcess();
  const again = next.connect();
  expect(await again.call('setting.get', {})).toMatchObject({ paused: true });
  next.stop();
  expect(await next.exited).toBe(0);
});

test('an engine that already runs is used, and the work taken over when it ends', async () => {
  const other = openEngine(home, () => new CollectedLog());
  await other.client.call('sync.start', { ids: [] });
  const engine = startProcess();
  const client = engine.connect();
  await client.call('setting.set', { uploadLimitBytesPerSecond: 4096 });
  // What was asked of the process was done by the other engine, which alone may write.
  expect(await other.client.call('setting.get', {})).toMatchObject({ uploadLimitBytesPerSecond: 4096 });
  expect(other.engine.holdsLock).toBe(true);
  await other.close();
  await expect.poll(() => isTaken(home), { timeout: 30_000 }).toBe(true);
  engine.stop();
  expect(await engine.exited).toBe(0);
});

test('a download that is under way when the app ends leaves nothing behind', async () => {
  const double = await useDouble();
  const bucket = await makeBucket(double);
  await bucket.put('film.mkv', randomBytes(4e6));
  const { endpoint, accessKey: accessKeyId, secretKey: secretAccessKey } = double;
  const engine = startProcess();
  const client = engine.connect();
  await client.call('account.add', { name: 'a', endpoint, accessKeyId, secretAccessKey, storeSecretInFile: true });
  await client.call('setting.set', { downloadLimitBytesPerSecond: 100_000 });
  const directory = join(home, 'downloads');
  await mkdir(directory);
  const source = { account: 'a', bucket: bucket.name, key: 'film.mkv' };
  engine.ask({ type: 'download', source, path: join(directory, 'film.mkv') });
  await pollUntil('the download to begin', async () => (await readdir(directory)).length > 0 || undefined);
  engine.stop();
  expect(await engine.exited).toBe(0);
  expect(await readdir(directory)).toEqual([]);
});

/** Whether another engine holds the lock now. */
async function isTaken(directory: string): Promise<boolean> {
  const probe = openEngine(directory, () => new CollectedLog());
  try {
    await probe.client.call('sync.start', { ids: [] });
    return false;
  } catch {
    return true;
  } finally {
    await probe.close();
  }
}
