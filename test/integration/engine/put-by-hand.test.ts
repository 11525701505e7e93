import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngine, type PutSource } from '../../../src/engine/index.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { withStore } from '../../support/with-methods.ts';

const stream = (text: string): PutSource => ({ kind: 'stream', stream: Readable.from([Buffer.from(text)]) });

async function put({ transfers, bucket }: World, source: PutSource, key: string, overwrite: boolean): Promise<void> {
  const target = { account: 'test', bucket: bucket.name, key, overwrite };
  await transfers.put(source, target, () => undefined, new AbortController().signal);
}

describe.skipIf(isWithoutRealServer)('a file that is put by hand', () => {
  test('replaces what has its name only when that is wanted', async () => {
    const world = await createWorld(sharedServer());
    const { bucket, root } = world;
    await bucket.put('report.txt', 'theirs');
    await root.write('mine.txt', 'mine');
    const file: PutSource = { kind: 'file', path: `${root.path}/mine.txt` };
    for (const source of [file, stream('mine')]) {
      await expect(put(world, source, 'report.txt', false)).rejects.toMatchObject({ code: 'name-taken' });
      expect(await bucket.text('report.txt')).toBe('theirs');
    }
    await put(world, stream('mine'), 'report.txt', true);
    expect(await bucket.text('report.txt')).toBe('mine');
    await put(world, file, 'other.txt', false);
    expect(await bucket.text('other.txt')).toBe('mine');
  });

  test('leaves what came to its name while it was on its way', async () => {
    const world = await createWorld(sharedServer());
    const { bucket } = world;
    async function* overtaken() {
      await bucket.put('report.txt', 'theirs');
      yield Buffer.from('mine');
    }
    const source: PutSource = { kind: 'stream', stream: overtaken() };
    await expect(put(world, source, 'report.txt', false)).rejects.toMatchObject({ code: 'name-taken' });
    expect(await bucket.text('report.txt')).toBe('theirs');
  });

  test('two objects that are renamed to one name at once are both there, also where copies know no conditions', async () => {
    const wrap = withStore((store) => ({
      copy: async (request, signal) => {
        await delay(100);
        return store.copy(request, signal);
      },
    }));
    const { client, bucket } = await createWorld(sharedServer(), { wrap });
    for (const key of ['a', 'b']) await bucket.put(key, key);
    const move = async (key: string) =>
      client.call('object.move', { account: 'test', bucket: bucket.name, key, newKey: 'c' });
    const [first, second] = await Promise.allSettled([move('a'), move('b')]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'name-taken' } });
    expect([await bucket.text('c'), await bucket.text('b')]).toEqual(['a', 'b']);
  });

  test('does not get the name of a folder, nor one below an object: servers list nothing there any more', async () => {
    const world = await createWorld(sharedServer());
    const { client, bucket } = world;
    for (const key of ['papers/2026/x.pdf', 'report', 'other', 'dir/a']) await bucket.put(key, key);
    const before = await bucket.keys();
    const here = { account: 'test', bucket: bucket.name };
    for (const newKey of ['papers/2026', 'papers', 'report/mine', 'report/a/b']) {
      await expect(put(world, stream('mine'), newKey, true)).rejects.toMatchObject({ code: 'type-clash' });
      const move = client.call('object.move', { ...here, key: 'other', newKey });
      await expect(move).rejects.toMatchObject({ code: 'type-clash' });
    }
    await expect(client.call('object.makeFolder', { ...here, prefix: 'report/new/' })).rejects.toMatchObject({
      code: 'type-clash',
    });
    const moveAll = async () => {
      for await (const step of client.stream('object.movePrefix', { ...here, prefix: 'dir/', newPrefix: 'report/d/' }))
        expect(step.phase).not.toBe('done');
    };
    await expect(moveAll()).rejects.toMatchObject({ code: 'type-clash' });
    expect(await bucket.keys()).toEqual(before);
    // A name that merely begins alike is another one.
    await put(world, stream('mine'), 'paper', true);
    await put(world, stream('mine'), 'papers/2026/y.pdf', true);
    expect(await bucket.keys()).toContain('papers/2026/y.pdf');
  });

  test('gets a name below its own, and the one of a folder that holds nothing else', async () => {
    const world = await createWorld(sharedServer());
    const { client, bucket } = world;
    for (const key of ['report', 'dir/only', 'full/a', 'full/b']) await bucket.put(key, key);
    const move = (key: string, newKey: string) =>
      client.call('object.move', { account: 'test', bucket: bucket.name, key, newKey });
    await move('report', 'report/2026/first');
    await move('dir/only', 'dir');
    await expect(move('full/a', 'full')).rejects.toMatchObject({ code: 'type-clash' });
    expect(await bucket.keys()).toEqual(['dir', 'full/a', 'full/b', 'report/2026/first']);
    expect(await bucket.text('report/2026/first')).toBe('report');
    expect(await bucket.text('dir')).toBe('dir/only');
  });

  test('gets no name below its own in a bucket with versions, where its old name would hide it', async () => {
    for (const after of ['enabled', 'suspended', 'enabled late'] as const) {
      const { client, bucket } = await createWorld(sharedServer(), { versioned: after !== 'enabled late' });
      const here = { account: 'test', bucket: bucket.name };
      for (const key of ['report', 'dir/only']) await bucket.put(key, key);
      if (after !== 'enabled') await client.call('bucket.setVersioning', { ...here, on: after === 'enabled late' });
      const below = client.call('object.move', { ...here, key: 'report', newKey: 'report/2026/first' });
      await expect(below).rejects.toMatchObject({ code: 'type-clash' });
      await client.call('object.move', { ...here, key: 'dir/only', newKey: 'dir' });
      expect(await bucket.keys()).toEqual(['dir', 'report']);
    }
  });

  test('gets a free name beside what is there, as file managers give it', async () => {
    const { client, bucket } = await createWorld(await useDouble());
    const free = async (key: string) =>
      (await client.call('object.freeKey', { account: 'test', bucket: bucket.name, key })).key;
    expect(await free('in/a.tar.gz')).toBe('in/a.tar.gz');
    for (const key of ['in/a.txt', 'in/a (2).txt', 'in/.env', 'in.d/README']) await bucket.put(key, 'x');
    expect(await free('in/a.txt')).toBe('in/a (3).txt');
    expect(await free('in/.env')).toBe('in/.env (2)');
    expect(await free('in.d/README')).toBe('in.d/README (2)');
    await expect(free('in//a')).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  test('goes on while the engine in another process compares the whole bucket', async () => {
    const world = await createWorld(await useDouble());
    await world.root.write('other', 'x');
    const command = openEngine(world.home, () => world.log);
    onTestFinished(command.close);
    async function* slow() {
      for (let part = 0; part < 3; part++) {
        yield Buffer.alloc(32 * MIB, part);
        await world.sync();
      }
    }
    const { transfers } = command.engine;
    await put({ ...world, transfers, bucket: world.bucket }, { kind: 'stream', stream: slow() }, 'dump', true);
    expect((await world.bucket.get('dump')).length).toBe(96 * MIB);
  });

  test.each(['begins', 'is under way'])(
    'by another command, while the first one %s, is there in the end for both',
    async (when) => {
      const double = await useDouble();
      const world = await createWorld(double);
      const content = randomContent(80 * MIB);
      await world.root.write('film', content);
      const command = openEngine(world.home, () => world.log);
      onTestFinished(command.close);
      double.faults.add({ operation: 'UploadPart', key: /film/ }, { kind: 'latency', delayMs: 300 });
      const film: PutSource = { kind: 'file', path: `${world.root.path}/film` };
      const first = put(world, film, 'film', true);
      const isBegun = () => double.requests.of('UploadPart').some(({ key }) => key === 'film');
      if (when === 'is under way') await pollUntil('a part', () => isBegun() || undefined);
      const { transfers } = command.engine;
      await Promise.all([first, put({ ...world, bucket: world.bucket, transfers }, film, 'film', true)]);
      expect((await world.bucket.get('film')).equals(content)).toBe(true);
      expect(await world.bucket.unfinishedUploads()).toEqual([]);
      expect(world.state.uploads.listAll()).toEqual([]);
    },
  );

  test('gives way to another one that is put to its name meanwhile, and ends nothing of that', async () => {
    const world = await createWorld(await useDouble());
    const { bucket, root, log } = world;
    const contents = { first: Buffer.alloc(40 * MIB, 1), second: Buffer.alloc(40 * MIB, 2) };
    for (const [name, content] of Object.entries(contents)) await root.write(name, content);
    // As two commands do: each holds its second part back until it is let go on.
    const command = (held: Promise<unknown>) => {
      const begun = Promise.withResolvers<undefined>();
      const opened = openEngine(
        world.home,
        () => log,
        withStore((store) => ({
          async uploadPart(request, signal) {
            if (request.partNumber === 1) begun.resolve(undefined);
            else await held;
            return store.uploadPart(request, signal);
          },
        })),
      );
      onTestFinished(opened.close);
      const { transfers } = opened.engine;
      return {
        begun: begun.promise,
        put: (name: string) =>
          put({ ...world, transfers, bucket }, { kind: 'file', path: `${root.path}/${name}` }, 'film', true),
      };
    };
    const firstMayEnd = Promise.withResolvers<undefined>();
    const secondMayEnd = Promise.withResolvers<undefined>();
    const [one, other] = [command(firstMayEnd.promise), command(secondMayEnd.promise)];
    const first = one.put('first');
    first.catch(() => undefined);
    await one.begun;
    const second = other.put('second');
    second.catch(() => undefined);
    await other.begun;
    firstMayEnd.resolve(undefined);
    await expect(first).rejects.toMatchObject({ code: 'precondition-failed' });
    secondMayEnd.resolve(undefined);
    await second;
    expect((await bucket.get('film')).equals(contents.second)).toBe(true);
    expect(await bucket.unfinishedUploads()).toEqual([]);
  });
});

test('an object that can not be saved gives its connection back', async () => {
  const world = await createWorld(await useDouble(), { store: { maxSockets: 1 } });
  await world.bucket.put('report', 'theirs');
  const source = { account: 'test', bucket: world.bucket.name, key: 'report' };
  const save = (path: string) => {
    const destination = { kind: 'file', path: `${world.home}/${path}`, overwrite: false } as const;
    return world.transfers.get(source, destination, () => undefined, AbortSignal.timeout(5_000));
  };
  await expect(save('no-such-directory/report')).rejects.toMatchObject({ code: 'file-vanished' });
  expect(await save('report')).toMatchObject({ sizeBytes: 6 });
});

test('what may stand in the way of a new object is looked for above and below it at once', async () => {
  const isListed = Promise.withResolvers<undefined>();
  const world = await createWorld(await useDouble(), {
    wrap: withStore((store) => ({
      async head(bucket, key, signal) {
        if (key === 'papers') await isListed.promise;
        return store.head(bucket, key, signal);
      },
      async listPage(request, signal) {
        if (request.prefix === 'papers/new/') isListed.resolve(undefined);
        return store.listPage(request, signal);
      },
    })),
  });
  await put(world, stream('mine'), 'papers/new', false);
  expect(await world.bucket.text('papers/new')).toBe('mine');
}, 10_000);

test('a folder that the server answers for as for an object, without the slash too, takes what is put and made in it', async () => {
  const world = await createWorld(await useDouble(), {
    // As some servers that keep objects as files do.
    wrap: withStore((store) => ({
      head: async (bucket, key, signal) =>
        (await store.head(bucket, key, signal)) ?? (await store.head(bucket, `${key}/`, signal)),
    })),
  });
  const here = { account: 'test', bucket: world.bucket.name };
  await world.bucket.put('other', 'theirs');
  await world.client.call('object.makeFolder', { ...here, prefix: 'new/' });
  await put(world, stream('mine'), 'new/a', false);
  await world.client.call('object.makeFolder', { ...here, prefix: 'new/below/' });
  await world.client.call('object.move', { ...here, key: 'other', newKey: 'new/below/b' });
  expect(await world.bucket.keys()).toEqual(['new/', 'new/a', 'new/below/', 'new/below/b']);
  await expect(put(world, stream('mine'), 'new/a/below', false)).rejects.toMatchObject({ code: 'type-clash' });
});
