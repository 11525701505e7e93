import { mkdir, rename, rmdir, stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { createWorld } from '../../support/engine-harness.ts';
import { MIB, randomContent, sha256 } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import type { S3Access } from '../../support/s3-client.ts';
import { createPair, createTeam, type Computer, type ComputerOptions } from '../../support/two-way-team.ts';

const hashOf = (text: string) => sha256(Buffer.from(text));

/** Both computers edit the same file; the first one is quicker. */
async function makeConflict(access: S3Access, options: ComputerOptions = {}) {
  const pair = await createPair(access, options);
  await pair.a.root.write('d/doc.txt', 'as it was');
  await pair.a.root.write('other', 'stays');
  await pair.settle();
  await pair.a.root.write('d/doc.txt', 'edited on a');
  await pair.b.root.write('d/doc.txt', 'edited on b, which is later');
  const tree = await pair.settle();
  return { ...pair, tree };
}

/** Runs `hook` once, when a finished download is about to get its name or the file that it replaces is. */
function beforeMove(path: string, hook: () => Promise<void>): (environment: Environment) => Environment {
  let isDone = false;
  return (environment) => {
    const fs: Environment['fs'] = Object.create(environment.fs) as Environment['fs'];
    fs.move = async (root, from, to, expected) => {
      if (!isDone && (from === path || to === path)) {
        isDone = true;
        await hook();
      }
      return environment.fs.move(root, from, to, expected);
    };
    return { ...environment, fs };
  };
}

describe('conflicts', () => {
  for (const server of ['double', 'real'] as const) {
    test.skipIf(server === 'real' && isWithoutRealServer)(
      `rule 7: two different edits are both kept on both computers, and listed where they met (${server} server)`,
      async () => {
        const { a, b, tree } = await makeConflict(server === 'double' ? await useDouble() : sharedServer());
        const names = Object.keys(tree);
        expect(names).toHaveLength(3);
        expect(names[0]).toMatch(/^d\/doc \(conflict .+ \d{4}-\d\d-\d\d \d{6}\)\.txt$/);
        expect(tree[names[0] ?? '']).toBe(hashOf('edited on b, which is later'));
        expect(tree['d/doc.txt']).toBe(hashOf('edited on a'));
        expect(await b.problemCodes()).toEqual(['d/doc.txt: conflict-copy']);
        expect(await a.problemCodes()).toEqual([]);
      },
    );
  }

  const winners = { mine: ['edited on b, which is later'], theirs: ['edited on a'] } as const;
  for (const keep of ['mine', 'theirs'] as const) {
    test(`a conflict that is settled for “${keep}” ends with one file everywhere and the other in the trash`, async () => {
      const { b, settle } = await makeConflict(await useDouble());
      await b.resolve(keep);
      const tree = await settle();
      expect(tree).toEqual({ 'd/doc.txt': hashOf(winners[keep][0]), other: hashOf('stays') });
      expect(await b.problemCodes()).toEqual([]);
      const given = keep === 'mine' ? 'edited on a' : 'edited on b, which is later';
      expect(Object.values(await b.trash())).toContain(hashOf(given));
    });
  }

  test('a conflict that is settled for “both” leaves both files', async () => {
    const { b, settle, tree } = await makeConflict(await useDouble());
    await b.resolve('both');
    expect(await settle()).toEqual(tree);
    expect(await b.problemCodes()).toEqual([]);
  });

  test('rule 7: an object whose declared MD5 can not be read is compared by its content', async () => {
    const { a, bucket } = await createPair(await useDouble());
    const content = randomContent(11 * MIB);
    await a.root.write('film', content);
    // Parts of sizes that nobody would guess.
    const parts = [content.subarray(0, 5 * MIB), content.subarray(5 * MIB)];
    await bucket.putInParts('film', parts, { md5chksum: 'not an MD5' });
    expect(await a.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0, downloadedFiles: 0 });
    expect(Object.keys(await a.tree())).toEqual(['film']);
  });

  test('a conflict stays listed until it is settled, and cannot be settled twice', async () => {
    const { b, settle } = await makeConflict(await useDouble());
    await settle();
    const [problem] = await b.client.call('problem.list', { folderId: b.folderId });
    const request = { id: problem?.id ?? -1, keep: 'theirs' } as const;
    await b.client.call('problem.resolve', request);
    await expect(b.client.call('problem.resolve', request)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  test.each(['the engine goes on', 'the engine is restarted'])(
    'the number of a conflict that was settled is none of a later one: whoever still has it before them settles nothing (%s)',
    async (then) => {
      const { a, b, settle } = await makeConflict(await useDouble());
      const shown = async () => (await b.client.call('problem.list', { folderId: b.folderId }))[0]?.id ?? -1;
      const id = await shown();
      await b.client.call('problem.resolve', { id, keep: 'theirs' });
      await settle();
      if (then === 'the engine is restarted') await b.restart();
      await a.root.write('other', 'edited on a');
      await b.root.write('other', 'edited on b, which is later');
      const tree = await settle();
      expect(await b.problemCodes()).toEqual(['other: conflict-copy']);
      const again = b.client.call('problem.resolve', { id, keep: 'theirs' });
      await expect(again).rejects.toMatchObject({ code: 'invalid-argument' });
      expect(await settle()).toEqual(tree);
    },
  );

  test.each(['mine', 'theirs', 'both'] as const)(
    'rule 1: a conflict is not settled for “%s” while the disk of the folder is away',
    async (keep) => {
      const { b, settle, tree } = await makeConflict(await useDouble());
      const [problem] = await b.client.call('problem.list', { folderId: b.folderId });
      const request = { id: problem?.id ?? -1, keep };
      const { path } = b.root;
      await rename(path, `${path}.away`);
      await expect(b.client.call('problem.resolve', request)).rejects.toMatchObject({ code: 'root-missing' });
      await mkdir(path);
      await expect(b.client.call('problem.resolve', request)).rejects.toMatchObject({ code: 'root-replaced' });
      await rmdir(path);
      await rename(`${path}.away`, path);
      expect(await b.problemCodes()).toEqual(['d/doc.txt: conflict-copy']);
      expect(await settle()).toEqual(tree);
    },
  );
  test('a conflict whose file can not get its name back leaves what it was to replace where it was', async () => {
    const edited = new SyncError({ code: 'file-changed', message: 'It was edited just now.', advice: '' });
    let isEdited = false;
    const adapt = (environment: Environment): Environment => {
      const fs: Environment['fs'] = Object.create(environment.fs) as Environment['fs'];
      fs.move = async (root, from, to, expected) => {
        if (isEdited && to === 'd/doc.txt' && from.startsWith('d/')) throw edited;
        return environment.fs.move(root, from, to, expected);
      };
      return { ...environment, fs };
    };
    const { b, settle, tree } = await makeConflict(await useDouble(), { adapt });
    isEdited = true;
    await expect(b.resolve('mine')).rejects.toMatchObject({ code: 'file-changed' });
    expect(await b.problemCodes()).toEqual(['d/doc.txt: conflict-copy']);
    expect(await settle()).toEqual(tree);
  });

  test('a second conflict on the same file keeps all three versions', async () => {
    const { a, b, settle, tree } = await makeConflict(await useDouble());
    const [first] = await b.client.call('problem.list', { folderId: b.folderId });
    await a.root.write('d/doc.txt', 'once more on a');
    await b.root.write('d/doc.txt', 'and once more on b');
    const time = new Date(await b.mtimeMs(Object.keys(tree)[0] ?? ''));
    await b.touch('d/doc.txt', time);
    expect(new Set(Object.values(await settle()))).toEqual(
      new Set(['once more on a', 'and once more on b', 'edited on b, which is later', 'stays'].map(hashOf)),
    );
    // Whoever settles the first one has not seen the second.
    const settling = b.client.call('problem.resolve', { id: first?.id ?? -1, keep: 'theirs' });
    await expect(settling).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  test('rule 7: of two conflicts on one file both are listed until they are settled, each by its own number', async () => {
    const { a, b, settle, tree } = await makeConflict(await useDouble());
    const [first = ''] = Object.keys(tree);
    const listed = () => b.client.call('problem.list', { folderId: b.folderId });
    const firstMs = (await listed())[0]?.firstMs;
    await a.root.write('d/doc.txt', 'once more on a');
    await b.root.write('d/doc.txt', 'and once more on b');
    await b.touch('d/doc.txt', new Date((await b.mtimeMs(first)) + 60_000));
    const [, second = ''] = Object.keys(await settle());
    const before = await listed();
    expect(before.map(({ detail }) => detail).sort()).toEqual([first, second]);
    const of = (copy: string) => before.find(({ detail }) => detail === copy);
    expect(of(first)?.firstMs).toBe(firstMs);
    await b.client.call('problem.resolve', { id: of(first)?.id ?? -1, keep: 'theirs' });
    expect(await listed()).toEqual([of(second)]);
    expect(Object.keys(await settle())).toEqual([second, 'd/doc.txt', 'other']);
    await b.client.call('problem.resolve', { id: of(second)?.id ?? -1, keep: 'mine' });
    expect(await listed()).toEqual([]);
    expect(await settle()).toEqual({ 'd/doc.txt': hashOf('and once more on b'), other: hashOf('stays') });
  });

  test('a conflict that comes up while the one before is being settled stays listed', async () => {
    let meanwhile = () => {};
    const wrap = (real: Environment): Environment => {
      const move: Environment['fs']['move'] = (...moving) => {
        meanwhile();
        return real.fs.move(...moving);
      };
      return { ...real, fs: { ...real.fs, move } };
    };
    const world = await createWorld(await useDouble(), { mode: 'two-way', wrap });
    for (const name of ['doc', 'doc (first)', 'doc (second)']) await world.root.write(name, name);
    await world.sync();
    const { problems } = world.state;
    const told = { path: 'doc', source: 'conflict', code: 'conflict-copy', severity: 'warning' } as const;
    const put = (detail: string) => {
      problems.renumberConflicts(world.folderId, 'doc');
      problems.put(world.folderId, { ...told, message: '', advice: '', detail, retryAtMs: undefined }, 1, Date.now());
    };
    put('doc (first)');
    meanwhile = () => put('doc (second)');
    const id = (await world.problems())[0]?.id ?? -1;
    await world.client.call('problem.resolve', { id, keep: 'theirs' });
    expect((await world.problems()).map(({ detail }) => detail)).toEqual(['doc (second)']);
  });

  test('two filled folders that differ lose nothing at their first sync', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    for (let i = 0; i < 12; i++) {
      await a.root.write(`f${i}`, `a ${i}`);
      await b.root.write(`f${i}`, `here b ${i}`);
    }
    const all = [...Object.values(await a.tree()), ...Object.values(await b.tree())];
    expect(new Set(Object.values(await settle()))).toEqual(new Set(all));
  });

  test('three computers that edit the same file keep all three', async () => {
    const { computers, settle } = await createTeam(await useDouble(), {}, {}, {});
    await computers[0]?.root.write('doc', 'as it was');
    await settle();
    const edits = ['first', 'the second', 'and the third'];
    for (const [index, text] of edits.entries()) await computers[index]?.root.write('doc', text);
    expect(new Set(Object.values(await settle()))).toEqual(new Set(edits.map(hashOf)));
  });
});

describe('a change against a deletion', () => {
  test('delete-vs-edit: rule 6: the edit wins, whichever computer comes first', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    for (const name of ['ab', 'ba', 'stays']) await a.root.write(name, 'as it was');
    await settle();
    await a.root.remove('ab');
    await b.root.write('ab', 'edited on b');
    await a.root.write('ba', 'edited on a');
    await b.root.remove('ba');
    expect(await settle()).toMatchObject({ ab: hashOf('edited on b'), ba: hashOf('edited on a') });
    expect([...(await a.problemCodes()), ...(await b.problemCodes())]).toEqual([]);
  });

  test('rule 6: a directory deleted here keeps what was written into it there', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    for (const name of ['d/one', 'd/two', 'stays']) await a.root.write(name, 'as it was');
    await settle();
    await a.root.remove('d');
    await b.root.write('d/three', 'new');
    await b.root.write('d/two', 'edited');
    expect(Object.keys(await settle())).toEqual(['d/three', 'd/two', 'stays']);
  });

  test('deleted on both computers is no event', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    for (const name of ['gone', 'stays']) await a.root.write(name, 'x');
    await settle();
    await a.root.remove('gone');
    await b.root.remove('gone');
    expect(Object.keys(await settle())).toEqual(['stays']);
  });
});

describe('a file that moves under a sync', () => {
  /** One who changes the file at the worst moment, and one who brings the remote change. */
  async function team(path: string, hook: (hasty: Computer) => Promise<void>) {
    const made: Computer[] = [];
    const adapt = beforeMove(path, async () => {
      if (made[0] !== undefined) await hook(made[0]);
    });
    const { computers, settle, remote } = await createTeam(await useDouble(), {}, { adapt });
    const [other, hasty] = computers;
    if (other === undefined || hasty === undefined) throw new Error('There are two computers.');
    return { other, hasty, settle, remote, arm: () => void made.push(hasty) };
  }

  test('edit-between-scan-and-effect: rule 10: a target that is edited between plan and download is kept beside what comes', async () => {
    const { other, hasty, settle, arm } = await team('doc', (one) =>
      one.root.write('doc', 'edited at the last moment'),
    );
    await other.root.write('doc', 'as it was');
    await other.sync();
    await hasty.root.write('doc', 'as it was');
    await settle();
    arm();
    await other.root.write('doc', 'edited on the other computer');
    const tree = await settle();
    expect(tree['doc']).toBe(hashOf('edited on the other computer'));
    expect(Object.values(tree)).toContain(hashOf('edited at the last moment'));
    expect(Object.values(tree)).toHaveLength(2);
  });

  test('rule 10: a file that appears where a download is to go is kept', async () => {
    const { other, settle, arm } = await team('fresh', (one) => one.root.write('fresh', 'written here meanwhile'));
    arm();
    await other.root.write('fresh', 'comes from the other computer');
    const tree = await settle();
    expect(tree['fresh']).toBe(hashOf('comes from the other computer'));
    expect(Object.values(tree)).toContain(hashOf('written here meanwhile'));
  });

  test('delete-vs-edit: rule 6: a file that is edited right before its deletion is carried out stays, and comes back everywhere', async () => {
    const { other, hasty, settle, arm } = await team('doc', (one) =>
      one.root.write('doc', 'edited at the last moment'),
    );
    await other.root.write('doc', 'as it was');
    await other.root.write('stays', 'x');
    await other.sync();
    await hasty.root.write('doc', 'as it was');
    await settle();
    arm();
    await other.root.remove('doc');
    expect((await settle())['doc']).toBe(hashOf('edited at the last moment'));
  });

  test('a conflict whose local side is edited right before it is moved aside loses neither edit', async () => {
    const { other, hasty, settle, arm } = await team('doc', (one) => one.root.append('doc', ', and more'));
    await other.root.write('doc', 'as it was');
    await other.sync();
    await hasty.root.write('doc', 'as it was');
    await settle();
    arm();
    await other.root.write('doc', 'edited there');
    await hasty.root.write('doc', 'edited here');
    await other.sync();
    expect(new Set(Object.values(await settle()))).toEqual(
      new Set(['edited there', 'edited here, and more'].map(hashOf)),
    );
  });

  test('rule 4: what is put back into the bucket as it was, in the moment in which both are kept, is not taken for deleted here', async () => {
    const bucket: { putBack?: () => Promise<void> } = {};
    const adapt = beforeMove('doc', async () => bucket.putBack?.());
    const team = await createTeam(await useDouble(), {}, { adapt, haste: 1 });
    const [a, b] = team.computers;
    if (a === undefined || b === undefined) throw new Error('There are two computers.');
    await b.root.write('doc', 'as it was');
    await b.root.write('other', 'stays');
    await team.settle();
    await a.root.write('doc', 'edited on a');
    await a.sync();
    await b.root.write('doc', 'edited on b, too');
    bucket.putBack = () => team.bucket.put('doc', 'as it was');
    await b.sync();
    expect(await team.bucket.text('doc')).toBe('as it was');
    const tree = await team.settle();
    expect(tree['doc']).toBe(sha256(Buffer.from('as it was')));
    expect(Object.keys(tree)).toHaveLength(3);
  });

  test('rule 8: a target that can not be moved stays as it is, is told, and is taken up when it can', async () => {
    let isLocked = false;
    const adapt = (environment: Environment): Environment => {
      const fs: Environment['fs'] = Object.create(environment.fs) as Environment['fs'];
      fs.move = async (root, from, to, expected) => {
        if (isLocked && from === 'doc') {
          throw new SyncError({
            code: 'file-unreadable',
            message: 'doc is in use.',
            advice: 'Close it.',
            retryable: false,
          });
        }
        return environment.fs.move(root, from, to, expected);
      };
      return { ...environment, fs };
    };
    const { computers, settle } = await createTeam(await useDouble(), {}, { adapt });
    const [a, b] = computers;
    if (a === undefined || b === undefined) throw new Error('There are two computers.');
    await a.root.write('doc', 'as it was');
    await settle();
    isLocked = true;
    await a.root.write('doc', 'edited');
    await a.root.write('more', 'goes on');
    await a.sync();
    expect(await b.sync()).toMatchObject({ result: 'problems', downloadedFiles: 1 });
    expect(await b.problemCodes()).toEqual(['doc: file-unreadable']);
    expect((await b.root.read('doc')).toString()).toBe('as it was');
    expect((await stat(b.root.at('more'))).isFile()).toBe(true);
    isLocked = false;
    await settle();
    expect(await b.problemCodes()).toEqual([]);
  });
});
