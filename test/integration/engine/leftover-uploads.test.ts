import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StateStore } from '../../../src/state/index.ts';
import { makeBucket, type EngineBucket } from '../../support/engine-bucket.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { MIB } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';

/** Begins an upload as any other program may, and leaves it with so many parts of 5 MiB. */
async function leaveUpload({ client, name }: EngineBucket, key: string, parts: number): Promise<string> {
  const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand({ Bucket: name, Key: key }));
  for (let PartNumber = 1; PartNumber <= parts; PartNumber++) {
    const Body = new Uint8Array(5 * MIB);
    await client.send(new UploadPartCommand({ Bucket: name, Key: key, UploadId, PartNumber, Body }));
  }
  return UploadId;
}

function list({ client, bucket }: World, prefix = '', olderThanMs = 0) {
  return client.call('upload.list', { account: 'test', bucket: bucket.name, prefix, olderThanMs });
}

function journal(
  { state, bucket: synced }: World,
  key: string,
  uploadId: string,
  owner: string | undefined,
  startedMs = 0,
  bucket: Pick<EngineBucket, 'name'> = synced,
): void {
  const target = { accountId: state.accounts.list()[0]?.id ?? '', bucket: bucket.name, key };
  const fingerprint = { sizeBytes: 1, mtimeNs: 0n, ctimeNs: 0n, fileId: '1' };
  state.uploads.setUploadId(state.uploads.begin(target, owner, fingerprint, 5 * MIB, startedMs), uploadId);
}

describe('leftover uploads', () => {
  test('are listed with what they hold, those of a folder here, those put by hand and those of others apart', async () => {
    const world = await createWorld(await useDouble());
    const ids = {
      folder: await leaveUpload(world.bucket, 'of-folder', 1),
      hand: await leaveUpload(world.bucket, 'by-hand', 0),
      other: await leaveUpload(world.bucket, 'of-others', 2),
    };
    journal(world, 'of-folder', ids.folder, world.folderId);
    journal(world, 'by-hand', ids.hand, undefined);
    const found = await list(world);
    expect(found.map(({ initiatedMs }) => Date.now() - initiatedMs < 60_000)).toEqual([true, true, true]);
    const told = found.map((one) => [one.key, one.uploadId, one.sizeBytes, one.ours, one.folderId]);
    expect(told.sort()).toEqual([
      ['by-hand', ids.hand, 0, true, undefined],
      ['of-folder', ids.folder, 5 * MIB, true, world.folderId],
      ['of-others', ids.other, 10 * MIB, false, undefined],
    ]);
    expect(await list(world, '', 3_600_000)).toEqual([]);
  });

  test('one that ends while they are listed is left out, and the others are told', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await leaveUpload(world.bucket, 'ends', 1);
    await leaveUpload(world.bucket, 'stays', 1);
    double.faults.add({ operation: 'ListParts', key: /^ends$/ }, { kind: 'error', code: 'NoSuchUpload' });
    expect((await list(world)).map(({ key }) => key)).toEqual(['stays']);
  });

  test('of this folder whose file is not to be sent any more are ended by its next whole comparison', async () => {
    const world = await createWorld(await useDouble());
    await world.root.write('other', 'x');
    const uploadId = await leaveUpload(world.bucket, 'gone', 1);
    await leaveUpload(world.bucket, 'of-others', 1);
    journal(world, 'gone', uploadId, world.folderId);
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect((await list(world)).map(({ key }) => key)).toEqual(['of-others']);
  });

  test('that nobody takes up are told as ours while they are made, and ended by the next whole comparison after', async () => {
    const world = await createWorld(await useDouble());
    await world.root.write('other', 'x');
    const accountId = world.state.accounts.list()[0]?.id ?? '';
    const note = world.state.passingUploads.notesOf(accountId).begin(world.bucket.name, 'copy', Date.now());
    note.begun(await leaveUpload(world.bucket, 'copy', 1));
    // Killed before it learned the id: the server may have begun it all the same, or may yet.
    const notes = world.state.passingUploads.notesOf(accountId);
    notes.begin(world.bucket.name, 'unknown', Date.now() - 20 * 60_000).close();
    notes.begin(world.bucket.name, 'late', Date.now()).close();
    await leaveUpload(world.bucket, 'unknown', 0);
    await leaveUpload(world.bucket, 'of-others', 1);
    await world.sync();
    expect((await list(world)).map(({ key, ours }) => [key, ours])).toEqual([
      ['copy', true],
      ['of-others', false],
    ]);
    note.close();
    await leaveUpload(world.bucket, 'late', 0);
    await world.sync();
    expect((await list(world)).map(({ key }) => key)).toEqual(['of-others']);
    expect(world.state.passingUploads.list(accountId, world.bucket.name).map(({ key }) => key)).toEqual(['late']);
  });

  test('that somebody puts by hand are left alone for as long as sending a large file may take', async () => {
    const world = await createWorld(await useDouble());
    await world.root.write('other', 'x');
    const uploadId = await leaveUpload(world.bucket, 'put', 1);
    journal(world, 'put', uploadId, undefined, Date.now() - 3 * 24 * 3_600_000);
    // Streams of commands that were killed, if they were: nobody has closed them.
    const command = StateStore.open(join(world.home, 'state.db'), 's');
    onTestFinished(() => command.close());
    const notes = command.passingUploads.notesOf(command.accounts.list()[0]?.id ?? '', 'hand');
    for (const days of [3, 8]) {
      const note = notes.begin(world.bucket.name, `stream-${days}`, Date.now() - days * 24 * 3_600_000);
      note.begun(await leaveUpload(world.bucket, `stream-${days}`, 1));
    }
    await world.sync();
    expect((await list(world)).map(({ key }) => key).sort()).toEqual(['put', 'stream-3']);
  });

  test('in buckets that no folder syncs are forgotten after the week in which somebody may be at them', async () => {
    const world = await createWorld(await useDouble());
    const { state, client, bucket, home } = world;
    await world.root.write('other', 'x');
    const localRoot = join(dirname(home), 'paused');
    await mkdir(localRoot);
    await client.call('bucket.create', { account: 'test', bucket: `${bucket.name}-2` });
    const another = { localRoot, account: 'test', bucket: `${bucket.name}-2`, paused: true };
    await client.call('folder.add', another);
    const accountId = state.accounts.list()[0]?.id ?? '';
    const notes = state.passingUploads.notesOf(accountId);
    const buckets = [`${bucket.name}-2`, 'unsynced'];
    for (const name of buckets)
      for (const days of [3, 8]) notes.begin(name, `stream-${days}`, Date.now() - days * 24 * 3_600_000).close();
    await world.sync();
    const left = buckets.map((name) => state.passingUploads.list(accountId, name).map(({ key }) => key));
    expect(left).toEqual([['stream-3', 'stream-8'], ['stream-3']]);
  });

  test('of what somebody put weeks ago into a bucket that no folder syncs are ended as well', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('other', 'x');
    const unsynced = await makeBucket(double);
    journal(world, 'put', await leaveUpload(unsynced, 'put', 1), undefined, 0, unsynced);
    journal(world, 'new', await leaveUpload(unsynced, 'new', 1), undefined, Date.now(), unsynced);
    journal(world, 'with-its-bucket', 'id', undefined, 0, { name: 'is-gone' });
    await world.sync();
    expect(world.state.uploads.listAll().map(({ key }) => key)).toEqual(['new']);
    expect(await unsynced.unfinishedUploads()).toEqual(['new']);
  });

  test('of a file that is another one by now, or that somebody put by hand weeks ago, are ended as well', async () => {
    const world = await createWorld(await useDouble());
    await world.root.write('other', 'x');
    await world.root.write('clash', 'in the way');
    await world.bucket.put('clash/inside', 'x');
    journal(world, 'clash', await leaveUpload(world.bucket, 'clash', 1), world.folderId);
    journal(world, 'put', await leaveUpload(world.bucket, 'put', 1), undefined);
    await world.sync();
    expect(await world.problemCodes()).toEqual(['clash: type-clash']);
    expect(await list(world)).toEqual([]);
  });

  test.skipIf(isWithoutRealServer)('are listed and aborted on a real server', async () => {
    const world = await createWorld(sharedServer());
    const uploadId = await leaveUpload(world.bucket, 'left', 1);
    // MinIO lists the uploads of a whole key alone.
    expect(await list(world, 'left')).toMatchObject([{ key: 'left', sizeBytes: 5 * MIB, ours: false }]);
    const { bucket, client } = world;
    await client.call('upload.abort', { account: 'test', bucket: bucket.name, key: 'left', uploadId });
    expect(await list(world, 'left')).toEqual([]);
  });
});
