import { chmod, utimes } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Environment, FileSystem, OpenFile } from '../../../src/core/environment.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { readInSteps } from '../../support/read-in-steps.ts';
import type { S3Double } from '../../support/s3-double/index.ts';

/** Runs `hook` once, right before the first read of a file whose path fits. */
function beforeFirstRead(path: RegExp, hook: () => Promise<void>): (environment: Environment) => Environment {
  let isDone = false;
  return (environment) => {
    const fs: FileSystem = {
      ...environment.fs,
      openFile: async (root, at) => {
        const file = await environment.fs.openFile(root, at);
        if (!path.test(at)) return file;
        const hooked: OpenFile = {
          opened: file.opened,
          stat: () => file.stat(),
          close: () => file.close(),
          read: async (buffer, position) => {
            if (!isDone) {
              isDone = true;
              await hook();
            }
            return file.read(buffer, position);
          },
        };
        return hooked;
      },
      readFile: (root, at, maxBytes) => readInSteps(fs, root, at, maxBytes),
    };
    return { ...environment, fs };
  };
}

/** Runs `hook` while the first part of a large file is on its way. */
async function duringFirstPart(double: S3Double, hook: () => Promise<void>): Promise<void> {
  double.requests.clear();
  double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 500 });
  await pollUntil('a part on its way', () => (double.requests.count('UploadPart') > 0 ? true : undefined));
  await hook();
}

/** Every content that was ever under the key. */
function versionsUnder(double: S3Double, world: World, key: string): string[] {
  const seen: string[] = [];
  double.model.onChange((change) => {
    if (change.bucket === world.bucket.name && change.key === key && change.object) seen.push(change.object.etag);
  });
  return seen;
}

/** Holds the wall clock of an engine, which goes on only as `whilePaused` says: called at each pause of a run, in its place. */
function withHeldClock(held: { nowMs: number }, whilePaused: () => Promise<void>) {
  return (environment: Environment): Environment => ({
    ...environment,
    clock: { ...environment.clock, now: () => held.nowMs, sleep: whilePaused },
  });
}

describe('a file that is edited while it is synced', () => {
  test('rule 8: a file written a moment ago waits, and goes up once it is quiet', async () => {
    const double = await useDouble();
    const firstMs = Math.floor(Date.now() / 1_000) * 1_000 + 123;
    const held = { nowMs: firstMs + 900 };
    const sentAtPauses: number[] = [];
    const world = await createWorld(double, {
      wrap: withHeldClock(held, async () => {
        sentAtPauses.push(sent.length);
        if (sentAtPauses.length === 1) {
          await writeAt(firstMs + 1_000, 'first half, second half');
          held.nowMs = firstMs + 1_900;
        } else held.nowMs = firstMs + 2_001;
      }),
    });
    const sent = versionsUnder(double, world, 'doc');
    const writeAt = async (timeMs: number, content: string) => {
      await world.root.write('doc', content);
      await utimes(world.root.at('doc'), timeMs / 1_000, timeMs / 1_000);
    };
    await writeAt(firstMs, 'first half');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect([sentAtPauses, sent.length]).toEqual([[0, 0], 1]);
    expect(await world.bucket.text('doc')).toBe('first half, second half');
  });

  test('edit-between-scan-and-effect: rule 9: a small file edited before it is read goes up as it then is', async () => {
    const double = await useDouble();
    const worlds: World[] = [];
    const world = await createWorld(double, {
      wrap: beforeFirstRead(/doc/, async () => worlds[0]?.root.write('doc', 'second, and longer')),
    });
    worlds.push(world);
    const seen = versionsUnder(double, world, 'doc');
    await world.root.write('doc', 'first');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect(await world.bucket.text('doc')).toBe('second, and longer');
    expect(seen).toHaveLength(1);
  });

  test('edit-during-upload: rule 9: a large file appended to in the middle is never seen torn', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const seen = versionsUnder(double, world, 'film');
    const before = randomContent(40 * MIB);
    await world.root.write('film', before);
    const run = world.sync();
    await duringFirstPart(double, () => world.root.append('film', 'more'));
    expect(await run).toMatchObject({ result: 'in-sync' });
    expect((await world.bucket.get('film')).equals(Buffer.concat([before, Buffer.from('more')]))).toBe(true);
    expect(seen).toHaveLength(1);
    expect(await world.bucket.unfinishedUploads()).toEqual([]);
  });

  test('replace-during-upload: rule 9: a large file replaced in the middle goes up as the new one alone', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const seen = versionsUnder(double, world, 'film');
    const after = randomContent(40 * MIB);
    await world.root.write('film', randomContent(40 * MIB));
    // Written beforehand, so that all that happens while a part is on its way is the rename.
    await world.root.write('film.new~', after);
    const run = world.sync();
    await duringFirstPart(double, () => world.root.move('film.new~', 'film'));
    expect(await run).toMatchObject({ result: 'in-sync' });
    expect((await world.bucket.get('film')).equals(after)).toBe(true);
    expect(seen).toHaveLength(1);
    expect(await world.bucket.unfinishedUploads()).toEqual([]);
  });

  test('rewrite-during-upload: rule 9: an overwrite in place with the times put back is noticed', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const after = randomContent(40 * MIB);
    await world.root.write('film', randomContent(40 * MIB));
    const run = world.sync();
    await duringFirstPart(double, () => world.root.rewriteKeepingMtime('film', after));
    expect(await run).toMatchObject({ result: 'in-sync' });
    expect((await world.bucket.get('film')).equals(after)).toBe(true);
    expect(await world.bucket.unfinishedUploads()).toEqual([]);
  });

  for (const { what, meanwhile, left } of [
    {
      what: 'is edited',
      meanwhile: ({ root }: World) => root.append('new', ', and more'),
      left: { new: 'the text, and more' },
    },
    {
      what: 'gets yet another name',
      meanwhile: ({ root }: World) => root.move('new', 'newer'),
      left: { newer: 'the text' },
    },
    {
      what: 'gets a successor under its old name',
      meanwhile: ({ root }: World) => root.write('old', 'another text'),
      left: { new: 'the text', old: 'another text' },
    },
  ]) {
    test(`a file that ${what} while its new name is made in the bucket leaves nothing behind under the old one`, async () => {
      const worlds: World[] = [];
      const world = await createWorld(await useDouble(), {
        mode: 'two-way',
        wrap: beforeFirstRead(/^new$/, async () => {
          for (const one of worlds) await meanwhile(one);
        }),
      });
      worlds.push(world);
      for (const name of ['old', 'x', 'y']) await world.root.write(name, 'the text');
      await world.sync();
      await world.root.move('old', 'new');
      expect(await world.sync()).toMatchObject({ result: 'in-sync' });
      const keys = await world.bucket.keys();
      const texts = await Promise.all(keys.map(async (key) => [key, await world.bucket.text(key)] as const));
      expect(Object.fromEntries(texts)).toEqual({ ...left, x: 'the text', y: 'the text' });
    });
  }

  test('delete-during-upload: a file deleted in the middle leaves neither an object nor an upload', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('film', randomContent(40 * MIB));
    const run = world.sync();
    await duringFirstPart(double, () => world.root.remove('film'));
    expect(await run).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    expect(await world.bucket.keys()).toEqual([]);
    expect(await world.bucket.unfinishedUploads()).toEqual([]);
  });

  test('permissions changed during an upload cost no part twice', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const content = randomContent(80 * MIB);
    await world.root.write('film', content);
    double.requests.clear();
    double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 300 });
    const run = world.sync();
    await pollUntil('an acknowledged part', () =>
      double.requests.of('UploadPart').some((one) => one.status === 200) ? true : undefined,
    );
    await chmod(world.root.at('film'), 0o600);
    expect(await run).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    const sent = double.requests.of('UploadPart').filter((one) => one.status === 200);
    expect(new Set(sent.map((one) => one.partNumber)).size).toBe(sent.length);
    expect((await world.bucket.get('film')).equals(content)).toBe(true);
  });
});

describe('what counts as an edit', () => {
  test('mtime-preserved-edit: same size and same mtime, and it is uploaded all the same', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'one');
    await world.sync();
    await world.root.rewriteKeepingMtime('doc', 'two');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect(await world.bucket.text('doc')).toBe('two');
  });

  test('touch-only: nothing is sent, for small and large files, and the next pass reads nothing', async () => {
    const double = await useDouble();
    const opened: string[] = [];
    const world = await createWorld(double, {
      wrap: (environment) => ({
        ...environment,
        fs: {
          ...environment.fs,
          openFile: (root, path) => {
            opened.push(path);
            return environment.fs.openFile(root, path);
          },
          readFile: (root, path, maxBytes) => {
            opened.push(path);
            return environment.fs.readFile(root, path, maxBytes);
          },
        },
      }),
    });
    await world.root.write('doc', 'one');
    await world.root.write('film', randomContent(20 * MIB));
    await world.sync();
    double.requests.clear();
    const later = new Date(Date.now() + 5_000);
    await utimes(world.root.at('doc'), later, later);
    await utimes(world.root.at('film'), later, later);
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    opened.length = 0;
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    const isWrite = (operation: string) => /^(Put|Upload|Create|Complete|Copy)/.test(operation);
    expect(double.requests.all.filter((one) => isWrite(one.operation))).toEqual([]);
    expect(opened.filter((path) => path === 'doc' || path === 'film')).toEqual([]);
  });

  test('rule 7: equal content that somebody else put there first is adopted and not sent', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.bucket.put('doc', 'the same');
    await world.root.write('doc', 'the same');
    double.requests.clear();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    expect(double.requests.count('PutObject')).toBe(0);
    expect(await world.activity('adopted')).toEqual(['doc']);
  });
});
