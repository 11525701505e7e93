import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Client, TrialInfo } from '../../../src/api/index.ts';
import { attachEngine, openEngine, type OpenedEngine } from '../../../src/engine/index.ts';
import { sampleIn } from '../../../src/trial/index.ts';
import { CliWorld } from '../../support/engine-cli.ts';
import { pollUntil } from '../../support/loopback.ts';
import { CollectedLog } from '../../support/test-environment.ts';

/** Trying the program without a server. */

interface World {
  readonly home: string;
  readonly person: string;
  readonly open: () => OpenedEngine;
}

async function makeWorld(): Promise<World> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-trial-test-')));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const home = join(directory, 'state');
  const person = join(directory, 'person');
  await mkdir(join(person, 'Documents'), { recursive: true });
  const open = () => {
    const opened = openEngine(home, () => new CollectedLog(), undefined, person);
    onTestFinished(() => opened.close());
    return opened;
  };
  return { home, person, open };
}

/** Syncs the samples both ways. */
async function syncSamples(client: Client, { account, bucket, sampleRoot }: TrialInfo): Promise<void> {
  const folder = await client.call('folder.add', { localRoot: sampleRoot, account, bucket, mode: 'two-way' });
  expect(await client.call('sync.once', { ids: [folder.id] })).toMatchObject({ result: 'in-sync' });
}

async function expectNothing(client: Client, home: string): Promise<void> {
  expect(await client.call('account.list', {})).toEqual([]);
  expect(await client.call('folder.list', {})).toEqual([]);
  expect((await client.call('status.get', {})).trial).toBeUndefined();
  await pollUntil('the server’s files to be gone', () => !existsSync(join(home, 'trial')) || undefined);
}

const isAnswered = (endpoint: string) =>
  fetch(`${endpoint}/health`).then(
    () => true,
    () => false,
  );

test('a trial syncs its samples both ways, and leaves nothing when it is ended', async () => {
  const { home, person, open } = await makeWorld();
  const { client } = open();
  const trial = await client.call('trial.start', {});
  expect(trial).toMatchObject({ account: 'Trial', sampleRoot: join(person, 'Documents', 'RustFS Sync trial') });
  expect((await client.call('status.get', {})).trial).toEqual(trial);
  expect(await client.call('trial.start', {}), 'a second one is the same').toEqual(trial);
  const [account] = await client.call('account.list', {});
  expect(account).toMatchObject({ name: 'Trial', secretPlace: 'file' });
  expect(new URL(account?.endpoint ?? '').hostname).toBe('127.0.0.1');

  await syncSamples(client, trial);
  const { local, remote } = sampleIn('en');
  const expected = [...local, ...remote].map(({ path }) => path).sort();
  const listed: string[] = [];
  for await (const item of client.stream('object.list', { account: 'Trial', bucket: trial.bucket, recursive: true })) {
    listed.push(item.key);
  }
  expect(listed.filter((key) => !key.startsWith('.')).sort()).toEqual(expected);
  for (const { path, bytes } of remote) expect(await readFile(join(trial.sampleRoot, path))).toEqual(bytes);
  // What a person set up comes back after a loss of the state; this does not.
  expect(await readFile(join(home, 'config.json'), 'utf8')).not.toContain('Trial');

  expect(await client.call('trial.end', {})).toEqual({});
  await expectNothing(client, home);
  expect(await readdir(join(person, 'Documents'))).toEqual([]);
  expect(await isAnswered(account?.endpoint ?? '')).toBe(false);
  expect(await readFile(join(home, 'secrets.json'), 'utf8')).toBe('{}');
});

test('what was put into a large file comes back from the disk of the server as it was', async () => {
  const { open } = await makeWorld();
  const { client, engine } = open();
  const trial = await client.call('trial.start', { language: 'zh-CN' });
  expect(trial.account).toBe('试用');
  await syncSamples(client, trial);
  const large = sampleIn('zh-CN').local.find(({ bytes }) => bytes.length > 1_000_000);
  if (large === undefined) throw new Error('There is a large sample.');
  const { account, bucket } = trial;
  const pieces: Uint8Array[] = [];
  const destination = {
    kind: 'stream' as const,
    write: async (piece: Uint8Array) => void pieces.push(Buffer.from(piece)),
  };
  const { signal } = new AbortController();
  await engine.transfers.get({ account, bucket, key: large.path }, destination, () => undefined, signal);
  expect(Buffer.compare(Buffer.concat(pieces), large.bytes)).toBe(0);
});

describe('the folder of samples', () => {
  test.each([
    ['a file was changed', (root: string) => writeFile(join(root, 'Read me first.txt'), 'mine now')],
    ['a file was added', (root: string) => writeFile(join(root, 'Notes', 'mine.txt'), 'mine')],
    [
      'something lies in its trash',
      async (root: string) => {
        await mkdir(join(root, '.rustfs-sync', 'trash', '2026'), { recursive: true });
        await writeFile(join(root, '.rustfs-sync', 'trash', '2026', 'mine.txt'), 'mine');
      },
    ],
  ])('stays as a whole when %s', async (_name, change) => {
    const { home, open } = await makeWorld();
    const { client } = open();
    const trial = await client.call('trial.start', {});
    await change(trial.sampleRoot);
    expect(await client.call('trial.end', {})).toEqual({ keptSampleRoot: trial.sampleRoot });
    await expectNothing(client, home);
    expect(await readdir(trial.sampleRoot)).toContain('Large file.bin');
  });

  test('is never one that was there before', async () => {
    const { person, open } = await makeWorld();
    const theirs = join(person, 'Documents', 'RustFS Sync trial');
    await mkdir(theirs);
    const { client } = open();
    const { sampleRoot } = await client.call('trial.start', {});
    expect(sampleRoot).toBe(`${theirs} 2`);
    await client.call('trial.end', {});
    expect(await readdir(join(person, 'Documents'))).toEqual(['RustFS Sync trial']);
  });
});

test('a trial ends with its engine', async () => {
  const { home, person, open } = await makeWorld();
  const first = open();
  await syncSamples(first.client, await first.client.call('trial.start', {}));
  await first.close();
  expect(await readdir(join(person, 'Documents'))).toEqual([]);
  await expectNothing(open().client, home);
});

test('a trial whose engine was killed is cleared by the next one, and nothing else is', async () => {
  const { home, person, open } = await makeWorld();
  const engine = new URL('../../../src/engine/index.ts', import.meta.url).href;
  const script = `
    const { openEngine } = await import(${JSON.stringify(engine)});
    const { client } = openEngine(${JSON.stringify(home)}, () => console, undefined, ${JSON.stringify(person)});
    await client.call('sync.start', { ids: [] });`;
  const run = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  const ended = once(run, 'exit');
  onTestFinished(() => void run.kill('SIGKILL'));
  const attached = await pollUntil('the engine', () => attachEngine(home));
  onTestFinished(() => attached.client.close());
  const trial = await attached.client.call('trial.start', {});
  await syncSamples(attached.client, trial);
  run.kill('SIGKILL');
  await ended;

  const { client } = open();
  expect(await client.call('account.list', {})).toHaveLength(1);
  // The first that may write clears it.
  await client.call('sync.start', { ids: [] });
  expect(await client.call('account.list', {})).toEqual([]);
  await pollUntil('the samples to be gone', () => !existsSync(trial.sampleRoot) || undefined);
  await expectNothing(client, home);
});

test('rustfs-sync try syncs the samples and touches nothing of the person', async () => {
  const world = await CliWorld.make();
  const places = await mkdtemp(join(tmpdir(), 'rustfs-sync-try-'));
  onTestFinished(() => rm(places, { recursive: true, force: true }));
  const { exitCode, stdout, stderr } = await world.start(['try', '--once'], { TMPDIR: places, TEMP: places }).done;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout + stderr).toContain('nothing of it is kept');
  expect(await readdir(places)).toEqual([]);
  expect(existsSync(world.home)).toBe(false);
});
