import { mkdir, rename } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { approveHeld } from '../../support/approve-held.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { withStore } from '../../support/with-methods.ts';

async function fill(world: World, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await world.root.write(`file-${String(i).padStart(2, '0')}`, `content ${i}`);
}

/** Collects the keys that are looked at. */
function counting(looks: string[]): (environment: Environment) => Environment {
  return withStore((store) => ({
    head: (bucket, key, signal) => {
      looks.push(key);
      return store.head(bucket, key, signal);
    },
  }));
}

describe.skipIf(isWithoutRealServer)('deletions, against the real server', () => {
  test('without mirrorDeletes a deleted file stays in the bucket, also after a restart', async () => {
    const world = await createWorld(sharedServer());
    await fill(world, 3);
    await world.sync();
    await world.root.remove('file-01');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
    await world.restart();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0, uploadedFiles: 0 });
    expect(await world.bucket.keys()).toEqual(['file-00', 'file-01', 'file-02']);
  });

  test('a file that was deleted and kept in the bucket is uploaded again when it comes back changed', async () => {
    const world = await createWorld(sharedServer());
    await fill(world, 2);
    await world.sync();
    await world.root.remove('file-01');
    await world.sync();
    await world.root.write('file-01', 'back again, and other');
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect(await world.bucket.text('file-01')).toBe('back again, and other');
  });

  test('rule 12: with mirrorDeletes an object goes after a copy of it lies in the trash', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    await fill(world, 3);
    await world.sync();
    await world.root.remove('file-01');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1 });
    expect(await world.bucket.keys()).toEqual(['file-00', 'file-02']);
    expect(await world.bucket.trashed()).toEqual(['file-01']);
  });

  test('rule 12: in a versioned bucket a deletion is a delete marker and needs no copy, and one look before it', async () => {
    const looks: string[] = [];
    const wrap = counting(looks);
    const world = await createWorld(sharedServer(), { mirrorDeletes: true, versioned: true, wrap });
    await fill(world, 3);
    await world.sync();
    await world.root.remove('file-01');
    looks.length = 0;
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1 });
    expect(await world.bucket.keys()).toEqual(['file-00', 'file-02']);
    expect(await world.bucket.trashed()).toEqual([]);
    expect(await world.bucket.deleteMarkers()).toEqual(['file-01']);
    expect(looks).toEqual(['file-01']);
  });

  test('rule 4: a file that comes back while the server can not be reached keeps its object', async () => {
    for (const operation of ['CopyObject', 'DeleteObject'] as const) {
      const double = await useDouble();
      const world = await createWorld(double, { mirrorDeletes: true });
      await fill(world, 3);
      await world.sync();
      await world.root.remove('file-01');
      const away = double.faults.add({ operation }, { kind: 'resetBefore' });
      const synced = world.sync();
      await expect.poll(() => away.hits, { timeout: 10_000 }).toBeGreaterThan(0);
      await world.root.write('file-01', 'content 1');
      double.requests.clear();
      away.remove();
      await synced;
      await world.sync();
      expect(double.requests.of('DeleteObject').filter(({ key }) => key === 'file-01')).toHaveLength(0);
      expect(await world.bucket.keys()).toEqual(['file-00', 'file-01', 'file-02']);
    }
  });

  test('rule 4: a file that gets its old name back before the old object is deleted keeps that object', async () => {
    let meanwhile: (() => Promise<void>) | undefined;
    const deleted: string[] = [];
    const wrap = withStore((store) => ({
      delete: async (bucket, key, etag, signal) => {
        if (key === 'file-01' && meanwhile !== undefined) {
          await meanwhile();
          meanwhile = undefined;
          throw new SyncError({ code: 'timeout', message: 'It was lost.', advice: '', retryable: true });
        }
        deleted.push(key);
        await store.delete(bucket, key, etag, signal);
      },
    }));
    const world = await createWorld(sharedServer(), { mirrorDeletes: true, wrap });
    await fill(world, 3);
    await world.sync();
    await world.root.move('file-01', 'renamed');
    deleted.length = 0;
    meanwhile = () => world.root.move('renamed', 'file-01');
    await world.sync();
    expect(meanwhile).toBeUndefined();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    expect(deleted).toEqual(['renamed']);
    expect(await world.bucket.keys()).toEqual(['file-00', 'file-01', 'file-02']);
  });

  test('rule 12: where the copy is gone by the time that a deletion is tried again, another one is kept first', async () => {
    // On another computer somebody empties the trash, or restores the object, of which the answer was lost.
    for (const doesDelete of [false, true]) {
      let meanwhile: (() => Promise<void>) | undefined;
      const wrap = withStore((store) => ({
        delete: async (bucket, key, etag, signal) => {
          const isFirst = key === 'file-01' && meanwhile !== undefined;
          if (doesDelete || !isFirst) await store.delete(bucket, key, etag, signal);
          if (!isFirst) return;
          await meanwhile?.();
          meanwhile = undefined;
          throw new SyncError({ code: 'timeout', message: 'It was lost.', advice: '', retryable: true });
        },
      }));
      const world = await createWorld(sharedServer(), { mirrorDeletes: true, wrap });
      const { bucket } = world;
      await fill(world, 3);
      await world.sync();
      await world.root.remove('file-01');
      meanwhile = async () => {
        if (doesDelete) await bucket.put('file-01', 'content 1');
        for (const key of await bucket.trashKeys()) await bucket.remove(key);
      };
      expect(await world.sync()).toMatchObject({ result: 'in-sync' });
      expect(meanwhile).toBeUndefined();
      expect([doesDelete, await bucket.keys()]).toEqual([doesDelete, ['file-00', 'file-02']]);
      expect([doesDelete, await bucket.trashed()]).toEqual([doesDelete, ['file-01']]);
    }
  });

  test('rule 12: in a versioned bucket, of what has no version a copy is kept all the same', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    await fill(world, 3);
    await world.sync();
    await world.bucket.enableVersioning();
    await world.root.write('file-02', 'with a version');
    await world.sync();
    await world.root.remove('file-01');
    await world.root.remove('file-02');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 2 });
    expect(await world.bucket.keys()).toEqual(['file-00']);
    expect(await world.bucket.trashed()).toEqual(['file-01']);
  });

  test('rule 3: all files deleted: the brake holds, survives a restart, and lets go when approved', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    await fill(world, 12);
    await world.sync();
    for (let i = 0; i < 12; i++) await world.root.remove(`file-${String(i).padStart(2, '0')}`);
    expect(await world.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    await world.restart();
    expect(await world.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    expect(await world.bucket.keys()).toHaveLength(12);
    expect((await world.client.call('folder.status', { id: world.folderId })).hold).toMatchObject({ deletions: 12 });

    await approveHeld(world);
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 12 });
    expect(await world.bucket.keys()).toEqual([]);
    expect(await world.bucket.trashed()).toHaveLength(12);
  });

  test('rule 3: files that come back end the hold', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    await fill(world, 12);
    await world.sync();
    await rename(world.root.at('file-00'), `${world.home}/kept`);
    for (let i = 1; i < 12; i++) await world.root.remove(`file-${String(i).padStart(2, '0')}`);
    expect(await world.sync()).toMatchObject({ result: 'held' });
    await fill(world, 12);
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
    expect(await world.bucket.keys()).toHaveLength(12);
  });

  test('root-unmounted: rule 1: a root that was moved away deletes nothing, and all goes on when it is back', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    await fill(world, 1);
    await world.sync();
    await rename(world.root.path, `${world.root.path}-away`);
    expect(await world.sync()).toMatchObject({ result: 'problems', deletedFiles: 0 });
    expect(await world.problemCodes()).toEqual([': root-missing']);
    expect(await world.bucket.keys()).toEqual(['file-00']);
    await rename(`${world.root.path}-away`, world.root.path);
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0, uploadedFiles: 0 });
    expect(await world.problemCodes()).toEqual([]);
  });

  test('rule 3: what stopped the folder before is not told any more while its plan is held', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    for (const name of ['a', 'b']) await world.root.write(name, 'x');
    await world.sync();
    await rename(world.root.path, `${world.root.path}-away`);
    await world.sync();
    expect(await world.problemCodes()).toEqual([': root-missing']);
    await rename(`${world.root.path}-away`, world.root.path);
    for (const name of ['a', 'b']) await world.root.remove(name);
    expect(await world.sync()).toMatchObject({ result: 'held' });
    expect(await world.problemCodes()).toEqual([]);
  });

  test('root-replaced-by-empty-disk: rule 1: an empty root deletes nothing', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    await fill(world, 1);
    await world.sync();
    await rename(world.root.path, `${world.root.path}-away`);
    await mkdir(world.root.path);
    expect(await world.sync()).toMatchObject({ result: 'problems', deletedFiles: 0 });
    expect(await world.problemCodes()).toEqual([': root-replaced']);
    expect(await world.bucket.keys()).toEqual(['file-00']);
  });

  test('filter-change: rule 13: what a new filter leaves out is deleted nowhere', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    await world.root.write('kept.txt', 'a');
    await world.root.write('film.mov', 'b');
    await world.root.write('dir/film.mov', 'c');
    await world.sync();
    await world.root.write('.rustfsignore', '*.mov\n');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
    await world.root.remove('film.mov');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
    expect(await world.bucket.keys()).toEqual(['.rustfsignore', 'dir/film.mov', 'film.mov', 'kept.txt']);
    // Nor does the end of the rule make a deletion of what went meanwhile; what goes from then on is one again.
    await world.root.write('.rustfsignore', '# nothing\n');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0 });
    await world.root.remove('dir/film.mov');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1 });
    expect(await world.bucket.keys()).toEqual(['.rustfsignore', 'film.mov', 'kept.txt']);
  });

  test('rule 10: an object that somebody else changed is not deleted, and the engine comes to rest', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    await fill(world, 4);
    await world.sync();
    await world.watch();
    await world.bucket.put('file-01', 'theirs');
    await world.root.remove('file-01');
    await world.root.write('last', 'a sign that the deletion was looked at');
    await pollUntil('the next file', async () => ((await world.bucket.etag('last')) === undefined ? undefined : true));
    await pollUntil('the end of the base row', () =>
      world.state.base.get(world.folderId, 'file-01') === undefined ? true : undefined,
    );
    expect(await world.bucket.text('file-01')).toBe('theirs');
    expect(await world.bucket.trashed()).toEqual([]);
  });
});

describe('deletions, against a server with faults', () => {
  test('rule 2: a failed listing deletes nothing', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    await fill(world, 4);
    await world.sync();
    await world.root.remove('file-01');
    double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'error', code: 'AccessDenied' });
    await world.sync();
    expect(await world.activity('deleted-remote')).toEqual([]);
    expect(double.model.listObjects(world.bucket.name).objects).toHaveLength(4);
    double.faults.clear();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1 });
  });

  test('rule 2: a listing that ends with an error on its second page deletes and uploads nothing', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    for (let i = 0; i < 1_100; i++) await world.root.write(`d/${String(i).padStart(4, '0')}`, '');
    await world.sync();
    await world.root.remove('d/0001');
    await world.root.write('new', 'new');
    double.faults.add({ operation: 'ListObjectsV2', after: 1 }, { kind: 'error', code: 'AccessDenied' });
    expect(await world.sync()).toMatchObject({ deletedFiles: 0, uploadedFiles: 0 });
    double.faults.clear();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1, uploadedFiles: 1 });
  });

  test('listing-cut-short: rule 2: objects that a listing leaves out are neither deleted nor overwritten', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    await fill(world, 20);
    await world.sync();
    double.requests.clear();
    double.faults.add({ operation: 'ListObjectsV2', times: 1 }, { kind: 'cutListing', afterKeys: 5 });
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0, uploadedFiles: 0 });
    expect(double.requests.of('PutObject').filter((one) => one.status === 200)).toEqual([]);
    expect(await world.bucket.keys()).toHaveLength(20);
  });

  test('listing-says-gone-but-object-is-there: nothing is sent whole for it, large files neither', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('large', Buffer.alloc(20 * 1024 * 1024, 7));
    await world.root.write('small', 'small');
    await world.sync();
    double.requests.clear();
    double.faults.add({ operation: 'ListObjectsV2', times: 1 }, { kind: 'hideKeys', keys: /./ });
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    expect(double.requests.count('UploadPart')).toBe(0);
  });

  test('rule 10: what somebody puts in place of an object that went by itself is not deleted, where the server knows no conditions', async () => {
    const double = await useDouble();
    let isGone = false;
    const wrap = withStore((store) => ({
      probeCapabilities: async (bucket, signal) => {
        const found = await store.probeCapabilities(bucket, signal);
        return { ...found, conditionalDelete: false };
      },
      copy: async (request, signal) => {
        const copied = await store.copy(request, signal);
        await world.bucket.remove('file-01');
        isGone = true;
        return copied;
      },
      head: async (bucket, key, signal) => {
        const found = await store.head(bucket, key, signal);
        if (isGone && key === 'file-01' && found === undefined) await world.bucket.put(key, 'theirs');
        return found;
      },
    }));
    const world: World = await createWorld(double, { mirrorDeletes: true, wrap });
    await fill(world, 3);
    await world.sync();
    await world.root.remove('file-01');
    await world.sync();
    expect(isGone).toBe(true);
    expect(await world.bucket.text('file-01')).toBe('theirs');
  });

  test('bucket-deleted: rule 2: a bucket that is gone ends the run with its name and deletes nothing', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mirrorDeletes: true });
    await fill(world, 2);
    await world.sync();
    const fault = double.faults.add({ bucket: world.bucket.name }, { kind: 'error', code: 'NoSuchBucket' });
    const outcome = await world.sync();
    expect(outcome).toMatchObject({ result: 'unreachable', error: { code: 'no-such-bucket' } });
    expect(outcome.error?.message).toContain(world.bucket.name);
    fault.remove();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0, deletedFiles: 0 });
  });
});
