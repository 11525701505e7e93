import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../src/core/errors.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { isWithoutRealServer, sharedServer } from '../../support/engine-servers.ts';
import { withStore } from '../../support/with-methods.ts';

async function fill(world: World): Promise<void> {
  for (let i = 0; i < 3; i++) await world.root.write(`file-0${i}`, `content ${i}`);
}

describe.skipIf(isWithoutRealServer)('a renamed file gets its old name back while its object is moved', () => {
  test('rule 7: a file that is written anew under its old name while its object is moved is no conflict', async () => {
    for (const mode of ['two-way', 'upload'] as const) {
      let meanwhile: (() => Promise<void>) | undefined;
      const wrap = withStore((store) => ({
        copy: async (request, signal) => {
          const made = await store.copy(request, signal);
          await meanwhile?.();
          meanwhile = undefined;
          return made;
        },
      }));
      const world = await createWorld(sharedServer(), { mode, mirrorDeletes: mode === 'upload', wrap });
      await fill(world);
      await world.sync();
      await world.root.move('file-01', 'renamed');
      meanwhile = () => world.root.write('file-01', 'written anew');
      await world.sync();
      expect(meanwhile).toBeUndefined();
      expect(await world.sync()).toMatchObject({ result: 'in-sync' });
      expect(await world.bucket.keys()).toEqual(['file-00', 'file-01', 'file-02', 'renamed']);
      expect(await world.bucket.text('file-01')).toBe('written anew');
      expect(await world.bucket.text('renamed')).toBe('content 1');
    }
  });

  test('rule 4: a file that gets its old name back is sent again where the old object went, and only that was not heard', async () => {
    let meanwhile: (() => Promise<void>) | undefined;
    const wrap = withStore((store) => ({
      delete: async (bucket, key, etag, signal) => {
        await store.delete(bucket, key, etag, signal);
        if (key !== 'file-01' || meanwhile === undefined) return;
        await meanwhile();
        meanwhile = undefined;
        throw new SyncError({ code: 'timeout', message: 'It was lost.', advice: '', retryable: true });
      },
    }));
    const world = await createWorld(sharedServer(), { mode: 'two-way', wrap });
    await fill(world);
    await world.sync();
    await world.root.move('file-01', 'renamed');
    meanwhile = () => world.root.move('renamed', 'file-01');
    await world.sync();
    expect(meanwhile).toBeUndefined();
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect((await world.root.read('file-01')).toString()).toBe('content 1');
    expect(await world.bucket.keys()).toEqual(['file-00', 'file-01', 'file-02']);
  });
});
