import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Environment, FileSystem } from '../../../src/core/environment.ts';
import { cancelled } from '../../../src/core/errors.ts';
import { openEngine } from '../../../src/engine/index.ts';
import { allOf } from '../../support/all-of.ts';
import { createWorld } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { CollectedLog } from '../../support/test-environment.ts';
import { withQuickClock } from '../../support/two-way-team.ts';
import { withMethods } from '../../support/with-methods.ts';

describe('what a person asks of a running engine', () => {
  test('an upload limit is kept, roughly, and so is the speed that is told', async () => {
    const world = await createWorld(await useDouble());
    await world.client.call('setting.set', { uploadLimitBytesPerSecond: 4 * MIB });
    await world.root.write('photo', randomContent(12 * MIB));
    const told: number[] = [];
    const watching = new AbortController();
    const watch = (async () => {
      const statuses = world.client.stream('status.watch', {}, watching.signal);
      for await (const { bytesPerSecond } of statuses) told.push(bytesPerSecond.up);
    })().catch(() => undefined);
    const startMs = performance.now();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    const seconds = (performance.now() - startMs) / 1000;
    watching.abort();
    await watch;
    expect(Math.max(...told)).toBeGreaterThan(MIB);
    // A quarter of a second leaves at once, and a piece with it.
    expect(Math.max(...told)).toBeLessThan(1.5 * 4 * MIB);
    // 12 MiB at 4 MiB/s are 3 s; the burst and the piece that leaves first make it less.
    expect(seconds).toBeGreaterThan(2);
    expect(seconds).toBeLessThan(6);
  });

  test('a folder paused in the middle of an upload stops sending, and goes on from there when resumed', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.watch();
    double.requests.clear();
    double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 200 });
    const content = randomContent(160 * MIB);
    await world.root.write('film', content);
    const acknowledged = () => double.requests.of('UploadPart').filter((one) => one.status === 200);
    await pollUntil('acknowledged parts', () => (acknowledged().length >= 4 ? true : undefined));
    await world.client.call('folder.pause', { id: world.folderId });
    await pollUntil('the end of the transfer', async () =>
      (await world.client.call('transfer.list', {})).length === 0 ? true : undefined,
    );
    expect((await world.client.call('folder.status', { id: world.folderId })).state).toBe('paused');
    const before = acknowledged().map((one) => one.partNumber);
    expect(await world.bucket.keys()).toEqual([]);
    await world.client.call('folder.resume', { id: world.folderId });
    await pollUntil('the object', async () => ((await world.bucket.etag('film')) === undefined ? undefined : true));
    const sent = acknowledged().map((one) => one.partNumber);
    for (const part of before) expect(sent.filter((one) => one === part)).toHaveLength(1);
    expect((await world.bucket.get('film')).equals(content)).toBe(true);
    // It ended long after the cycle that counted last.
    await pollUntil('it to be counted', async () => {
      const { state, filesInSync } = await world.client.call('folder.status', { id: world.folderId });
      return (state === 'in-sync' && filesInSync === 1) || undefined;
    });
  });

  test('on a battery four parts are on their way at once, and more again on the mains', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.client.call('engine.power', { source: 'battery' });
    await world.watch();
    const hang = double.faults.add({ operation: 'UploadPart' }, { kind: 'hang' });
    await world.root.write('film', randomContent(160 * MIB));
    await pollUntil('parts', () => hang.hits >= 4 || undefined);
    // A further one would come at once.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(hang.hits).toBe(4);
    await world.client.call('engine.power', { source: 'mains' });
    await pollUntil('more parts', () => hang.hits > 4 || undefined);
    hang.remove();
    await world.client.call('engine.resumed', { from: 'sleep' });
    await pollUntil('the object', async () => ((await world.bucket.etag('film')) === undefined ? undefined : true));
  });

  /** Nobody but who compares notices a file, and each looks old enough to be taken up at once. */
  const unwatched = (environment: Environment): Environment => ({
    ...environment,
    watcher: { watch: async () => ({ close: async () => undefined }) },
    clock: { ...environment.clock, now: () => environment.clock.now() + 60_000 },
  });

  test.each([
    { size: 'small', content: 'x', operation: 'PutObject' },
    { size: 'large', content: randomContent(20 * MIB), operation: 'UploadPart' },
  ] as const)('a sync --once that is called off leaves a $size file to whoever watches', async (file) => {
    const double = await useDouble();
    const world = await createWorld(double, { wrap: unwatched });
    await world.watch();
    await world.root.write('doc', file.content);
    const hang = double.faults.add({ operation: file.operation, times: 1 }, { kind: 'hang' });
    const stop = new AbortController();
    const once = world.client.call('sync.once', {}, stop.signal);
    await pollUntil('the request that hangs', () => (hang.hits === 1 ? true : undefined));
    stop.abort(cancelled('The command'));
    expect(await once).toMatchObject({ result: 'stopped', error: { code: 'cancelled' } });
    await pollUntil('the object', async () => ((await world.bucket.etag('doc')) === undefined ? undefined : true));
  });

  test('a sync --once that stops the folder leaves it to whoever watches to try again', async () => {
    const double = await useDouble();
    const wrap = (environment: Environment) => withQuickClock(unwatched(environment));
    const world = await createWorld(double, { wrap });
    await world.watch();
    await world.root.write('doc', 'x');
    const refuse = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'error', code: 'AccessDenied' });
    expect(await world.sync()).toMatchObject({ result: 'unreachable', error: { code: 'access-denied' } });
    refuse.remove();
    await pollUntil('the object', async () => ((await world.bucket.etag('doc')) === undefined ? undefined : true));
    expect(await world.problemCodes()).toEqual([]);
  });

  test.each(['stopped', 'paused'] as const)('a run that is %s in the middle tells what it had done', async (end) => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('first', 'x');
    await world.root.write('second', 'xy');
    const hang = double.faults.add({ operation: 'PutObject', key: /second/, times: 1 }, { kind: 'hang' });
    const stop = new AbortController();
    const once = world.client.call('sync.once', {}, stop.signal);
    await pollUntil('the request that hangs', () => (hang.hits === 1 ? true : undefined));
    await pollUntil('the other one', async () =>
      (await world.client.call('status.get', {})).folders[0]?.done.files === 1 ? true : undefined,
    );
    if (end === 'stopped') stop.abort(cancelled('The command'));
    else await world.client.call('folder.pause', { id: world.folderId });
    expect(await once).toMatchObject({ result: end, uploadedFiles: 1, uploadedBytes: 1 });
  });

  test('a paused folder stays paused through a restart', async () => {
    const world = await createWorld(await useDouble());
    await world.root.write('doc', 'x');
    await world.client.call('folder.pause', { id: world.folderId });
    await world.restart();
    expect(await world.sync()).toMatchObject({ result: 'paused', uploadedFiles: 0 });
    expect(await world.bucket.keys()).toEqual([]);
  });

  test.each(['folder', 'everything'] as const)(
    'a run that reaches for its bucket ends where %s is paused',
    async (what) => {
      const double = await useDouble();
      const world = await createWorld(double);
      await world.root.write('doc', 'x');
      const slow = double.faults.add({ operation: 'HeadBucket' }, { kind: 'latency', delayMs: 500 });
      const once = world.sync();
      await pollUntil('the first request', () => (slow.hits > 0 ? true : undefined));
      if (what === 'folder') await world.client.call('folder.pause', { id: world.folderId });
      else await world.client.call('setting.set', { paused: true });
      expect(await once).toMatchObject({ result: 'paused', uploadedFiles: 0 });
      expect(double.requests.of('ListObjectsV2')).toEqual([]);
      expect(await world.bucket.keys()).toEqual([]);
    },
  );

  test('what is changed is followed though the copy of accounts and folders can not be written', async () => {
    const world = await createWorld(await useDouble());
    await world.root.write('doc', 'x');
    await world.client.call('folder.remove', { id: world.folderId });
    await world.client.call('sync.start', {});
    await mkdir(join(world.home, 'config.json.new'));
    const { id } = await world.client.call('folder.add', {
      localRoot: world.root.path,
      account: 'test',
      bucket: world.bucket.name,
    });
    await pollUntil('the object', async () => ((await world.bucket.etag('doc')) === undefined ? undefined : true));
    await world.client.call('folder.pause', { id });
    await rmdir(join(world.home, 'config.json.new'));
    await world.client.call('folder.resume', { id });
    expect(await readFile(join(world.home, 'config.json'), 'utf8')).toContain(id);
  });

  test('rule 20: waking up ends nothing where the state can not be written, and everything is compared', async () => {
    const world = await createWorld(await useDouble(), { wrap: unwatched });
    await world.watch();
    await world.root.write('doc', 'x');
    const full = () => {
      throw new Error('database or disk is full');
    };
    Object.assign(world.state.problems, { retryNow: full });
    await world.client.call('engine.resumed', { from: 'sleep' });
    await pollUntil('the object', async () => ((await world.bucket.etag('doc')) === undefined ? undefined : true));
  });

  test('a folder that is started again while it is being removed sends nothing any more', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('film', randomContent(64 * MIB));
    const part = double.faults.add({ operation: 'UploadPart', after: 1 }, { kind: 'latency', delayMs: 500 });
    await world.client.call('sync.start', {});
    await pollUntil('a part', () => (part.hits > 0 ? true : undefined));
    const abort = double.faults.add({ operation: 'AbortMultipartUpload' }, { kind: 'latency', delayMs: 1_500 });
    const removing = world.client.call('folder.remove', { id: world.folderId });
    await pollUntil('its upload to be ended', () => (abort.hits > 0 ? true : undefined));
    const sent = () => double.requests.count('UploadPart') + double.requests.count('CreateMultipartUpload');
    const before = sent();
    await world.client.call('sync.start', {});
    await removing;
    expect(sent()).toBe(before);
    expect(await world.client.call('status.get', {})).toMatchObject({ folders: [], moving: { files: 0 } });
  });

  test.each([1, 2])('once a folder is removed (%i at once) nothing of it changes any more', async (times) => {
    const held = Promise.withResolvers<undefined>();
    const moves = { areHeld: false, begun: 0 };
    const wrap = (environment: Environment): Environment => {
      const move: FileSystem['move'] = async (...request) => {
        if (moves.areHeld) {
          moves.begun += 1;
          await held.promise;
        }
        return environment.fs.move(...request);
      };
      return { ...environment, fs: withMethods(environment.fs, { move }) };
    };
    const world = await createWorld(await useDouble(), { mode: 'two-way', wrap });
    for (const path of ['a', 'b', 'c']) await world.root.write(path, path);
    await world.sync();
    await world.bucket.remove('a');
    moves.areHeld = true;
    const once = world.sync();
    await pollUntil('a file to be taken away', () => moves.begun > 0 || undefined);
    const remove = () => world.client.call('folder.remove', { id: world.folderId });
    const removing = Promise.any(Array.from({ length: times }, remove));
    await Promise.race([removing, delay(300)]);
    setTimeout(() => held.resolve(undefined), 100);
    await removing;
    const found = await readdir(world.root.path);
    await once;
    expect(await readdir(world.root.path)).toEqual(found);
  });

  test('what was fetched of a file that is not chosen any more gives its room back', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mode: 'two-way' });
    await world.bucket.put('other', 'x');
    await world.bucket.put('films/film', randomContent(64 * MIB));
    const hang = double.faults.add({ operation: 'GetObject', key: /film/, after: 3 }, { kind: 'hang' });
    await world.client.call('sync.start', {});
    await pollUntil('a part', () => (hang.hits > 1 ? true : undefined));
    const fetched = () => readdir(world.root.at('.rustfs-sync/tmp'));
    // The small file may be there still.
    await pollUntil('the film alone', async () => ((await fetched()).length === 1 ? true : undefined));
    await world.client.call('folder.select', { id: world.folderId, paths: ['other'] });
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect(await fetched()).toEqual([]);
  });

  test.each(['deleted', 'replaced by a file here'] as const)(
    'what was fetched of an object that was %s meanwhile gives its room back',
    async (what) => {
      const double = await useDouble();
      const world = await createWorld(double, { mode: 'two-way' });
      const { folderId: id } = world;
      await world.bucket.put('film', randomContent(64 * MIB));
      const hang = double.faults.add({ operation: 'GetObject', key: /film/, after: 3 }, { kind: 'hang' });
      await world.client.call('sync.start', {});
      await pollUntil('a part', () => (hang.hits > 1 ? true : undefined));
      await world.client.call('folder.pause', { id });
      hang.remove();
      const fetched = () => readdir(world.root.at('.rustfs-sync/tmp'));
      expect(await fetched()).toHaveLength(1);
      if (what === 'deleted') await world.bucket.remove('film');
      else {
        await world.bucket.put('film', 'shorter');
        await world.root.write('film', 'shorter');
      }
      await world.client.call('folder.resume', { id });
      expect(await world.sync()).toMatchObject({ result: 'in-sync' });
      await world.sync();
      expect(await fetched()).toEqual([]);
    },
  );

  test('rule 15: two engines on one home: the second one may look but not sync', async () => {
    const world = await createWorld(await useDouble());
    await world.watch();
    const second = openEngine(world.home, () => new CollectedLog());
    try {
      await expect(second.client.call('sync.once', {})).rejects.toMatchObject({ code: 'engine-busy' });
      const { folderId: id } = world;
      await expect(second.client.call('folder.pause', { id })).rejects.toMatchObject({ code: 'engine-busy' });
      await expect(second.client.call('setting.set', {})).rejects.toMatchObject({ code: 'engine-busy' });
      expect(await second.client.call('folder.list', {})).toMatchObject([{ paused: false }]);
      const below = { account: 'test', bucket: world.bucket.name, prefix: 'no/' };
      const removing = allOf(second.client.stream('object.removeBelow', below));
      await expect(removing).rejects.toMatchObject({ code: 'engine-busy' });
      const earlier = { account: 'test', bucket: world.bucket.name, key: 'no', atMs: 0 };
      const restoring = allOf(second.client.stream('version.restoreAt', { ...earlier, apply: true }));
      await expect(restoring).rejects.toMatchObject({ code: 'engine-busy' });
      expect(second.engine.holdsLock).toBe(false);
      expect(await allOf(second.client.stream('trash.list', {}))).toEqual([]);
      await world.stop();
      expect(await second.client.call('sync.once', {})).toMatchObject({ result: 'in-sync' });
    } finally {
      await second.close();
    }
  });

  test('rule 15: folders that overlap, on disk or in the bucket, are refused', async () => {
    const world = await createWorld(await useDouble(), { prefix: 'a/b' });
    await world.root.write('below/doc', 'x');
    const add = (localRoot: string, prefix: string) =>
      world.client.call('folder.add', { localRoot, account: 'test', bucket: world.bucket.name, prefix });
    await expect(add(world.root.at('below'), 'other')).rejects.toMatchObject({ code: 'folder-overlap' });
    const twice = { code: 'folder-overlap', message: `${world.root.path} is synced already.` };
    await expect(add(world.root.path, 'other')).rejects.toMatchObject(twice);
    await expect(add(`${world.root.path}/..`, 'other')).rejects.toMatchObject({ code: 'folder-overlap' });
    const elsewhere = `${world.root.path}-elsewhere`;
    await mkdir(elsewhere);
    for (const prefix of ['', 'a', 'a/b', 'a/b/c']) {
      await expect(add(elsewhere, prefix)).rejects.toMatchObject({ code: 'folder-overlap' });
    }
    await expect(add(elsewhere, 'a/bc')).resolves.toMatchObject({ prefix: 'a/bc/' });
  });

  test.each(['', 'below'])(
    'rule 15: of a folder and %j in it, added at the same moment, one is refused',
    async (below) => {
      const world = await createWorld(await useDouble());
      await world.root.write('below/doc', 'x');
      await world.client.call('folder.remove', { id: world.folderId });
      const add = (localRoot: string, prefix: string) =>
        world.client.call('folder.add', { localRoot, account: 'test', bucket: world.bucket.name, prefix });
      const both = await Promise.allSettled([add(world.root.path, 'a/'), add(world.root.at(below), 'b/')]);
      expect(both.filter(({ status }) => status === 'rejected')).toMatchObject([
        { reason: { code: 'folder-overlap' } },
      ]);
      // The marker of the one that was added is its own still.
      expect(await world.client.call('sync.once', {})).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    },
  );
});
