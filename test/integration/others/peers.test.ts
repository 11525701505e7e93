import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeBucket } from '../../support/engine-bucket.ts';
import { CliWorld } from '../../support/engine-cli.ts';
import { isWithoutRealServer, sharedServer, useWireProxy } from '../../support/engine-servers.ts';
import { installedPeer, peerEnvironment, type PeerName } from '../../support/peers.ts';
import type { WireProxy } from '../../support/wire-proxy.ts';

/** People who come from rclone or mc, or use them beside: what one of us wrote is the same file to the other. */

const TIMEOUT_MS = 120_000;
const MIB = 1024 * 1024;

interface Ended {
  readonly exitCode: number;
  /** stdout and stderr. */
  readonly said: string;
}

const [rclone, mc] = await Promise.all([installedPeer('rclone'), installedPeer('mc')]);
for (const [name, path] of Object.entries({ rclone, mc })) {
  if (path === undefined) process.stderr.write(`${name} is not installed: its tests are skipped.\n`);
}

/** Runs a peer with the bucket's server as its remote \`bench\`. */
async function makePeer(name: PeerName): Promise<(...args: string[]) => Promise<Ended>> {
  const path = (await installedPeer(name)) ?? '';
  const scratch = await mkdtemp(join(tmpdir(), 'rustfs-sync-peer-'));
  onTestFinished(() => rm(scratch, { recursive: true, force: true }));
  await writeFile(join(scratch, 'rclone.conf'), '');
  const env = { ...process.env, ...peerEnvironment(sharedServer(), scratch) };
  return async (...args) => {
    try {
      const { stdout, stderr } = await promisify(execFile)(path, args, { env, maxBuffer: 16 * MIB });
      return { exitCode: 0, said: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { exitCode: code, said: stdout + stderr };
    }
  };
}

/** Small files, names that are spelt otherwise in a request, an executable one, times with a fraction, and 21 MiB in parts. */
const CONTENTS: Readonly<Record<string, Buffer>> = {
  'empty.txt': Buffer.alloc(0),
  'letters/a b+c%20&=?.txt': Buffer.from('signs'),
  'letters/日本 ä.txt': Buffer.from('letters'),
  'bin/run.sh': Buffer.from('#!/bin/sh\n'),
  'film.mov': Buffer.alloc(21 * MIB, 'film'),
};

async function fill(root: string): Promise<void> {
  for (const [path, content] of Object.entries(CONTENTS)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: path.startsWith('bin/') ? 0o755 : 0o644 });
    await utimes(file, 1_700_000_000.25, 1_700_000_000.25);
  }
}

/** A root full of files, and an account that reaches the real server through a proxy that counts. */
async function makeWorld(): Promise<{ world: CliWorld; proxy: WireProxy; bucket: string }> {
  const world = await CliWorld.make();
  const bucket = await makeBucket(sharedServer());
  const proxy = await useWireProxy(sharedServer().endpoint);
  await fill(world.root.path);
  expect(await world.addAccount({ ...sharedServer(), endpoint: proxy.endpoint })).toMatchObject({ exitCode: 0 });
  return { world, proxy, bucket: bucket.name };
}

async function syncOnce(world: CliWorld, bucket: string, mode: string): Promise<void> {
  expect(await world.addFolder(bucket, ['--mode', mode])).toMatchObject({ exitCode: 0 });
  expect(await world.run(['sync', '--once'])).toMatchObject({ exitCode: 0 });
}

/** Writes to the bucket's own keys, but for those with which the server is tried out. */
function writes(proxy: WireProxy): string[] {
  const isWrite = ({ method }: { method: string }) => method === 'PUT' || method === 'POST' || method === 'DELETE';
  return proxy.requests
    .filter((request) => isWrite(request) && !request.path.includes('.rustfs-sync'))
    .map(({ method, path, query }) => `${method} ${path}?${query}`);
}

const RCLONE_PARTS = ['--s3-upload-cutoff', '16M', '--s3-chunk-size', '5M'];

describe.skipIf(isWithoutRealServer || rclone === undefined)('rclone', { timeout: TIMEOUT_MS }, () => {
  test('what it copied is recognised: nothing is sent or fetched, and nothing is a conflict', async () => {
    const { world, proxy, bucket } = await makeWorld();
    const run = await makePeer('rclone');
    expect(await run('copy', world.root.path, `bench:${bucket}`, ...RCLONE_PARTS)).toMatchObject({ exitCode: 0 });
    await syncOnce(world, bucket, 'two-way');
    expect(writes(proxy)).toEqual([]);
    expect(proxy.requests.filter(({ method, path }) => method === 'GET' && path.endsWith('.mov'))).toEqual([]);
  });

  test('what we sent is the same to it: check and sync find nothing to do', async () => {
    const { world, bucket } = await makeWorld();
    await syncOnce(world, bucket, 'upload');
    const run = await makePeer('rclone');
    const ours = ['--exclude', '.rustfs-sync/**', '--exclude', '.rustfs-sync-trash/**'];
    const checked = await run('check', world.root.path, `bench:${bucket}`, ...ours);
    expect(checked).toMatchObject({ exitCode: 0 });
    expect(checked.said).toContain('0 differences found');
    const sync = await run('sync', '--dry-run', '-v', world.root.path, `bench:${bucket}`, ...ours);
    expect(sync).toMatchObject({ exitCode: 0 });
    expect(sync.said).not.toMatch(/Skipped (copy|update|delete|set|make)/);
    expect(sync.said).toMatch(/Checks:\s+5 \/ 5/);
  });

  test('what it copied gets the times that its files had', async () => {
    const { world, bucket } = await makeWorld();
    const run = await makePeer('rclone');
    await run('copy', world.root.path, `bench:${bucket}`, ...RCLONE_PARTS);
    const other = await CliWorld.make();
    await other.addAccount(sharedServer());
    await syncOnce(other, bucket, 'download');
    const checked = await run(
      'sync',
      '--dry-run',
      '-v',
      `bench:${bucket}`,
      other.root.path,
      '--exclude',
      '.rustfs-sync/**',
    );
    expect(checked.said).not.toMatch(/Skipped/);
  });

  test('a remote of its own configuration becomes an account that works', async () => {
    const world = await CliWorld.make();
    const { name: bucket } = await makeBucket(sharedServer());
    const run = await makePeer('rclone');
    const { endpoint, accessKey, secretKey } = sharedServer();
    const config = join(dirname(world.home), 'rclone.conf');
    const options = { type: 's3', provider: 'Minio', endpoint, access_key_id: accessKey, secret_access_key: secretKey };
    const { type, ...others } = options;
    const settings = Object.entries(others).map(([key, value]) => `${key}=${value}`);
    expect(await run('config', 'create', 'nas', type, ...settings, '--config', config)).toMatchObject({ exitCode: 0 });
    const imported = await world.run(['import', 'rclone', '--config', config, '--store-secret-in-file']);
    expect(imported).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Added 1 account') as string });
    expect(imported.stdout).toMatch(/^nas .*added$/m);
    expect(await world.run(['ls', `nas:${bucket}`])).toMatchObject({ exitCode: 0 });
  });
});

describe.skipIf(isWithoutRealServer || mc === undefined)('mc', { timeout: TIMEOUT_MS }, () => {
  test('what it mirrored is recognised: nothing is sent, and nothing is a conflict', async () => {
    const { world, proxy, bucket } = await makeWorld();
    const run = await makePeer('mc');
    const mirrored = await run('mirror', '--exclude', '.rustfs-sync/*', '-a', world.root.path, `bench/${bucket}`);
    expect(mirrored).toMatchObject({ exitCode: 0 });
    await syncOnce(world, bucket, 'two-way');
    expect(writes(proxy)).toEqual([]);
  });

  test('what we sent is the same to it: diff and mirror find nothing to do', async () => {
    const { world, bucket } = await makeWorld();
    await syncOnce(world, bucket, 'upload');
    const run = await makePeer('mc');
    await rm(join(world.root.path, '.rustfs-sync'), { recursive: true });
    expect(await run('diff', world.root.path, `bench/${bucket}`)).toEqual({ exitCode: 0, said: '' });
    const mirror = await run('mirror', '--dry-run', '--overwrite', world.root.path, `bench/${bucket}`);
    expect(mirror.exitCode).toBe(0);
    expect(mirror.said).not.toContain('->');
  });

  test('an alias of its own configuration becomes an account that works', async () => {
    const world = await CliWorld.make();
    const { name: bucket } = await makeBucket(sharedServer());
    const run = await makePeer('mc');
    const { endpoint, accessKey, secretKey } = sharedServer();
    const directory = join(dirname(world.home), 'mc');
    const added = await run('--config-dir', directory, 'alias', 'set', 'nas', endpoint, accessKey, secretKey);
    expect(added).toMatchObject({ exitCode: 0 });
    const imported = await world.run(['import', 'mc', 'nas', '--store-secret-in-file'], { MC_CONFIG_DIR: directory });
    expect(imported).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Added 1 account') as string });
    expect(imported.stdout).toMatch(/^nas .*added$/m);
    expect(await world.run(['ls', `nas:${bucket}`])).toMatchObject({ exitCode: 0 });
  });
});
