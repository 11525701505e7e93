import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Client, RestoreItem, StreamInput, VersionInfo } from '../../../src/api/index.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import type { S3Access } from '../../support/s3-client.ts';
import { createPair, createTeam, type Computer, type Team } from '../../support/two-way-team.ts';

async function keepVersions({ bucket }: Team): Promise<void> {
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await bucket.client.send(new PutBucketVersioningCommand({ Bucket: bucket.name, VersioningConfiguration }));
}

async function versionsOf(client: Client, bucket: string, key: string): Promise<VersionInfo[]> {
  const found: VersionInfo[] = [];
  for await (const version of client.stream('version.list', { account: 'test', bucket, key })) found.push(version);
  return found;
}

async function restoreAt(
  client: Client,
  request: Omit<StreamInput<'version.restoreAt'>, 'account'>,
): Promise<RestoreItem[]> {
  const items: RestoreItem[] = [];
  for await (const item of client.stream('version.restoreAt', { account: 'test', ...request })) items.push(item);
  return items;
}

function named(items: readonly RestoreItem[]): string[] {
  return items.flatMap((item) => (item.kind === 'total' ? [] : [`${item.kind} ${item.key}`]));
}

/** What a file holds; nothing in the moment in which it gives way to another one. */
async function textOn(computer: Computer, path: string): Promise<string> {
  return (await computer.root.read(path).catch(() => Buffer.from(''))).toString();
}

/** The server's time after everything so far: its newest version's, and it has gone on since. */
async function momentNow(client: Client, bucket: string): Promise<number> {
  const all = await versionsOf(client, bucket, '');
  const newestMs = Math.max(...all.map(({ lastModifiedMs }) => lastModifiedMs));
  await pollUntil('the next moment', () => (Date.now() > newestMs + 1_100 ? true : undefined));
  return newestMs;
}

/** A folder as it was, then edited, deleted from and added to. @returns the moment before. */
async function changeFolder(team: Team, a: Computer): Promise<number> {
  for (const name of ['d/edited', 'd/deleted', 'd/kept', 'd/sub/deep']) await a.root.write(name, `${name} before`);
  await a.root.write('outside', 'before');
  await team.settle();
  const atMs = await momentNow(a.client, team.bucket.name);
  await a.root.write('d/edited', 'another content');
  await a.root.write('d/sub/deep', 'deep, and changed');
  await a.root.write('d/new', 'did not exist');
  await a.root.write('outside', 'after');
  await a.root.remove('d/deleted');
  await team.settle();
  return atMs;
}

function historyTests(access: () => Promise<S3Access>): void {
  test('an old version is made the present one, and comes down to a running two-way folder', async () => {
    const team = await createPair(await access());
    const { a, b, bucket } = team;
    await keepVersions(team);
    await a.root.write('doc', 'first');
    await team.settle();
    await a.root.write('doc', 'second, and longer');
    await team.settle();
    await b.watch();
    const [, first] = await versionsOf(a.client, bucket.name, 'doc');
    expect(first).toMatchObject({ kind: 'object', isLatest: false, sizeBytes: 5 });
    const target = { account: 'test', bucket: bucket.name, key: 'doc', versionId: first?.versionId ?? '' };
    expect(await a.client.call('version.restore', target)).toEqual({ restored: true, sizeBytes: 5 });
    expect(await bucket.text('doc')).toBe('first');
    await pollUntil('the restored content', async () => ((await textOn(b, 'doc')) === 'first' ? true : undefined));
    expect(await a.client.call('version.restore', target)).toEqual({ restored: false, sizeBytes: 5 });
    expect(await versionsOf(a.client, bucket.name, 'doc')).toHaveLength(3);
    expect([...(await b.problemCodes())]).toEqual([]);
  });

  test('a deleted file is found by its path and brought back', async () => {
    const team = await createPair(await access());
    const { a, bucket } = team;
    await keepVersions(team);
    await a.root.write('d/gone', 'content');
    await a.root.write('stays', 'x');
    await team.settle();
    await a.root.remove('d');
    await team.settle();
    const located = await a.client.call('object.locate', { path: a.root.at('d/gone') });
    expect(located).toMatchObject({ account: 'test', bucket: bucket.name, key: 'd/gone', folderId: a.folderId });
    const [marker, version] = await versionsOf(a.client, bucket.name, 'd/gone');
    expect([marker?.kind, marker?.isLatest, version?.kind]).toEqual(['delete-marker', true, 'object']);
    const target = { account: 'test', bucket: bucket.name, key: 'd/gone' };
    const bringBack = (versionId = '') => a.client.call('version.restore', { ...target, versionId });
    await expect(bringBack(marker?.versionId)).rejects.toMatchObject({ code: 'no-such-key' });
    await expect(bringBack('f47ac10b-58cc-4372-a567-0e02b2c3d479')).rejects.toMatchObject({ code: 'no-such-key' });
    expect(await bringBack(version?.versionId)).toMatchObject({ restored: true });
    expect(Object.keys(await team.settle())).toEqual(['d/gone', 'stays']);
    expect((await a.root.read('d/gone')).toString()).toBe('content');
  });

  test('what was written before versions were kept is one of them, and can be brought back', async () => {
    const team = await createTeam(await access(), {});
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    await a.root.write('doc', 'before versions');
    await team.settle();
    await keepVersions(team);
    await a.root.write('doc', 'the first one that is kept');
    await team.settle();
    const target = { account: 'test', bucket: team.bucket.name, key: 'doc' };
    expect((await versionsOf(a.client, team.bucket.name, 'doc'))[1]?.versionId).toBe('null');
    expect(await a.client.call('version.restore', { ...target, versionId: 'null' })).toMatchObject({ restored: true });
    await team.settle();
    expect((await a.root.read('doc')).toString()).toBe('before versions');
    expect(await versionsOf(a.client, team.bucket.name, 'doc')).toHaveLength(3);
  });

  test('a whole folder goes back to a moment: previewed, applied, applied again; what is newer stays unless asked', async () => {
    const team = await createPair(await access());
    const { a, b, bucket } = team;
    await keepVersions(team);
    const atMs = await changeFolder(team, a);
    const request = { bucket: bucket.name, key: 'd', atMs };
    const changes = ['restore d/deleted', 'restore d/edited', 'newer d/new', 'restore d/sub/deep'];

    const preview = await restoreAt(a.client, request);
    expect(named(preview)).toEqual(changes);
    expect(preview.at(-1)).toMatchObject({ kind: 'total', restoreObjects: 3, newerObjects: 1, unchangedObjects: 1 });
    expect(await bucket.text('d/edited')).toBe('another content');

    await b.watch();
    expect(named(await restoreAt(a.client, { ...request, apply: true }))).toEqual(changes);
    await pollUntil('the folder as it was on the other computer', async () => {
      const edited = await textOn(b, 'd/edited');
      const deleted = await textOn(b, 'd/deleted');
      const deep = await textOn(b, 'd/sub/deep');
      const isThere = edited === 'd/edited before' && deep === 'd/sub/deep before' && deleted !== '';
      return isThere ? true : undefined;
    });
    expect((await b.root.read('d/new')).toString()).toBe('did not exist');
    expect(await bucket.text('outside')).toBe('after');

    expect(named(await restoreAt(a.client, { ...request, apply: true }))).toEqual(['newer d/new']);
    const removing = { ...request, apply: true, removeNewer: true };
    expect(named(await restoreAt(a.client, removing))).toEqual(['remove d/new']);
    expect(await bucket.keys()).toEqual(['d/deleted', 'd/edited', 'd/kept', 'd/sub/deep', 'outside']);
    expect((await versionsOf(a.client, bucket.name, 'd/new')).map(({ kind }) => kind)).toEqual([
      'delete-marker',
      'object',
    ]);
    expect(named(await restoreAt(a.client, removing))).toEqual([]);
  });

  test('what somebody wrote after the preview stays', async () => {
    const team = await createTeam(await access(), {});
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    await keepVersions(team);
    const atMs = await changeFolder(team, a);
    const request = { bucket: team.bucket.name, key: 'd/', atMs, removeNewer: true };
    const total = (await restoreAt(a.client, request)).at(-1);
    const seenUntilMs = total?.kind === 'total' ? total.seenUntilMs : 0;
    await momentNow(a.client, team.bucket.name);
    await team.bucket.put('d/edited', 'written meanwhile');
    await team.bucket.put('d/newest', 'made meanwhile');
    expect(named(await restoreAt(a.client, { ...request, apply: true, seenUntilMs }))).toEqual([
      'restore d/deleted',
      'changed d/edited',
      'remove d/new',
      'changed d/newest',
      'restore d/sub/deep',
    ]);
    expect(await team.bucket.text('d/edited')).toBe('written meanwhile');
    expect(await team.bucket.text('d/newest')).toBe('made meanwhile');
  });

  test('a bucket that keeps no versions says so, and nothing in it is overwritten', async () => {
    const team = await createTeam(await access(), {});
    const [a] = team.computers;
    if (a === undefined) throw new Error('There is one computer.');
    await a.root.write('doc', 'x');
    await team.settle();
    const bucket = { account: 'test', bucket: team.bucket.name };
    expect(await a.client.call('bucket.versioning', bucket)).toEqual({ status: 'off' });
    const [only] = await versionsOf(a.client, team.bucket.name, 'doc');
    expect(only).toMatchObject({ versionId: 'null', isLatest: true });
    const restore = a.client.call('version.restore', { ...bucket, key: 'doc', versionId: 'null' });
    await expect(restore).rejects.toMatchObject({ code: 'not-supported' });
    for (const apply of [false, true]) {
      const at = restoreAt(a.client, { bucket: team.bucket.name, key: '', atMs: Date.now(), apply });
      await expect(at).rejects.toMatchObject({ code: 'not-supported' });
    }
    expect(await a.client.call('bucket.setVersioning', { ...bucket, on: true })).toEqual({ status: 'enabled' });
    expect(await a.client.call('bucket.setVersioning', { ...bucket, on: false })).toEqual({ status: 'suspended' });
    // The version that it would overwrite now is the one that it keeps no copy of.
    await expect(a.client.call('version.restore', { ...bucket, key: 'doc', versionId: 'null' })).rejects.toMatchObject({
      code: 'not-supported',
    });
  });
}

describe.skipIf(isWithoutRealServer)('versions, against the real server', () =>
  historyTests(async () => sharedServer()),
);
describe('versions, against the double', () => historyTests(() => useDouble()));
