import { describe, expect, test } from 'vitest';
import type { Environment, FileSystem } from '../../../src/core/environment.ts';
import { sha256 } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { refusal } from '../../support/memory-refusals.ts';
import { createTeam, type Computer, type Team } from '../../support/two-way-team.ts';
import { withStore } from '../../support/with-methods.ts';

/** Killed, or without an answer, after an effect and before base was written; and the file was edited before the next look. */

const hashOf = (text: string) => sha256(Buffer.from(text));

interface Hooks {
  /** Runs once the server has carried out a write. */
  sent?: (key: string) => Promise<void>;
  /** Runs once a file has got its name. */
  placed?: (path: string) => Promise<void>;
}

function hooked(hooks: Hooks): (environment: Environment) => Environment {
  return (environment) => {
    const move: FileSystem['move'] = async (root, from, to, expect) => {
      const stat = await environment.fs.move(root, from, to, expect);
      await hooks.placed?.(to);
      return stat;
    };
    const put = withStore((store) => ({
      put: async (request, signal) => {
        const result = await store.put(request, signal);
        await hooks.sent?.(request.key);
        return result;
      },
    }));
    return { ...put(environment), fs: { ...environment.fs, move } };
  };
}

async function makeHookedPair(hooks: Hooks): Promise<Team & { readonly a: Computer; readonly b: Computer }> {
  const team = await createTeam(await useDouble(), { adapt: hooked(hooks) }, {});
  const [a, b] = team.computers;
  if (a === undefined || b === undefined) throw new Error('There are two computers.');
  await a.root.write('doc', 'first');
  await a.root.write('other', 'x');
  await team.settle();
  return { ...team, a, b };
}

describe('an upload that was carried out and not written down', () => {
  for (const name of ['doc', 'new']) {
    test(`killed in between, and edited before the restart: ${name} is sent, and is no conflict`, async () => {
      const hooks: Hooks = {};
      const { a, bucket, settle } = await makeHookedPair(hooks);
      hooks.sent = async () => a.backUpDatabase();
      await a.root.write(name, 'second');
      await a.sync();
      delete hooks.sent;
      await a.root.write(name, 'third, edited after the kill');
      await a.restoreDatabase();
      expect(await a.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
      expect(await bucket.text(name)).toBe('third, edited after the kill');
      expect(await a.problemCodes()).toEqual([]);
      expect(Object.keys(await settle())).toEqual([...new Set(['doc', name, 'other'])]);
    });
  }

  test('somebody else writes over it before the restart: both versions are kept', async () => {
    const hooks: Hooks = {};
    const { a, bucket, settle } = await makeHookedPair(hooks);
    hooks.sent = async () => a.backUpDatabase();
    await a.root.write('doc', 'second');
    await a.sync();
    delete hooks.sent;
    await bucket.put('doc', 'by somebody else');
    await a.root.write('doc', 'third, edited after the kill');
    await a.restoreDatabase();
    await a.sync();
    const contents = Object.values(await settle());
    expect(contents).toContain(hashOf('by somebody else'));
    expect(contents).toContain(hashOf('third, edited after the kill'));
  });

  test('what was under way is forgotten with what is not chosen any more: both versions are kept', async () => {
    const hooks: Hooks = {};
    const { a, bucket } = await makeHookedPair(hooks);
    hooks.sent = async () => a.backUpDatabase();
    await a.root.write('leave/new', 'sent, and killed right after');
    await a.sync();
    delete hooks.sent;
    await a.restoreDatabase();
    const select = (paths: string[] | null) => a.client.call('folder.select', { id: a.folderId, paths });
    await select(['doc']);
    await a.sync();
    expect(Object.keys(await a.tree())).toEqual(['doc']);
    await a.root.write('leave/new', 'written by somebody who does not know the other one');
    await select(null);
    await a.sync();
    expect(await bucket.text('leave/new')).toBe('sent, and killed right after');
    expect(await a.problemCodes()).toEqual(['leave/new: conflict-copy']);
  });

  test('an object of the same time and size that is not ours is not taken for ours', async () => {
    const hooks: Hooks = {};
    const { a, bucket, settle } = await makeHookedPair(hooks);
    hooks.sent = async () => {
      a.backUpDatabase();
      await bucket.put('doc', 'sechst');
    };
    await a.root.write('doc', 'second');
    await a.sync();
    delete hooks.sent;
    await a.root.write('doc', 'third.');
    await a.restoreDatabase();
    await a.sync();
    const contents = Object.values(await settle());
    for (const text of ['sechst', 'third.']) expect(contents).toContain(hashOf(text));
  });

  test('its answer is lost and the file edited meanwhile: the edit is sent, and is no conflict', async () => {
    const hooks: Hooks = {};
    const { a, bucket, settle } = await makeHookedPair(hooks);
    hooks.sent = async () => {
      delete hooks.sent;
      await a.root.write('doc', 'third, edited meanwhile');
      throw refusal('unreachable');
    };
    await a.root.write('doc', 'second');
    await a.sync();
    expect(Object.keys(await settle())).toEqual(['doc', 'other']);
    expect(await bucket.text('doc')).toBe('third, edited meanwhile');
    expect(await a.problemCodes()).toEqual([]);
  });
});

test('a download that was carried out and not written down does not go over an older version that somebody put back', async () => {
  const hooks: Hooks = {};
  const { a, bucket, settle } = await makeHookedPair(hooks);
  hooks.placed = async (path) => {
    if (path === 'doc') a.backUpDatabase();
  };
  await bucket.put('doc', 'second');
  await a.sync();
  delete hooks.placed;
  await bucket.put('doc', 'first');
  await a.restoreDatabase();
  await a.sync();
  expect(await bucket.text('doc')).toBe('first');
  expect((await settle())['doc']).toBe(hashOf('first'));
});

test('rule 13: a download that was carried out and not written down: that its object went while a rule left it out is no deletion', async () => {
  const hooks: Hooks = {};
  const { a, bucket } = await makeHookedPair(hooks);
  hooks.placed = async (path) => {
    if (path === 'new') a.backUpDatabase();
  };
  await bucket.put('new', 'made elsewhere');
  await a.sync();
  delete hooks.placed;
  await a.restoreDatabase();
  await a.root.write('.rustfsignore', 'new\n');
  await a.sync();
  await bucket.remove('new');
  await a.sync();
  await a.root.remove('.rustfsignore');
  await a.sync();
  expect(await a.trash()).toEqual({});
  expect(await a.tree()).toHaveProperty('new', hashOf('made elsewhere'));
});
