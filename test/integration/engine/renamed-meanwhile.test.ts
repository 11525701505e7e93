import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import type { S3Access } from '../../support/s3-client.ts';
import { withStore } from '../../support/with-methods.ts';

/** What happens once, right before an object of this key is deleted. */
interface Meanwhile {
  key: string;
  /** @returns whether the deletion gets through to the server. */
  happens?: (() => Promise<boolean>) | undefined;
}

function before(meanwhile: Meanwhile): (environment: Environment) => Environment {
  return withStore((store) => ({
    delete: async (bucket, key, etag, signal) => {
      const happens = key === meanwhile.key ? meanwhile.happens : undefined;
      if (happens !== undefined) {
        meanwhile.happens = undefined;
        if (!(await happens())) {
          throw new SyncError({ code: 'timeout', message: 'It was lost.', advice: '', retryable: true });
        }
      }
      await store.delete(bucket, key, etag, signal);
    },
  }));
}

async function fill(world: World): Promise<void> {
  for (let i = 0; i < 3; i++) await world.root.write(`file-0${i}`, `content ${i}`);
  await world.sync();
}

function tests(access: () => Promise<S3Access>): void {
  for (const mode of ['two-way', 'upload'] as const) {
    test(`a renamed file whose copy somebody deletes before the old object goes is in the bucket (${mode})`, async () => {
      const meanwhile: Meanwhile = { key: 'file-01' };
      const world = await createWorld(await access(), { mode, mirrorDeletes: true, wrap: before(meanwhile) });
      const { bucket, root } = world;
      await fill(world);
      await root.move('file-01', 'renamed');
      meanwhile.happens = async () => {
        await bucket.remove('renamed');
        return false;
      };
      await world.sync();
      expect(meanwhile.happens).toBeUndefined();
      expect(await world.sync()).toMatchObject({ result: 'in-sync' });
      expect(await bucket.keys()).toEqual(['file-00', 'file-02', 'renamed']);
      expect(await bucket.text('renamed')).toBe('content 1');
      expect((await root.read('renamed')).toString()).toBe('content 1');
    });

    test(`rule 12: of a renamed file whose copy somebody replaces before the old object goes, a copy is kept (${mode})`, async () => {
      const meanwhile: Meanwhile = { key: 'file-01' };
      const world = await createWorld(await access(), { mode, mirrorDeletes: true, wrap: before(meanwhile) });
      const { bucket, root } = world;
      await fill(world);
      await root.move('file-01', 'renamed');
      meanwhile.happens = async () => {
        await bucket.put('renamed', 'theirs');
        return false;
      };
      await world.sync();
      expect(meanwhile.happens).toBeUndefined();
      await world.sync();
      expect(await bucket.keys()).toEqual(['file-00', 'file-02', 'renamed']);
      expect(await bucket.text('renamed')).toBe('theirs');
      expect(await bucket.trashed()).toEqual(['file-01']);
      // What was renamed is what both sides agreed on: theirs is a change of it, and no conflict.
      expect((await root.read('renamed')).toString()).toBe(mode === 'upload' ? 'content 1' : 'theirs');
      expect(await world.problemCodes()).toEqual(mode === 'upload' ? ['renamed: remote-changed'] : []);
    });
  }

  test('what a person moves back while a renamed file is moved in the bucket is there, and once', async () => {
    const meanwhile: Meanwhile = { key: 'old/a' };
    const world = await createWorld(await access(), { mode: 'two-way', wrap: before(meanwhile) });
    const { bucket, client, root } = world;
    for (const name of ['old/a', 'other']) await root.write(name, name);
    await world.sync();
    await root.move('old/a', 'new/a');
    let back: Promise<unknown> | undefined;
    meanwhile.happens = async () => {
      const request = { account: 'test', bucket: bucket.name, prefix: 'new/', newPrefix: 'old/' };
      back = (async () => {
        for await (const { phase } of client.stream('object.movePrefix', request)) if (phase === 'done') return;
      })();
      // A far server takes its time.
      await Promise.race([back, delay(1_000)]);
      return true;
    };
    await world.sync();
    await back;
    expect(await bucket.keys()).toEqual(['old/a', 'other']);
    expect(await bucket.text('old/a')).toBe('old/a');
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect((await root.read('old/a')).toString()).toBe('old/a');
  });

  test('what is put back from the bucket’s trash, and gone again before its entry there goes, stays in the trash', async () => {
    const meanwhile: Meanwhile = { key: '' };
    const world = await createWorld(await access(), { mode: 'two-way', wrap: before(meanwhile) });
    const { bucket, client, root } = world;
    await fill(world);
    await root.remove('file-01');
    await world.sync();
    [meanwhile.key = ''] = await bucket.trashKeys();
    meanwhile.happens = async () => {
      await bucket.remove('file-01');
      return false;
    };
    const entry = meanwhile.key.slice(meanwhile.key.indexOf('/') + 1);
    await client.call('trash.restore', { id: world.folderId, entry });
    expect(meanwhile.happens).toBeUndefined();
    expect(await bucket.trashed()).toEqual(['file-01']);
  });
}

describe.skipIf(isWithoutRealServer)('a copy whose source goes later, on the real server', () =>
  tests(async () => sharedServer()),
);
describe('a copy whose source goes later, on the double', () => tests(() => useDouble()));
