import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { makeShare } from '../../../src/api/index.ts';
import type { Environment } from '../../../src/core/environment.ts';
import { MARKER_PATH } from '../../../src/engine/roots.ts';
import { approveHeld, seenRevision } from '../../support/approve-held.ts';
import { sha256 } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { createPair, createTeam, type Computer, type Team } from '../../support/two-way-team.ts';
import { fill, preview, shown } from './held-changes.ts';
import { withMethods } from '../../support/with-methods.ts';

const hashOf = (text: string) => sha256(Buffer.from(text));

async function replaceAllInBucket({ bucket }: Team, content: string): Promise<void> {
  for (const key of await bucket.keys()) await bucket.put(key, content);
}

const codeOf = (error: unknown) => (error as { code?: unknown }).code;

const revert = ({ client, folderId }: Computer) => client.call('plan.revert', { id: folderId });
const approve = ({ client, folderId }: Computer, seen: number) => client.call('plan.approve', { id: folderId, seen });

describe('rule 3: a held plan', () => {
  test('is shown with why, totals and paths, also after a restart', async () => {
    const { a, settle } = await createPair(await useDouble());
    await fill(a.root, 12);
    await a.root.write('stays', 'x');
    await settle();
    await a.root.remove('d');
    await a.root.move('stays', 'renamed');
    await a.root.write('new', 'new');
    expect(await a.sync()).toMatchObject({ result: 'held' });
    const before = await shown(a);
    await a.restart();
    expect(await shown(a)).toEqual(before);
    expect(before.slice(0, 4)).toEqual([
      {
        kind: 'held',
        hold: { reason: 'deletes-most', known: 13, deletions: 12, replacements: 0 },
        approved: false,
        revision: 1,
      },
      { kind: 'total', action: 'delete-remote', files: 12, bytes: 110 },
      { kind: 'total', action: 'move-remote', files: 1, bytes: 1 },
      { kind: 'total', action: 'upload', files: 1, bytes: 3 },
    ]);
    const actions = before.flatMap((item) => (item.kind === 'action' ? [`${item.action} ${item.path}`] : []));
    expect(actions).toHaveLength(14);
    expect(actions.slice(0, 3)).toEqual(['move-remote renamed', 'upload new', 'delete-remote d/00']);
  });

  test('is not there where nothing is held: showing, approving and reverting say so', async () => {
    const { a } = await createPair(await useDouble());
    for (const call of [shown(a), approve(a, 0), revert(a)]) {
      await expect(call).rejects.toMatchObject({ code: 'invalid-argument' });
    }
  });

  test('that came to hold more than what was seen is not let go on, and one that holds less is', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    await fill(a.root, 20);
    await settle();
    for (let i = 0; i < 12; i++) await a.root.remove(`d/${String(i).padStart(2, '0')}`);
    expect(await a.sync()).toMatchObject({ result: 'held' });
    const seen = await seenRevision(a.client, a.folderId);
    // What else changes does not touch what is held.
    await a.root.write('new', 'new');
    expect(await a.sync()).toMatchObject({ result: 'held' });
    expect(await seenRevision(a.client, a.folderId)).toBe(seen);

    for (let i = 12; i < 17; i++) await a.root.remove(`d/${i}`);
    expect(await a.sync()).toMatchObject({ result: 'held' });
    await expect(approve(a, seen)).rejects.toMatchObject({ code: 'plan-changed' });
    expect(await a.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    expect(await bucket.keys()).toHaveLength(20);

    const seenAnew = await seenRevision(a.client, a.folderId);
    expect(seenAnew).not.toBe(seen);
    await a.root.write('d/00', 'content 0');
    expect(await a.sync()).toMatchObject({ result: 'held' });
    await approve(a, seenAnew);
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 16 });
    expect(await bucket.keys()).toHaveLength(5);
  });

  test('of which less was seen meanwhile is not let go on by that when the rest is back', async () => {
    const { a, settle } = await createPair(await useDouble());
    await fill(a.root, 20);
    await settle();
    for (let i = 0; i < 13; i++) await a.root.remove(`d/${String(i).padStart(2, '0')}`);
    await a.sync();
    await a.root.write('d/00', 'content 0');
    await a.sync();
    const seen = await seenRevision(a.client, a.folderId);
    await a.root.remove('d/00');
    expect(await a.sync()).toMatchObject({ result: 'held' });
    await expect(approve(a, seen)).rejects.toMatchObject({ code: 'plan-changed' });
  });

  test('is not shown as whole while it is made anew, nor after that was broken off', async () => {
    const double = await useDouble();
    const { a, settle } = await createPair(double);
    await fill(a.root, 12);
    await settle();
    await a.root.remove('d');
    expect(await a.sync()).toMatchObject({ result: 'held' });
    const fault = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'error', code: 'AccessDenied' });
    await a.sync();
    await expect(shown(a)).rejects.toMatchObject({ code: 'plan-changed' });
    fault.remove();
    expect(await a.sync()).toMatchObject({ result: 'held' });
    expect((await shown(a)).filter(({ kind }) => kind === 'action')).toHaveLength(12);
  });

  test('is not carried out by whoever had asked for a look at another file before it was held', async () => {
    const double = await useDouble();
    const { a, bucket, settle } = await createPair(double);
    await fill(a.root, 12);
    await settle();
    await a.root.remove('d');
    await a.root.write('new', 'new');
    double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'latency', delayMs: 500 });
    const syncing = a.sync();
    const target = { kind: 'path', path: a.root.at('new') } as const;
    const sharing = makeShare(a.client, { target, expiresInSeconds: 600 }).then(() => 'shared', codeOf);
    expect(await syncing).toMatchObject({ result: 'held', deletedFiles: 0 });
    const outcome = await sharing;
    expect(await bucket.keys()).toHaveLength(12);
    expect(outcome).toBe('held-by-brake');
    expect((await shown(a))[0]).toMatchObject({ kind: 'held', hold: { deletions: 12 } });
  });

  test('is not carried out by a look at another file, where the program was killed before it was held', async () => {
    let rootProved = () => {};
    const adapt = (environment: Environment): Environment => {
      const { fs } = environment;
      const readText: typeof fs.readText = async (root, path, limit) => {
        if (path === MARKER_PATH) rootProved();
        return fs.readText(root, path, limit);
      };
      return { ...environment, fs: withMethods(fs, { readText }) };
    };
    const { a, bucket, settle } = await createPair(await useDouble(), { adapt });
    await fill(a.root, 12);
    await settle();
    await a.root.remove('d');
    // The last time is when all is planned, and the brake has not looked at it.
    rootProved = () => {
      a.backUpDatabase();
    };
    expect(await a.sync()).toMatchObject({ result: 'held' });
    rootProved = () => {};
    await a.restoreDatabase();
    await a.root.write('new', 'new');
    await makeShare(a.client, { target: { kind: 'path', path: a.root.at('new') }, expiresInSeconds: 600 });
    expect(await bucket.keys()).toHaveLength(13);
    expect(await a.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
  });

  test('approved, goes on with what was shown and not a deletion more', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    await fill(a.root, 20);
    await settle();
    for (let i = 0; i < 12; i++) await a.root.remove(`d/${String(i).padStart(2, '0')}`);
    expect(await a.sync()).toMatchObject({ result: 'held' });
    await approveHeld(a);
    // As many as before, but not the same ones.
    await a.root.write('d/00', 'content 0');
    await a.root.remove('d/19');
    expect(await a.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    expect(await bucket.keys()).toHaveLength(20);
    await approveHeld(a);
    // Fewer is no reason to ask again.
    await a.root.write('d/01', 'content 1');
    await a.restart();
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 11 });
    expect(await bucket.keys()).toHaveLength(9);
  });
});

describe('rule 3: reverting a held plan', () => {
  for (const server of ['double', 'real'] as const) {
    test.skipIf(server === 'real' && isWithoutRealServer)(
      `brings back what was deleted here (${server} server)`,
      async () => {
        const { a, b, settle } = await createPair(server === 'double' ? await useDouble() : sharedServer());
        await fill(a.root, 12);
        const before = await settle();
        await a.root.remove('d');
        expect(await a.sync()).toMatchObject({ result: 'held' });
        expect(await revert(a)).toEqual({ paths: 12 });
        await a.restart();
        expect(await a.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 12, deletedFiles: 0 });
        expect(await settle()).toEqual(before);
        expect([await a.trash(), await b.trash()]).toEqual([{}, {}]);
      },
    );
  }

  test('brings back all of it, also after the plan was to be made anew and that was broken off', async () => {
    const double = await useDouble();
    const { a, settle } = await createPair(double);
    await fill(a.root, 12);
    const before = await settle();
    await a.root.remove('d');
    expect(await a.sync()).toMatchObject({ result: 'held' });
    const fault = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'error', code: 'AccessDenied' });
    await a.sync();
    expect(await revert(a)).toEqual({ paths: 12 });
    fault.remove();
    expect(await a.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 12, deletedFiles: 0 });
    expect(await settle()).toEqual(before);
  });

  test('puts back into the bucket what was deleted there', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    await fill(a.root, 12);
    const before = await settle();
    for (const key of await bucket.keys()) await bucket.remove(key);
    expect(await a.sync()).toMatchObject({ result: 'held' });
    await revert(a);
    expect(await a.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 12, deletedFiles: 0 });
    expect(await settle()).toEqual(before);
  });

  test('keeps both versions of what was replaced in the bucket', async () => {
    const team = await createPair(await useDouble());
    const { a } = team;
    await fill(a.root, 12);
    await team.settle();
    await replaceAllInBucket(team, 'all your files are encrypted');
    expect(await a.sync()).toMatchObject({ result: 'held' });
    await revert(a);
    await a.sync();
    // To the other computer all of it was replaced as well.
    expect(await team.b.sync()).toMatchObject({ result: 'held' });
    await revert(team.b);
    const tree = await team.settle();
    for (let i = 0; i < 12; i++) expect(Object.values(tree)).toContain(hashOf(`content ${i}`));
  });

  test('keeps both versions of what was replaced here', async () => {
    const { a, settle } = await createPair(await useDouble());
    await fill(a.root, 12);
    await settle();
    for (let i = 0; i < 12; i++) await a.root.write(`d/${String(i).padStart(2, '0')}`, `all encrypted, number ${i}`);
    expect(await a.sync()).toMatchObject({ result: 'held' });
    await revert(a);
    await a.sync();
    const tree = await settle();
    expect(tree['d/00']).toBe(hashOf('content 0'));
    expect(new Set(Object.values(tree)).size).toBe(24);
  });

  test('in a folder that only uploads leaves both sides as they are', async () => {
    const options = { folder: { mode: 'upload', mirrorDeletes: true } } as const;
    const { computers, bucket } = await createTeam(await useDouble(), options);
    const [a] = computers;
    if (a === undefined) throw new Error('There is one computer.');
    await fill(a.root, 12);
    await a.sync();
    await a.root.remove('d');
    expect(await a.sync()).toMatchObject({ result: 'held' });
    await revert(a);
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0, downloadedFiles: 0 });
    expect(await bucket.keys()).toHaveLength(12);
  });

  test('does not wait for a server that a comparison waits for', async () => {
    const double = await useDouble();
    const { a, settle } = await createPair(double);
    await fill(a.root, 12);
    await settle();
    await a.root.remove('d');
    expect(await a.sync()).toMatchObject({ result: 'held' });
    const hanging = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'hang' });
    await a.watch();
    await expect.poll(() => hanging.hits, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(await Promise.race([revert(a), delay(5_000, 'not yet')])).toEqual({ paths: 12 });
    hanging.remove();
    await expect.poll(() => a.tree(), { timeout: 20_000 }).toHaveProperty('d/11');
  });

  test('while it watches, brings back what was deleted without another word', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    await fill(a.root, 12);
    const before = await settle();
    await a.root.remove('d');
    await a.watch();
    await expect.poll(async () => (await a.client.call('folder.status', { id: a.folderId })).state).toBe('held');
    await revert(a);
    await expect.poll(() => a.tree(), { timeout: 10_000 }).toEqual(before);
    expect(await bucket.keys()).toHaveLength(12);
  });
});

describe('a look ahead', () => {
  test('shows renames as moves on the side that they are carried out on, and changes nothing', async () => {
    const { a, b, settle } = await createPair(await useDouble());
    await fill(a.root, 12);
    await a.root.write('mine', 'of a');
    await settle();
    await a.root.move('d', 'e');
    await a.root.write('new', 'new');
    const seen = await preview(a);
    expect(await preview(a)).toEqual(seen);
    expect(seen).toHaveLength(13);
    expect(seen[0]).toEqual({ kind: 'action', action: 'move-remote', path: 'e/00', from: 'd/00', sizeBytes: 9 });
    expect(seen.at(-1)).toEqual({ kind: 'action', action: 'upload', path: 'new', sizeBytes: 3 });
    expect(await a.sync()).toMatchObject({ movedFiles: 12, uploadedFiles: 1 });
    const other = (await preview(b)).map((item) => item.kind === 'action' && item.action);
    expect(other.filter((action) => action === 'move-local')).toHaveLength(12);
    expect(other.filter((action) => action === 'download')).toHaveLength(1);
  });

  test('says what the brake would hold', async () => {
    const { a, settle } = await createPair(await useDouble());
    await fill(a.root, 12);
    await settle();
    await a.root.remove('d');
    const hold = { reason: 'empties-side', known: 12, deletions: 12, replacements: 0 };
    expect((await preview(a)).at(-1)).toEqual({ kind: 'held', hold });
  });
});
