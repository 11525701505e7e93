import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { EngineStatus, FolderInfo, TransferInfo } from '../../../src/api/index.ts';
import { attachEngine } from '../../../src/engine/index.ts';
import { makeBucket, type EngineBucket } from '../../support/engine-bucket.ts';
import { CliWorld, type CliRun } from '../../support/engine-cli.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import type { S3Double } from '../../support/s3-double/index.ts';

/** One engine a person, in real processes. */

// Each test starts some ten processes, one after the other.
vi.setConfig({ testTimeout: 180_000 });

interface Setup {
  readonly world: CliWorld;
  readonly double: S3Double;
  readonly bucket: EngineBucket;
}

async function setUp(): Promise<Setup> {
  const double = await useDouble();
  const bucket = await makeBucket(double);
  const world = await CliWorld.make();
  expect(await world.addAccount(double)).toMatchObject({ exitCode: 0 });
  expect(await world.addFolder(`${bucket.name}/root`)).toMatchObject({ exitCode: 0 });
  return { world, double, bucket };
}

const HOSTING = 'Watching for changes.';
const ATTACHED = 'RustFS Sync runs already';

const until = (run: CliRun, text: string) =>
  pollUntil(`“${text}” in ${JSON.stringify(run.written)}`, () => {
    const { stdout, stderr } = run.written;
    return stderr.includes(text) || stdout.includes(text) ? true : undefined;
  });

/** How often a text was written to stderr. */
const count = (run: CliRun, text: string) => run.written.stderr.split(text).length - 1;

async function startSync(world: CliWorld): Promise<CliRun> {
  const run = world.start(['sync']);
  await until(run, 'in sync');
  return run;
}

const objectIsThere = (bucket: EngineBucket, key: string) =>
  pollUntil(`the object ${key}`, async () => ((await bucket.etag(key)) === undefined ? undefined : true));

/** Asks the engine itself, since a process for each question takes long. */
async function transferBegins(world: CliWorld): Promise<void> {
  const engine = await attachEngine(world.home);
  if (engine === undefined) throw new Error('No engine runs.');
  await pollUntil('a transfer', async () => {
    const transfers = await engine.client.call('transfer.list', {});
    return transfers.some(({ doneBytes, sizeBytes }) => doneBytes > 0 || sizeBytes < MIB) ? true : undefined;
  });
  engine.client.close();
}

async function json<T>(world: CliWorld, ...args: readonly string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await world.run([...args, '--json', '--quiet']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

describe('two `sync`', () => {
  test('begun at the same moment: one hosts and the other shows it; Ctrl-C in the other leaves the first at work', async () => {
    const { world, bucket } = await setUp();
    for (let round = 0; round < 2; round++) {
      const runs = [world.start(['sync']), world.start(['sync'])] as const;
      await Promise.all(runs.map((run) => until(run, 'in sync')));
      const [host, other] = count(runs[0], HOSTING) === 1 ? runs : [runs[1], runs[0]];
      expect([count(host, HOSTING), count(other, HOSTING)]).toEqual([1, 0]);
      expect(other.written.stderr).toContain(`${ATTACHED}, as process ${host.pid}`);

      other.kill('SIGINT');
      expect(await other.done).toMatchObject({ exitCode: 0 });
      expect(other.written.stderr).toContain(`RustFS Sync goes on as process ${host.pid}.`);
      await world.root.write(`after-${round}`, 'x');
      await objectIsThere(bucket, `root/after-${round}`);
      host.kill('SIGINT');
      await host.done;
    }
  });

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'when the first ends by %s, exactly one of the others goes on',
    async (signal) => {
      const { world, bucket } = await setUp();
      const host = await startSync(world);
      const others = [await startSync(world), await startSync(world)] as const;
      host.kill(signal);
      await host.done;
      const hosts = await pollUntil('somebody to go on', () => {
        const hosting = others.filter((run) => count(run, HOSTING) > 0);
        const attached = others.filter((run) => count(run, ATTACHED) > 1);
        return hosting.length + attached.length === 2 ? hosting : undefined;
      });
      expect(hosts).toHaveLength(1);
      await world.root.write('later', 'x');
      await objectIsThere(bucket, 'root/later');
      expect(await json<EngineStatus>(world, 'status')).toMatchObject({ folders: [{ state: 'in-sync' }] });
    },
  );
});

describe('while one syncs', () => {
  test('status and transfers in another terminal show what is on its way, and how fast', async () => {
    const { world } = await setUp();
    expect(await world.run(['config', 'upload-limit', '4MiB/s'])).toMatchObject({ exitCode: 0 });
    await world.root.write('film', randomContent(128 * MIB));
    const host = world.start(['sync']);
    await until(host, 'syncing');
    await transferBegins(world);
    expect((await json<{ running: TransferInfo[] }>(world, 'transfers')).running[0]).toMatchObject({
      path: 'film',
      direction: 'up',
      sizeBytes: 128 * MIB,
    });
    const status = await json<EngineStatus>(world, 'status');
    expect(status.folders[0]).toMatchObject({ state: 'syncing', planned: { files: 1, bytes: 128 * MIB } });
    expect(status.bytesPerSecond.up).toBeGreaterThan(0);
    expect((await world.run(['status'])).stdout).toMatch(/syncing[\s\S]*Sending /);
    host.kill('SIGINT');
    await host.done;
  });

  test('folders are added, paused, resumed and removed there at once, and limits are kept', async () => {
    const { world, bucket } = await setUp();
    const host = await startSync(world);
    const second = join(dirname(world.root.path), 'second');
    await mkdir(second);
    await writeFile(join(second, 'one'), '1');
    const added = await json<FolderInfo>(world, 'folder', 'add', second, `test:${bucket.name}/second`);
    await objectIsThere(bucket, 'second/one');

    expect(await world.run(['folder', 'pause', added.id])).toMatchObject({ exitCode: 0 });
    await until(host, 'paused');
    await writeFile(join(second, 'two'), '2');
    await world.root.write('other', 'x');
    await objectIsThere(bucket, 'root/other');
    expect(await bucket.etag('second/two')).toBeUndefined();
    expect(await world.run(['folder', 'resume', added.id])).toMatchObject({ exitCode: 0 });
    await objectIsThere(bucket, 'second/two');

    expect(await world.run(['config', 'upload-limit', '1MiB/s'])).toMatchObject({ exitCode: 0 });
    const startMs = performance.now();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) await world.root.write(`large-${name}`, randomContent(MIB));
    for (const name of names) await objectIsThere(bucket, `root/large-${name}`);
    expect(performance.now() - startMs).toBeGreaterThan(2_000);

    expect(await world.run(['folder', 'remove', added.id])).toMatchObject({ exitCode: 0 });
    expect((await json<EngineStatus>(world, 'status')).folders).toHaveLength(1);
    host.kill('SIGINT');
    await host.done;
  });

  test('sync --once waits for its passes and ends with their exit code', async () => {
    const { world, double, bucket } = await setUp();
    const host = await startSync(world);
    await world.root.write('a', 'x');
    const once = await world.run(['sync', '--once']);
    expect(once).toMatchObject({ exitCode: 0 });
    expect(once.stderr).toContain('Everything is in sync.');
    expect(await bucket.etag('root/a')).toBeDefined();

    double.faults.add({ operation: 'PutObject' }, { kind: 'error', code: 'AccessDenied' });
    await world.root.write('b', 'x');
    const refused = await world.run(['sync', '--once']);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain('b');
    double.faults.clear();
    host.kill('SIGINT');
    await host.done;
  });

  test('put and get move their bytes themselves', async () => {
    const { world, bucket } = await setUp();
    const host = await startSync(world);
    const content = randomContent(20 * MIB);
    const path = join(dirname(world.root.path), 'big');
    await writeFile(path, content);
    expect(await world.run(['put', path, `test:${bucket.name}/elsewhere/big`])).toMatchObject({ exitCode: 0 });
    expect(await world.run(['get', `test:${bucket.name}/elsewhere/big`, `${path}-again`])).toMatchObject({
      exitCode: 0,
    });
    expect((await readFile(`${path}-again`)).equals(content)).toBe(true);
    host.kill('SIGINT');
    await host.done;
  });
});

describe('after kill -9 of the one that syncs', () => {
  test('every command works at once, and the next sync is the engine', async () => {
    const { world, bucket } = await setUp();
    const first = await startSync(world);
    first.kill('SIGKILL');
    await first.done;
    expect(await json<EngineStatus>(world, 'status')).toMatchObject({ folders: [{ state: 'not-running' }] });
    await world.root.write('a', 'x');
    expect(await world.run(['sync', '--once'])).toMatchObject({ exitCode: 0 });
    const second = await startSync(world);
    expect(count(second, HOSTING)).toBe(1);
    expect(await json<EngineStatus>(world, 'status')).toMatchObject({
      folders: [{ state: 'in-sync', filesInSync: 1 }],
    });
    expect(await bucket.etag('root/a')).toBeDefined();
    second.kill('SIGINT');
    expect(await second.done).toMatchObject({ exitCode: 0 });
  });
});

describe('while none syncs', () => {
  test('commands that write at the same moment take turns, and all of them succeed', async () => {
    const { world, bucket } = await setUp();
    const directories = ['one', 'two', 'three'].map((name) => join(dirname(world.root.path), name));
    for (const directory of directories) await mkdir(directory);
    const results = await Promise.all(
      directories.map((directory, index) => world.run(['folder', 'add', directory, `test:${bucket.name}/${index}`])),
    );
    for (const { exitCode, stderr } of results) {
      expect(exitCode).toBe(0);
      // Who waits for more than a second says so first.
      expect(stderr).toMatch(/^(Another rustfs-sync command is at work .*\n)?Start with: rustfs-sync sync\n$/);
    }
    expect(await json<FolderInfo[]>(world, 'folder', 'list')).toHaveLength(4);
  });
});
