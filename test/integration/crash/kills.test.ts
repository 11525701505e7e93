import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { makeBucket, type EngineBucket } from '../../support/engine-bucket.ts';
import { CliWorld } from '../../support/engine-cli.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useWireProxy } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { SeededRandom } from '../../support/test-environment.ts';
import type { WireProxy, WireRequest } from '../../support/wire-proxy.ts';

/** The whole thing: RUSTFS_SYNC_KILLS=50 RUSTFS_SYNC_KILL_SIZE_MIB=1024. */
const KILLS = Number(process.env['RUSTFS_SYNC_KILLS'] ?? 10);
const SIZE_MIB = Number(process.env['RUSTFS_SYNC_KILL_SIZE_MIB'] ?? 200);
const SEED = Number(process.env['RUSTFS_SYNC_KILL_SEED'] ?? Date.now() % 1_000_000);
/** Milliseconds after its first part at which a run is killed, at the latest. */
const KILL_WINDOW_MS = 450;
const TIMEOUT_MS = 60_000 + KILLS * 6_000 + SIZE_MIB * 400;

/** Writes a file of which no two mebibytes are equal. @returns its SHA-256. */
async function writeLarge(path: string, sizeMib: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    const block = randomContent(MIB);
    for (let i = 0; i < sizeMib; i++) {
      block.writeUInt32BE(i, 0);
      hash.update(block);
      await file.write(block);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function hashOfObject(bucket: EngineBucket, key: string): Promise<string> {
  const { Body } = await bucket.client.send(new GetObjectCommand({ Bucket: bucket.name, Key: key }));
  const hash = createHash('sha256');
  for await (const chunk of Body as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest('hex');
}

/** Parts are answered one after the other over most of a second, so that a kill finds some answered and some not. */
function slowDownParts(proxy: WireProxy): void {
  for (let digit = 0; digit < 10; digit++) {
    const query = new RegExp(`partNumber=\\d*${digit}(&|$)`);
    proxy.addFault({ method: 'PUT', query }, { kind: 'delay', delayMs: 60 * (digit + 1) });
  }
}

const isPart = ({ method, query }: WireRequest) => method === 'PUT' && query.includes('partNumber=');
const partNumberOf = ({ query }: WireRequest) => Number(/partNumber=(\d+)/.exec(query)?.[1]);

/** Part numbers that the server acknowledged more than once, for one content of the file. */
function resentParts(requests: readonly WireRequest[]): number[] {
  const acknowledged = requests.filter((one) => isPart(one) && one.upstreamStatus === 200).map(partNumberOf);
  return acknowledged.filter((part, index) => acknowledged.indexOf(part) !== index);
}

describe.skipIf(isWithoutRealServer)('kill -9 of the real process at random moments', () => {
  test(
    `${KILLS} kills during uploads of ${SIZE_MIB} MiB: no acknowledged part is sent again, the object is right, no upload is left`,
    { timeout: TIMEOUT_MS },
    async () => {
      const server = sharedServer();
      const random = new SeededRandom(SEED);
      const proxy = await useWireProxy(server.endpoint);
      const bucket = await makeBucket(server);
      const world = await CliWorld.make();
      expect(await world.addAccount({ ...server, endpoint: proxy.endpoint })).toMatchObject({ exitCode: 0 });
      expect(await world.addFolder(bucket.name)).toMatchObject({ exitCode: 0 });
      slowDownParts(proxy);

      const sum = { kills: 0, runs: 0, contents: 0, parts: 0, sentParts: 0, resentParts: 0 };
      while (sum.kills < KILLS) {
        const sha256 = await writeLarge(world.root.at('film.bin'), SIZE_MIB);
        proxy.requests.length = 0;
        sum.contents += 1;
        for (let isComplete = false; !isComplete;) {
          const before = proxy.requests.filter(isPart).length;
          const run = world.start(['sync', '--once']);
          sum.runs += 1;
          const ended = run.done.then(() => 'ended' as const);
          if (sum.kills < KILLS) {
            const begun = pollUntil(
              'the first part of this run',
              () => (proxy.requests.filter(isPart).length > before ? ('begun' as const) : undefined),
              { deadlineMs: 60_000, everyMs: 2 },
            );
            if ((await Promise.race([begun, ended])) === 'begun') {
              const atMs = performance.now() + random.next() * KILL_WINDOW_MS;
              await pollUntil('the moment', () => (performance.now() >= atMs ? true : undefined), { everyMs: 1 });
              run.kill('SIGKILL');
            }
            begun.catch(() => undefined);
          }
          const { exitCode, stderr } = await run.done;
          isComplete = exitCode !== undefined;
          if (isComplete) expect({ seed: SEED, exitCode, stderr }).toMatchObject({ exitCode: 0 });
          else sum.kills += 1;
        }
        const parts = proxy.requests.filter(isPart);
        sum.parts += Math.ceil(SIZE_MIB / 8);
        sum.sentParts += parts.length;
        sum.resentParts += resentParts(proxy.requests).length;
        expect({ seed: SEED, resent: resentParts(proxy.requests) }).toEqual({ seed: SEED, resent: [] });
        expect(new Set(parts.map(partNumberOf)).size).toBe(Math.ceil(SIZE_MIB / 8));
        expect(await hashOfObject(bucket, 'film.bin')).toBe(sha256);
        expect(await bucket.unfinishedUploads()).toEqual([]);
      }
      console.log(`Kills with seed ${SEED}: ${JSON.stringify(sum)}`);
      proxy.requests.length = 0;
      expect(await world.run(['sync', '--once'])).toMatchObject({ exitCode: 0 });
      expect(proxy.requests.filter(isPart)).toEqual([]);
    },
  );

  test(
    'a kill while the server copies a renamed file in parts: the copy is made anew, and no upload is left',
    { timeout: 120_000 },
    async () => {
      const server = sharedServer();
      const proxy = await useWireProxy(server.endpoint);
      const bucket = await makeBucket(server);
      const world = await CliWorld.make();
      await world.addAccount({ ...server, endpoint: proxy.endpoint });
      await world.addFolder(bucket.name, ['--mirror-deletes']);
      const sha256 = await writeLarge(world.root.at('old'), 40);
      for (const name of ['b', 'c', 'd']) await world.root.write(name, name);
      expect(await world.run(['sync', '--once'])).toMatchObject({ exitCode: 0 });

      await world.root.move('old', 'new');
      proxy.requests.length = 0;
      const mend = proxy.addFault({ method: 'PUT', query: /partNumber=3/ }, { kind: 'delay', delayMs: 60_000 });
      const run = world.start(['sync', '--once']);
      const isThird = (one: WireRequest) => isPart(one) && partNumberOf(one) === 3;
      await pollUntil('the copy of the third part', () => (proxy.requests.some(isThird) ? true : undefined));
      run.kill('SIGKILL');
      await run.done;
      mend();
      expect(await bucket.unfinishedUploads()).toEqual(['new']);

      expect(await world.run(['sync', '--once'])).toMatchObject({ exitCode: 0 });
      expect(await bucket.keys()).toEqual(['b', 'c', 'd', 'new']);
      expect(await hashOfObject(bucket, 'new')).toBe(sha256);
      expect(await bucket.unfinishedUploads()).toEqual([]);
    },
  );

  test(
    'kills while small files are made, edited and deleted: all converges, and none is taken for a conflict',
    { timeout: 240_000 },
    async () => {
      const server = sharedServer();
      const random = new SeededRandom(SEED);
      const proxy = await useWireProxy(server.endpoint);
      const bucket = await makeBucket(server);
      const world = await CliWorld.make();
      await world.addAccount({ ...server, endpoint: proxy.endpoint });
      await world.addFolder(bucket.name, ['--mirror-deletes']);
      const contents = new Map<string, string>();
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 120; i++) {
          const path = `d${i % 5}/${i}`;
          if (random.next() < 0.1 && contents.delete(path)) {
            await world.root.remove(path);
          } else if (random.next() < 0.7) {
            // Mostly of the size of the one before: then only times and content tell.
            contents.set(path, `${random.next() < 0.8 ? 'same size' : 'other'} ${100 + round} ${100 + i}`);
            await world.root.write(path, contents.get(path) ?? '');
          }
        }
        const before = proxy.requests.length;
        const run = world.start(['sync', '--once']);
        await pollUntil('some requests', () => (proxy.requests.length > before + 4 ? true : undefined), {
          deadlineMs: 30_000,
          everyMs: 1,
        });
        const atMs = performance.now() + random.next() * 120;
        await pollUntil('the moment', () => (performance.now() >= atMs ? true : undefined), { everyMs: 1 });
        run.kill('SIGKILL');
        await run.done;
        expect({ seed: SEED, ...(await world.run(['sync', '--once'])) }).toMatchObject({ exitCode: 0 });
        expect(await bucket.keys()).toEqual([...contents.keys()].sort());
        for (const [path, content] of contents) expect(await bucket.text(path)).toBe(content);
      }
      const puts = proxy.count({ method: 'PUT' });
      expect(await world.run(['sync', '--once'])).toMatchObject({ exitCode: 0 });
      expect(proxy.count({ method: 'PUT' })).toBe(puts);
    },
  );
});
