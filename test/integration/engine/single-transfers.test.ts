import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { TransferInfo, WaitingTransfer } from '../../../src/api/index.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { createTeam } from '../../support/two-way-team.ts';

type Double = Awaited<ReturnType<typeof useDouble>>;

/** A world with so many files that wait, of which each takes a moment to send. */
async function worldWithQueue(double: Double, files: number): Promise<World> {
  const world = await createWorld(double, {
    before: async (root) => {
      for (let n = 0; n < files; n++) await root.write(nameOf(n), `content ${n}`);
    },
  });
  double.faults.add({ operation: 'PutObject', key: /txt$/ }, { kind: 'latency', delayMs: 300 });
  await world.client.call('sync.start', { ids: [world.folderId] });
  await pollUntil('the first file to be sent', () => sent(double).length > 0 || undefined);
  return world;
}

const nameOf = (n: number) => `f${String(n).padStart(4, '0')}.txt`;

/** The keys in the order in which they were sent, without those by which the server was probed. */
function sent(double: Double): string[] {
  const keys = double.requests.of('PutObject').map(({ key = '' }) => key);
  return keys.filter((key) => !key.startsWith('.rustfs-sync'));
}

describe('the file that a person wants first', () => {
  test('is the next one to be sent', async () => {
    const double = await useDouble();
    const { client, folderId, bucket } = await worldWithQueue(double, 250);
    await client.call('transfer.first', { folderId, path: nameOf(248) });
    await client.call('transfer.first', { folderId, path: [nameOf(249), nameOf(247)] });
    await pollUntil('all of them', async () => (await bucket.keys()).length === 250 || undefined);
    const order = sent(double);
    for (const n of [247, 248, 249]) expect(order.indexOf(nameOf(n))).toBeLessThan(200);
    // Each once, although three had their turn before.
    expect(new Set(order).size).toBe(order.length);
  });

  test('is looked at before the rest of the plan where nothing is known of it yet', async () => {
    const double = await useDouble();
    const { client, folderId, bucket, root } = await worldWithQueue(double, 300);
    await root.write('new.txt', 'new');
    await client.call('transfer.first', { folderId, path: 'new.txt' });
    await pollUntil('new.txt', async () => (await bucket.etag('new.txt')) !== undefined || undefined);
    expect(sent(double).length).toBeLessThan(300);
    await pollUntil('all of them', async () => (await bucket.keys()).length === 301 || undefined);
  });

  test('may be one that is not there: the others go on', async () => {
    const double = await useDouble();
    const { client, folderId, bucket, state } = await worldWithQueue(double, 100);
    await client.call('transfer.first', { folderId, path: 'none.txt' });
    await pollUntil('all of them', async () => (await bucket.keys()).length === 100 || undefined);
    await pollUntil('the wish to be forgotten', () => state.wishes.list().length === 0 || undefined);
  });
});

/** A world in which a large file is on its way, of which the server has some parts. */
async function worldWithFilm(double: Double): Promise<World> {
  const world = await createWorld(double);
  await world.watch();
  double.requests.clear();
  double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 200 });
  await world.root.write('film', FILM);
  await pollUntil('acknowledged parts', () => acknowledged(double).length >= 2 || undefined);
  return world;
}

const FILM = randomContent(160 * MIB);
const acknowledged = (double: Double) =>
  double.requests
    .of('UploadPart')
    .filter(({ status }) => status === 200)
    .map(({ partNumber }) => partNumber);

const running = ({ client }: World): Promise<TransferInfo[]> => client.call('transfer.list', {});
const waiting = async ({ client }: World): Promise<WaitingTransfer[]> =>
  (await client.call('transfer.waiting', {})).items;

describe('a transfer that a person pauses', () => {
  test('stops, is paused over a restart and no problem, and goes on from its parts when it is resumed', async () => {
    const double = await useDouble();
    const world = await worldWithFilm(double);
    const { folderId, bucket } = world;
    const [before] = await running(world);
    expect(before).toMatchObject({ path: 'film', attempt: 1, parts: { total: 20 } });
    expect((before?.parts?.untilMs ?? 0) - (before?.parts?.sinceMs ?? 0)).toBe(24 * 3_600_000);
    expect(await world.client.call('transfer.pause', { folderId, path: 'film' })).toEqual({ files: 1 });
    expect(await running(world)).toEqual([]);
    await world.restart();
    await world.watch();
    expect(await waiting(world)).toMatchObject([{ path: 'film', wish: 'paused', parts: { total: 20 } }]);
    expect(await world.client.call('transfer.waiting', {})).toMatchObject({ files: 0, bytes: 0 });
    expect(await world.problems()).toEqual([]);
    expect(await world.client.call('folder.status', { id: folderId })).toMatchObject({
      state: 'in-sync',
      setAside: { paused: 1, cancelled: 0 },
    });
    expect(await world.client.call('object.states', { account: 'test', bucket: bucket.name, keys: ['film'] })).toEqual([
      { key: 'film', state: 'paused', doneBytes: 0, sizeBytes: 0, reason: '', code: '' },
    ]);
    const kept = acknowledged(double);
    // Others are not held up by it.
    await world.root.write('note.txt', 'note');
    expect(await world.sync()).toMatchObject({ result: 'paused' });
    expect(await bucket.keys()).toEqual(['note.txt']);

    expect(await world.client.call('transfer.resume', { folderId, path: 'film' })).toEqual({ files: 1 });
    await pollUntil('film', async () => (await bucket.etag('film')) !== undefined || undefined);
    const sentAgain = acknowledged(double);
    for (const part of kept) expect(sentAgain.filter((one) => one === part)).toHaveLength(1);
    expect((await bucket.get('film')).equals(FILM)).toBe(true);
    await pollUntil('the wish to be forgotten', () => world.state.wishes.list().length === 0 || undefined);
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
  });

  test('may be one that only waits: it is left out until it is resumed', async () => {
    const double = await useDouble();
    const world = await worldWithQueue(double, 100);
    const { client, folderId, bucket } = world;
    const paused = [nameOf(97), nameOf(98), nameOf(99)];
    expect(await client.call('transfer.pause', { folderId, path: [...paused, 'none'] })).toEqual({ files: 3 });
    await pollUntil('the others', async () => (await bucket.keys()).length === 97 || undefined);
    // What is set aside is neither done nor still to be done.
    await pollUntil('the work to be done', async () => {
      const { planned, done } = await client.call('folder.status', { id: folderId });
      return (planned.files === 97 && done.files === 97) || undefined;
    });
    expect((await waiting(world)).map(({ path, wish }) => `${path} ${wish}`)).toEqual(
      paused.map((path) => `${path} paused`),
    );
    await client.call('transfer.first', { folderId, path: nameOf(98) });
    await pollUntil('the one', async () => (await bucket.keys()).length === 98 || undefined);
    await client.call('transfer.resume', { folderId, path: paused });
    await pollUntil('all', async () => (await bucket.keys()).length === 100 || undefined);
  });
});

describe('a transfer that a person cancels', () => {
  test('ends with its upload on the server, and is left out until the file changes', async () => {
    const double = await useDouble();
    const world = await worldWithFilm(double);
    const { client, folderId, bucket, root } = world;
    expect(await bucket.unfinishedUploads()).toEqual(['film']);
    expect(await client.call('transfer.cancel', { folderId, path: 'film' })).toEqual({ files: 1 });
    expect(await running(world)).toEqual([]);
    expect(await bucket.unfinishedUploads()).toEqual([]);
    await world.restart();
    await world.watch();
    expect(await waiting(world)).toMatchObject([{ path: 'film', wish: 'cancelled' }]);
    expect(await world.problems()).toEqual([]);
    expect(await bucket.keys()).toEqual([]);
    await root.write('film', 'cut');
    await pollUntil('film', async () => (await bucket.etag('film')) !== undefined || undefined);
    expect(await bucket.text('film')).toBe('cut');
    await pollUntil('the wish to be forgotten', () => world.state.wishes.list().length === 0 || undefined);
  });

  test('is made after all when everything is tried again', async () => {
    const double = await useDouble();
    const { client, folderId, bucket, state } = await worldWithQueue(double, 60);
    await client.call('transfer.cancel', { folderId, path: [nameOf(58), nameOf(59)] });
    await pollUntil('the others', async () => (await bucket.keys()).length === 58 || undefined);
    expect(state.wishes.count(folderId)).toEqual({ first: 0, paused: 0, cancelled: 2 });
    await client.call('transfer.retry', { folderId });
    await pollUntil('all', async () => (await bucket.keys()).length === 60 || undefined);
  });

  test('leaves no part of a download behind', async () => {
    const double = await useDouble();
    const world = await createWorld(double, { mode: 'two-way' });
    await world.bucket.put('film', randomContent(64 * MIB));
    double.faults.add({ operation: 'GetObject', after: 2 }, { kind: 'latency', delayMs: 60_000 });
    await world.client.call('sync.start', { ids: [world.folderId] });
    await pollUntil('a part', async () => ((await running(world))[0]?.doneBytes ?? 0) > 0 || undefined);
    await world.client.call('transfer.cancel', { folderId: world.folderId, path: 'film' });
    expect(await running(world)).toEqual([]);
    expect(await readdir(world.root.at('.rustfs-sync/tmp'))).toEqual([]);
    expect(await waiting(world)).toMatchObject([{ path: 'film', action: 'download', wish: 'cancelled' }]);
    expect(await world.bucket.keys()).toEqual(['film']);
  });
});

describe('a large file that failed', () => {
  test('after the cycle that planned it is tried again when its time has come, and not with the next whole comparison', async () => {
    const double = await useDouble();
    const { computers, bucket } = await createTeam(double, { folder: { mode: 'upload' } });
    const [computer] = computers;
    if (computer === undefined) throw new Error('There is one computer.');
    await computer.watch();
    const isQuiet = async () =>
      (await computer.client.call('folder.status', { id: computer.folderId })).state === 'in-sync' || undefined;
    await pollUntil('the first comparison', isQuiet);
    const operation = 'CreateMultipartUpload';
    double.faults.add({ operation }, { kind: 'latency', delayMs: 500 });
    double.faults.add({ operation, times: 1 }, { kind: 'error', code: 'AccessDenied' });
    await computer.root.write('film', randomContent(20 * MIB));
    await expect.poll(() => computer.problemCodes(), { timeout: 10_000 }).toEqual(['film: access-denied']);
    // By the computer's clock five minutes at most; a whole comparison comes after an hour.
    await expect.poll(() => bucket.keys(), { timeout: 40_000 }).toEqual(['film']);
    await expect.poll(() => computer.problemCodes()).toEqual([]);
  }, 60_000);

  test('and is on its way again keeps nobody at trying it again', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const { client, folderId, state } = world;
    await world.watch();
    const refusal = { kind: 'error', code: 'AccessDenied' } as const;
    const fault = double.faults.add({ operation: 'CreateMultipartUpload' }, refusal);
    await world.root.write('film', FILM);
    await pollUntil('the refusal', async () => (await world.problemCodes()).length > 0 || undefined);
    fault.remove();
    double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 60_000 });
    await client.call('transfer.retry', { folderId, path: 'film' });
    await pollUntil('the film to be on its way', async () => (await running(world)).length > 0 || undefined);
    const passes = () => state.folders.byId(folderId)?.lastPass ?? 0;
    const before = passes();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(await running(world)).toHaveLength(1);
    expect(passes() - before).toBeLessThan(2);
  });

  test('and waits for others that are on their way keeps nobody at trying it again', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const { client, folderId, state, bucket } = world;
    await world.watch();
    const refusal = { kind: 'error', code: 'AccessDenied' } as const;
    const refused = double.faults.add({ operation: 'CreateMultipartUpload' }, refusal);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await world.root.write(name, randomContent(17 * MIB));
    await pollUntil('the refusals', async () => (await world.problemCodes()).length === 5 || undefined);
    refused.remove();
    const slow = double.faults.add({ operation: 'UploadPart' }, { kind: 'latency', delayMs: 8_000 });
    await client.call('transfer.retry', { folderId, path: names });
    await pollUntil('four of them to be on their way', async () => (await running(world)).length === 4 || undefined);
    const passes = () => state.folders.byId(folderId)?.lastPass ?? 0;
    const before = passes();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(await running(world)).toHaveLength(4);
    expect(passes() - before).toBeLessThan(2);
    slow.remove();
    // The fifth has its turn once another one has ended.
    await pollUntil('all of them', async () => (await bucket.keys()).length === 5 || undefined);
    await pollUntil('no problem', async () => (await world.problemCodes()).length === 0 || undefined);
  });
});

describe('a large file that is being fetched', () => {
  test('is not taken for one that nobody goes on with when the clock is set right by more than a month', async () => {
    const double = await useDouble();
    let aheadMs = 0;
    const world = await createWorld(double, {
      mode: 'download',
      wrap: (environment) => ({
        ...environment,
        clock: { ...environment.clock, now: () => environment.clock.now() + aheadMs },
      }),
    });
    const { client, folderId, state } = world;
    await world.bucket.put('film', FILM);
    const slow = double.faults.add({ operation: 'GetObject', key: /film/ }, { kind: 'latency', delayMs: 4_000 });
    await world.client.call('sync.start', { ids: [folderId] });
    const compared = () => state.folders.byId(folderId)?.lastFullPassMs ?? 0;
    await pollUntil('the film to be on its way', () => (slow.hits > 0 && compared() > 0) || undefined);
    // A computer without a battery for its clock, some seconds after it was started.
    aheadMs = 40 * 24 * 3_600_000;
    const before = compared();
    await client.call('engine.resumed', { from: 'network-change' });
    await pollUntil('a whole comparison', () => compared() > before || undefined);
    expect(await running(world)).toHaveLength(1);
    slow.remove();
    await pollUntil('the film', () => world.root.read('film').catch(() => undefined));
    expect((await world.root.read('film')).equals(FILM)).toBe(true);
    const parts = double.requests.of('GetObject').filter(({ key }) => key === 'film');
    expect(parts).toHaveLength(20);
  });
});
