import { chmod, mkdir, rename } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { approveHeld } from '../../support/approve-held.ts';
import { createWorld } from '../../support/engine-harness.ts';
import { randomContent } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { withQuickClock } from '../../support/two-way-team.ts';
import type { Operation } from '../../../src/trial/s3/request.ts';

const MIB = 1024 * 1024;

describe.skipIf(isWithoutRealServer)('watching, against the real server', () => {
  test('a small edit is in the bucket within two seconds of the write (median of twelve)', async () => {
    const world = await createWorld(sharedServer());
    await world.root.write('doc', 'version 0');
    await world.watch();
    const latenciesMs: number[] = [];
    for (let i = 1; i <= 12; i++) {
      const before = await world.bucket.etag('doc');
      await world.root.write('doc', `version ${i}`);
      const writtenMs = performance.now();
      await pollUntil(
        'the edit in the bucket',
        async () => ((await world.bucket.etag('doc')) === before ? undefined : true),
        { everyMs: 10 },
      );
      latenciesMs.push(performance.now() - writtenMs);
      expect(await world.bucket.text('doc')).toBe(`version ${i}`);
    }
    const median = latenciesMs.sort((a, b) => a - b)[6] ?? Infinity;
    console.log(
      `Latency from write to bucket: median ${Math.round(median)} ms, worst ${Math.round(latenciesMs.at(-1) ?? 0)} ms`,
    );
    expect(median).toBeLessThan(2_000);
  });

  test('a new tree of directories goes up whole, what was written while it was made included', async () => {
    const world = await createWorld(sharedServer());
    await world.watch();
    const expected: string[] = [];
    for (let i = 0; i < 30; i++) {
      const path = `new/${'deep/'.repeat(i % 7)}dir-${i}/file`;
      await world.root.write(path, `content ${i}`);
      expected.push(path);
    }
    await pollUntil('all objects', async () =>
      (await world.bucket.keys()).length === expected.length ? true : undefined,
    );
    expect(await world.bucket.keys()).toEqual([...expected].sort());
  });

  test('a renamed directory is under its new name, and with mirrorDeletes no longer under the old one', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    for (let i = 0; i < 5; i++) await world.root.write(`old/sub/${i}`, `content ${i}`);
    for (let i = 0; i < 9; i++) await world.root.write(`other/${i}`, `content ${i}`);
    await world.watch();
    await world.root.move('old', 'new');
    await pollUntil('the new names alone', async () => {
      const keys = await world.bucket.keys();
      return keys.filter((key) => key.startsWith('new/')).length === 5 && !keys.some((key) => key.startsWith('old/'))
        ? true
        : undefined;
    });
    expect(await world.bucket.text('new/sub/3')).toBe('content 3');
    // What happens below the new name is seen too.
    await world.root.write('new/sub/3', 'edited');
    await pollUntil('the edit', async () => ((await world.bucket.text('new/sub/3')) === 'edited' ? true : undefined));
  });

  test('a directory moved in from outside goes up', async () => {
    const world = await createWorld(sharedServer());
    await world.watch();
    await mkdir(`${world.home}/outside/a`, { recursive: true });
    await rename(`${world.home}/outside`, world.root.at('moved-in'));
    await world.root.write('moved-in/a/file', 'x');
    await pollUntil('the object', async () =>
      (await world.bucket.etag('moved-in/a/file')) === undefined ? undefined : true,
    );
  });

  test('a deleted file goes with mirrorDeletes, while watching', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    for (let i = 0; i < 5; i++) await world.root.write(`file-${i}`, `content ${i}`);
    await world.watch();
    await world.root.remove('file-2');
    await pollUntil('its end', async () => ((await world.bucket.etag('file-2')) === undefined ? true : undefined));
    expect(await world.bucket.trashed()).toEqual(['file-2']);
    expect(await world.bucket.keys()).toHaveLength(4);
  });

  test('rule 1: a root moved away while watching deletes nothing, and is taken up when it is back', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    await world.root.write('doc', 'x');
    await world.watch();
    await rename(world.root.path, `${world.root.path}-away`);
    await pollUntil('the folder to stop', async () =>
      (await world.client.call('folder.status', { id: world.folderId })).code === 'root-missing' ? true : undefined,
    );
    expect(await world.bucket.keys()).toEqual(['doc']);
    await rename(`${world.root.path}-away`, world.root.path);
    await world.root.write('doc', 'edited since');
    await pollUntil('the edit', async () => ((await world.bucket.text('doc')) === 'edited since' ? true : undefined), {
      deadlineMs: 45_000,
    });
    expect(await world.activity('deleted-remote')).toEqual([]);
  });
});

describe('watching, against a server with faults', () => {
  test('rule 3: everything deleted at once while watching is held, and goes when it is approved', async () => {
    const world = await createWorld(await useDouble(), { mirrorDeletes: true });
    for (let i = 0; i < 30; i++) await world.root.write(`d/${i}`, `content ${i}`);
    await world.watch();
    await world.root.remove('d');
    const state = async () => (await world.client.call('folder.status', { id: world.folderId })).state;
    await pollUntil('the hold', async () => ((await state()) === 'held' ? true : undefined));
    expect(await world.bucket.keys()).toHaveLength(30);
    await approveHeld(world);
    await pollUntil('the end of all', async () => ((await world.bucket.keys()).length === 0 ? true : undefined));
    expect(await world.bucket.trashed()).toHaveLength(30);
  });

  test('small files do not wait for a large one, nor does a full pass, and each goes up once', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    for (const name of ['edited', 'deleted', 'kept']) await world.root.write(name, 'first');
    await world.watch();
    const slow = double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 3_000 });
    const film = randomContent(40 * MIB);
    await world.root.write('films/film', film);
    await pollUntil('the first part', async () => (slow.hits > 0 ? true : undefined));

    await world.root.write('edited', 'second');
    await world.root.remove('deleted');
    await world.client.call('folder.resume', { id: world.folderId });
    await pollUntil('the small changes', async () => ((await world.bucket.keys()).length === 2 ? true : undefined));
    await pollUntil('the edit', async () => ((await world.bucket.text('edited')) === 'second' ? true : undefined));
    expect(await world.bucket.keys()).toEqual(['edited', 'kept']);
    expect((await world.client.call('folder.status', { id: world.folderId })).state).toBe('syncing');

    slow.remove();
    await pollUntil('the film', async () => ((await world.bucket.keys()).length === 3 ? true : undefined));
    expect((await world.bucket.get('films/film')).equals(film)).toBe(true);
    await world.watch();
    const sent = (operation: Operation) =>
      double.requests.of(operation).filter(({ key }) => key === 'films/film').length;
    expect(sent('CreateMultipartUpload')).toBe(1);
    expect(sent('UploadPart')).toBe(5);
  });

  test('a directory that takes the place of a file on its way waits for its end, and is there in the end', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    await world.root.write('other', 'x');
    await world.watch();
    const slow = double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 1_000 });
    await world.root.write('film', randomContent(40 * MIB));
    await pollUntil('the first part', async () => (slow.hits > 0 ? true : undefined));
    await world.root.remove('film');
    await world.root.write('film/scene', 'one');
    await pollUntil('the file in the directory', async () =>
      (await world.bucket.keys()).includes('film/scene') ? true : undefined,
    );
    await world.watch();
    expect(await world.bucket.keys()).toEqual(['film/scene', 'other']);
  });

  test('a single new file is counted without counting all the others again', async () => {
    const world = await createWorld(await useDouble());
    await world.root.write('other', 'x');
    await world.watch();
    const inSync = async () => (await world.client.call('folder.status', { id: world.folderId })).filesInSync;
    await pollUntil('the first one', async () => ((await inSync()) === 1 ? true : undefined));
    let counts = 0;
    const { base } = world.state;
    const count = base.count.bind(base);
    Object.assign(base, {
      count: (folderId: string) => {
        counts += 1;
        return count(folderId);
      },
    });
    await world.root.write('new', 'y');
    await pollUntil('the second one', async () => ((await inSync()) === 2 ? true : undefined));
    expect(counts).toBe(0);
  });

  test('a file that takes the place of the directory of one on its way is not forgotten', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    await world.root.write('other', 'x');
    await world.watch();
    const slow = double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 4_000 });
    await world.root.write('films/film', randomContent(20 * MIB));
    await pollUntil('the first part', async () => (slow.hits > 0 ? true : undefined));
    await world.root.remove('films');
    await world.root.write('films', 'a list of films');
    await pollUntil('the file alone', async () => {
      const keys = await world.bucket.keys();
      return keys.includes('films') && !keys.includes('films/film') ? true : undefined;
    });
    expect(await world.bucket.text('films')).toBe('a list of films');
  });

  test('rule 20: large files on their way when the state can not be written go up once it can be', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { wrap: (environment) => withQuickClock(environment, 10) });
    await world.root.write('other', 'x');
    await world.watch();
    const slow = double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 1_000 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await world.root.write(name, randomContent(20 * MIB));
    await pollUntil('the first part', async () => (slow.hits > 0 ? true : undefined));
    // The fifth can not be taken out of the plan.
    const full = () => {
      throw new Error('database or disk is full');
    };
    Object.assign(world.state.plans, { delete: full });
    const isTold = () => world.log.lines.some(({ message }) => message === 'What was done could not be written down');
    await pollUntil('the state to be found full', () => (isTold() ? true : undefined));
    Reflect.deleteProperty(world.state.plans, 'delete');
    await pollUntil('all files', async () => ((await world.bucket.keys()).length === 6 ? true : undefined));
  });

  test('rule 20: a state database that can not be written for a while stops the folder, and does not end it', async () => {
    const world = await createWorld(await useDouble());
    await world.watch();
    const full = () => {
      throw new Error('database or disk is full');
    };
    // Instances come before prototypes: the real methods are back once these are deleted.
    Object.assign(world.state.problems, { put: full });
    Object.assign(world.state.folders, { startPass: full });
    await world.root.write('meanwhile', 'x');
    await pollUntil('the folder to stop', async () =>
      (await world.client.call('folder.status', { id: world.folderId })).state === 'stopped' ? true : undefined,
    );
    Reflect.deleteProperty(world.state.problems, 'put');
    Reflect.deleteProperty(world.state.folders, 'startPass');
    await world.root.write('afterwards', 'x');
    await pollUntil('both files', async () => ((await world.bucket.keys()).length === 2 ? true : undefined));
  });

  test('rule 3: while a plan is held, a retry of another file does not carry it out', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    for (let i = 0; i < 12; i++) await world.root.write(`file-${i}`, `content ${i}`);
    await world.sync();
    for (let i = 0; i < 12; i++) await world.root.remove(`file-${i}`);
    await world.root.write('failing', 'x');
    double.faults.add({ operation: 'PutObject', key: /failing/ }, { kind: 'error', code: 'InvalidRequest' });
    expect(await world.sync()).toMatchObject({ result: 'held' });
    // A problem of a transfer that failed earlier and is due to be tried again now.
    const finding = { path: 'failing', source: 'transfer', code: 'server-error', severity: 'error' } as const;
    const words = { message: 'failed', advice: 'wait', detail: '', retryAtMs: 0 };
    world.state.problems.put(world.folderId, { ...finding, ...words }, 1, 0);
    await world.watch();
    // Every turn of the loop from here on is one for the retry.
    const turns = world.state.folders.byId(world.folderId)?.lastPass ?? 0;
    await pollUntil(
      'some turns, or none for seconds',
      () => ((world.state.folders.byId(world.folderId)?.lastPass ?? 0) > turns + 1 ? true : undefined),
      { deadlineMs: 2_500 },
    ).catch(() => undefined);
    expect(await world.bucket.keys()).toHaveLength(12);
    expect(await world.activity('deleted-remote')).toEqual([]);
  });

  test('rule 16: a failing file that is removed takes its problem with it, and the engine comes to rest', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('bad', 'x');
    double.faults.add({ operation: 'PutObject', key: /bad/ }, { kind: 'error', code: 'InvalidRequest' });
    await world.watch();
    expect(await world.problemCodes()).toEqual(['bad: server-refused']);
    await world.root.remove('bad');
    await pollUntil('the end of the problem', async () =>
      (await world.problemCodes()).length === 0 ? true : undefined,
    );
    expect(world.state.problems.nextRetryMs(world.folderId)).toBeUndefined();
  });

  for (const touched of ['new', 'old'] as const) {
    test(`a rename that has to wait stays one when its ${touched} name alone is touched: the content is not sent again`, async () => {
      const double = await useDouble();
      const world = await createWorld(double, { mirrorDeletes: true });
      await world.root.write('old', 'content');
      await world.root.write('other', 'x');
      await world.watch();
      double.faults.add({ operation: 'CopyObject' }, { kind: 'error', code: 'InvalidRequest' });
      double.requests.clear();
      await world.root.move('old', 'new');
      await pollUntil('the copy to be refused', async () =>
        (await world.problemCodes()).includes('new: server-refused') ? true : undefined,
      );
      double.faults.clear();
      if (touched === 'new') await chmod(world.root.at('new'), 0o600);
      else {
        await world.root.write('old', 'x');
        await world.root.remove('old');
      }
      await pollUntil(`the ${touched} name alone`, async () =>
        (await world.bucket.keys()).join() === 'new,other' ? true : undefined,
      );
      expect(double.requests.count('PutObject')).toBe(0);
    });
  }

  test('rule 9: a file that is appended to again and again is up within seconds after the last write', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const lengths: number[] = [];
    double.model.onChange(({ key, object }) => {
      if (key === 'log' && object) lengths.push(object.content.sizeBytes);
    });
    await world.watch();
    await world.root.write('log', '');
    let written = 0;
    await pollUntil(
      'forty appended lines',
      async () => {
        await world.root.append('log', 'line\n');
        return ++written >= 40 ? true : undefined;
      },
      { everyMs: 50 },
    );
    const settledMs = performance.now();
    await pollUntil('the whole log', () => (lengths.at(-1) === written * 5 ? true : undefined));
    expect(performance.now() - settledMs).toBeLessThan(5_000);
    // Only whole lines ever, since each append is one write.
    expect(lengths.filter((length) => length % 5 !== 0)).toEqual([]);
  });

  test('rule 1: a root replaced between its proof and the scan deletes nothing', async () => {
    const double = await useDouble();
    const state = { armed: false };
    const world = await createWorld(double, {
      mirrorDeletes: true,
      wrap: (environment) => ({
        ...environment,
        fs: {
          ...environment.fs,
          readText: async (root, path, maxBytes) => {
            const text = await environment.fs.readText(root, path, maxBytes);
            if (state.armed && path.endsWith('/folder-id')) {
              state.armed = false;
              await rename(root, `${root}-away`);
              await mkdir(root);
            }
            return text;
          },
        },
      }),
    });
    await world.root.write('only', 'x');
    await world.sync();
    // A disk that is unmounted right after its marker was read leaves an empty directory.
    state.armed = true;
    expect(await world.sync()).toMatchObject({ result: 'problems', deletedFiles: 0 });
    expect(await world.problemCodes()).toEqual([': root-replaced']);
    expect(await world.bucket.keys()).toEqual(['only']);
    await world.root.remove('');
    await rename(`${world.root.path}-away`, world.root.path);
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0, deletedFiles: 0 });
  });
});
