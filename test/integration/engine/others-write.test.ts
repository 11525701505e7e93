import { describe, expect, test } from 'vitest';
import { createWorld } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble, useWireProxy } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';

describe('another client writes the same keys', () => {
  test('rule 10: a key made between plan and write is not overwritten, and a problem says so', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'mine');
    // The listing shows an empty bucket, as it was when the plan was made.
    double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'hideKeys', keys: /doc/ });
    await world.bucket.put('doc', 'theirs');
    expect(await world.sync()).toMatchObject({ result: 'problems', uploadedFiles: 0 });
    expect(await world.bucket.text('doc')).toBe('theirs');
    expect(await world.problemCodes()).toEqual(['doc: conflict']);
    expect(await world.activity('conflict')).toEqual(['doc']);
  });

  test('rule 10: a key changed between plan and write is not overwritten, and a problem says so', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'first');
    await world.sync();
    const stale = double.model.bucket(world.bucket.name).snapshot();
    await world.bucket.put('doc', 'theirs');
    await world.root.write('doc', 'mine, longer');
    double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'staleListing', snapshot: stale });
    expect(await world.sync()).toMatchObject({ result: 'problems', uploadedFiles: 0 });
    expect(await world.bucket.text('doc')).toBe('theirs');
    expect(await world.problemCodes()).toEqual(['doc: conflict']);
  });

  test('rule 10: the same for an edit of the same size', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'first');
    await world.sync();
    await world.bucket.put('doc', 'THEIR');
    await world.root.write('doc', 'mine!');
    expect(await world.sync()).toMatchObject({ result: 'problems', uploadedFiles: 0 });
    expect(await world.bucket.text('doc')).toBe('THEIR');
    expect(await world.problemCodes()).toEqual(['doc: conflict']);
  });

  test('rule 10: while watching, an edit of the same size over a changed object ends as a conflict and comes to rest', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'first');
    await world.watch();
    await world.bucket.put('doc', 'THEIR');
    await world.root.write('doc', 'mine!');
    await pollUntil('the conflict', async () =>
      (await world.problemCodes()).includes('doc: conflict') ? true : undefined,
    );
    expect(await world.bucket.text('doc')).toBe('THEIR');
  });

  test('an object that somebody else changed, under a file that was only touched, is told as changed there', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'first');
    await world.sync();
    await world.bucket.put('doc', 'THEIR');
    await world.root.write('doc', 'first');
    expect(await world.sync()).toMatchObject({ result: 'problems', uploadedFiles: 0 });
    expect(await world.problemCodes()).toEqual(['doc: remote-changed']);
    expect(await world.bucket.text('doc')).toBe('THEIR');
  });

  test('rule 7: an equal edit on both sides is no conflict', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'first');
    await world.sync();
    await world.bucket.put('doc', 'other');
    await world.root.write('doc', 'other');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    expect(await world.problemCodes()).toEqual([]);
  });

  test('a lost base row of an edit of the same size is healed: our own upload is recognised', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'first');
    await world.sync();
    const old = world.state.base.get(world.folderId, 'doc');
    if (old === undefined) throw new Error('No base row.');
    await world.root.write('doc', 'other');
    await world.sync();
    // As a crash leaves it right after the server took the file.
    world.state.base.put(world.folderId, old);
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    expect(world.state.base.get(world.folderId, 'doc')?.etag).toBe(await world.bucket.etag('doc'));
  });

  test('an object that was removed there is uploaded again when the file changes', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'first');
    await world.watch();
    await world.bucket.remove('doc');
    await world.root.write('doc', 'second');
    await pollUntil('the new object', async () => ((await world.bucket.etag('doc')) === undefined ? undefined : true));
    expect(await world.bucket.text('doc')).toBe('second');
    expect(await world.problemCodes()).toEqual([]);
  });

  test('a conflict ends when a person makes both sides equal, and when the local file goes', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('a', 'mine');
    await world.root.write('b', 'mine');
    await world.bucket.put('a', 'theirs');
    await world.bucket.put('b', 'theirs');
    expect(await world.sync()).toMatchObject({ result: 'problems' });
    expect(await world.problemCodes()).toEqual(['a: conflict', 'b: conflict']);
    await world.root.write('a', 'theirs');
    await world.root.remove('b');
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect(await world.problemCodes()).toEqual([]);
    expect(await world.bucket.text('b')).toBe('theirs');
  });

  test('while watching, a conflict ends soon after the local file was removed', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('b', 'mine');
    await world.bucket.put('b', 'theirs');
    await world.watch();
    expect(await world.problemCodes()).toEqual(['b: conflict']);
    await world.root.remove('b');
    await pollUntil('the end of the problem', async () =>
      (await world.problemCodes()).length === 0 ? true : undefined,
    );
  });

  test('a conflict that nobody touched is not compared byte by byte again', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'mine!!');
    await world.bucket.put('doc', 'theirs');
    await world.sync();
    double.requests.clear();
    await world.sync();
    expect(double.requests.count('GetObject')).toBe(0);
    expect(await world.activity('conflict')).toEqual(['doc']);
  });
});

describe.skipIf(isWithoutRealServer)('another client writes the same keys, on the real server', () => {
  test('rule 10: an object completed by somebody else during a multipart upload is not overwritten', async () => {
    const proxy = await useWireProxy(sharedServer().endpoint);
    const world = await createWorld(sharedServer(), { engineEndpoint: proxy.endpoint });
    proxy.addFault({ method: 'PUT', query: /partNumber/ }, { kind: 'delay', delayMs: 150 });
    await world.root.write('film', randomContent(40 * MIB));
    const run = world.sync();
    await pollUntil('a part', () => (proxy.count({ query: /partNumber/ }) > 0 ? true : undefined));
    await world.bucket.put('film', 'theirs');
    expect(await run).toMatchObject({ result: 'problems', uploadedFiles: 0 });
    expect(await world.bucket.text('film')).toBe('theirs');
    expect(await world.problemCodes()).toEqual(['film: conflict']);
    expect(await world.bucket.unfinishedUploads()).toEqual([]);
  });
});
