import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { createWorld } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble, useWireProxy } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { refusal } from '../../support/memory-refusals.ts';
import type { FaultEffect } from '../../support/s3-double/index.ts';
import { withQuickClock } from '../../support/two-way-team.ts';
import { withStore } from '../../support/with-methods.ts';

const SMALL_FILES = 30;
const LARGE_BYTES = 24 * MIB;

describe('a server with passing faults', () => {
  const passing: readonly (readonly [name: string, effect: FaultEffect])[] = [
    ['500 InternalError', { kind: 'error', code: 'InternalError' }],
    ['503 SlowDown', { kind: 'error', code: 'SlowDown' }],
    ['a reset before the request is handled', { kind: 'resetBefore' }],
    ['a reset after it was handled (the lost answer)', { kind: 'resetAfter' }],
    ['a server that hangs', { kind: 'hang' }],
  ];
  test.each(passing)('%s, on every kind of request: the sync ends right, by itself', async (_name, effect) => {
    const double = await useDouble();
    const world = await createWorld(double, {
      store: { inactivityTimeoutMs: 400, listingTimeoutMs: 400, longTimeoutMs: 400 },
    });
    for (let i = 0; i < SMALL_FILES; i++) await world.root.write(`d/${i}`, `content ${i}`);
    const large = randomContent(LARGE_BYTES);
    await world.root.write('large', large);
    for (const operation of [
      'ListObjectsV2',
      'PutObject',
      'CreateMultipartUpload',
      'UploadPart',
      'CompleteMultipartUpload',
    ] as const) {
      double.faults.add({ operation, times: 2 }, effect);
    }
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: SMALL_FILES + 1 });
    double.faults.clear();
    expect(await world.bucket.keys()).toHaveLength(SMALL_FILES + 1);
    expect((await world.bucket.get('large')).equals(large)).toBe(true);
    expect(await world.bucket.unfinishedUploads()).toEqual([]);
    expect(await world.problemCodes()).toEqual([]);
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
  });

  test('expired-upload: an upload that the server swept away is started again in the same run', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const large = randomContent(40 * MIB);
    await world.root.write('large', large);
    double.faults.add({ operation: 'UploadPart', partNumber: 4, times: 1 }, { kind: 'expireUpload' });
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect((await world.bucket.get('large')).equals(large)).toBe(true);
    expect(await world.bucket.unfinishedUploads()).toEqual([]);
  });

  test('expired-upload: also when it goes just before its completion', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const large = randomContent(40 * MIB);
    await world.root.write('large', large);
    double.faults.add({ operation: 'CompleteMultipartUpload', times: 1 }, { kind: 'expireUpload' });
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect((await world.bucket.get('large')).equals(large)).toBe(true);
  });

  test('expired-upload: and when it goes between two runs', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const large = randomContent(40 * MIB);
    await world.root.write('large', large);
    double.requests.clear();
    const fault = double.faults.add({ operation: 'UploadPart', after: 2 }, { kind: 'hang' });
    const run = world.sync().catch((error: unknown) => error);
    await pollUntil('two parts', () =>
      double.requests.of('UploadPart').filter((one) => one.status === 200).length >= 2 ? true : undefined,
    );
    await world.stop();
    await run;
    fault.remove();
    const uploads = double.model.listUploads(world.bucket.name);
    expect(uploads).toHaveLength(1);
    for (const { key, uploadId } of uploads) double.model.abortUpload({ bucket: world.bucket.name, key, uploadId });
    world.start();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect((await world.bucket.get('large')).equals(large)).toBe(true);
    expect(await world.bucket.unfinishedUploads()).toEqual([]);
  });

  test('rule 18: a completion whose answers were lost until the engine ended is recognised by the next one', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const large = randomContent(24 * MIB);
    await world.root.write('large', large);
    const completes = double.faults.add({ operation: 'CompleteMultipartUpload' }, { kind: 'resetAfter' });
    const run = world.sync().catch((error: unknown) => error);
    await pollUntil('the lost answer', () => (completes.hits > 0 ? true : undefined));
    // Every further answer is lost too, so that the engine ends without knowing.
    await world.stop();
    await run;
    double.faults.clear();
    double.requests.clear();
    world.start();
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect(double.requests.count('UploadPart')).toBe(0);
    expect((await world.bucket.get('large')).equals(large)).toBe(true);
  });
});

describe('a server that refuses', () => {
  test('permission-revoked: rule 16: files that are refused become problems, and go up once they are allowed', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    for (let i = 0; i < 5; i++) await world.root.write(`file-${i}`, `content ${i}`);
    const fault = double.faults.add({ operation: 'PutObject', key: /file-3/ }, { kind: 'error', code: 'AccessDenied' });
    expect(await world.sync()).toMatchObject({ result: 'problems', uploadedFiles: 4 });
    expect(await world.problemCodes()).toEqual(['file-3: access-denied']);
    fault.remove();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect(await world.problemCodes()).toEqual([]);
  });

  test('permission-revoked in the middle of many files: the folder stops instead of asking for each', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    for (let i = 0; i < 300; i++) await world.root.write(`d/${i}`, `content ${i}`);
    double.faults.add({ operation: 'PutObject', after: 100 }, { kind: 'error', code: 'AccessDenied' });
    double.requests.clear();
    expect(await world.sync()).toMatchObject({ result: 'unreachable', error: { code: 'access-denied' } });
    expect(double.requests.of('PutObject').filter((one) => one.status === 403).length).toBeLessThan(120);
    double.faults.clear();
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect(await world.bucket.keys()).toHaveLength(300);
  });

  test('permission-revoked for most of the files: the last one, which is on its way by then, is not sent twice', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    for (let i = 100; i < 130; i++) await world.root.write(`d/${i}`, `content ${i}`);
    double.faults.add({ operation: 'PutObject', key: /1[01]\d$|12[0-8]/ }, { kind: 'error', code: 'AccessDenied' });
    double.faults.add({ operation: 'PutObject', key: /129/ }, { kind: 'latency', delayMs: 500 });
    double.requests.clear();
    await world.sync();
    expect(double.requests.of('PutObject').filter(({ key }) => key === 'd/129')).toHaveLength(1);
    expect(await world.bucket.keys()).toEqual(['d/129']);
  });

  test('quota-over: rule 20: uploads stop with the reason, and go on when there is room again', async () => {
    const double = await useDouble();
    const proxy = await useWireProxy(double.endpoint);
    const world = await createWorld(double, { engineEndpoint: proxy.endpoint });
    for (let i = 0; i < 50; i++) await world.root.write(`d/${i}`, `content ${i}`);
    const quota = { kind: 'answer', status: 400, code: 'XMinioAdminBucketQuotaExceeded' } as const;
    const remove = proxy.addFault({ method: 'PUT', path: /\/d\//, after: 10 }, quota);
    expect(await world.sync()).toMatchObject({ result: 'problems' });
    expect(await world.problemCodes()).toContain(': quota-exceeded');
    expect(await world.bucket.keys()).toHaveLength(10);
    remove();
    expect(await world.sync()).toMatchObject({ result: 'in-sync' });
    expect(await world.bucket.keys()).toHaveLength(50);
    expect(await world.problemCodes()).toEqual([]);
  });

  test('quota-over: deletions and downloads go on, since they may make room', async () => {
    const double = await useDouble();
    const proxy = await useWireProxy(double.endpoint);
    const options = { mode: 'two-way', versioned: true } as const;
    const world = await createWorld(double, { engineEndpoint: proxy.endpoint, ...options });
    await world.root.write('old', 'takes much room');
    await world.sync();
    for (let i = 0; i < 100; i++) await world.root.write(`d/${i}`, `content ${i}`);
    const quota = { kind: 'answer', status: 400, code: 'XMinioAdminBucketQuotaExceeded' } as const;
    const remove = proxy.addFault({ method: 'PUT', path: /\/d\// }, quota);
    expect(await world.sync()).toMatchObject({ result: 'problems' });
    await world.root.remove('old');
    await world.bucket.put('theirs', 'sent before');
    expect(await world.sync()).toMatchObject({ result: 'problems' });
    expect(await world.problemCodes()).toContain(': quota-exceeded');
    expect(await world.bucket.keys()).toEqual(['theirs']);
    expect((await world.root.read('theirs')).toString()).toBe('sent before');
    expect(double.requests.count('PutObject')).toBeLessThan(10);
    remove();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 100 });
    expect(await world.problemCodes()).toEqual([]);
  });

  test('quota-over: a bucket that stays full is tried less and less often, and at once when something changes', async () => {
    const haste = 50;
    const attempts: string[] = [];
    const listedMs: number[] = [];
    const wrap = (environment: Environment): Environment => {
      const quick = withQuickClock(environment, haste);
      return withStore((store) => ({
        put: async (request) => {
          attempts.push(request.key);
          throw refusal('quota-exceeded');
        },
        listPage: async (request, signal) => {
          if (request.prefix === '') listedMs.push(quick.clock.monotonic());
          return store.listPage(request, signal);
        },
      }))(quick);
    };
    const world = await createWorld(await useDouble(), { wrap });
    // More than are tried at once: those that were refused wait by themselves.
    for (let i = 0; i < 600; i++) await world.root.write(`d/${i}`, `content ${i}`);
    await world.watch();
    await pollUntil('four whole comparisons', async () => (listedMs.length >= 4 ? true : undefined));
    const pauses = listedMs.slice(1).map((atMs, index) => atMs - (listedMs[index] ?? 0));
    for (const [index, leastMs] of [30_000, 60_000, 120_000].entries())
      expect(pauses[index]).toBeGreaterThanOrEqual(leastMs);
    await world.root.write('a-change', 'x');
    // Left alone, it would be four minutes.
    const deadlineMs = 120_000 / haste;
    await pollUntil('the change', () => (attempts.includes('a-change') ? true : undefined), { deadlineMs });
  });

  test('clock-jump: rule 17: a clock that is off ends the run with both times', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('doc', 'x');
    double.faults.clockOffsetMs = 3_600_000;
    const outcome = await world.sync();
    expect(outcome).toMatchObject({ result: 'unreachable', error: { code: 'clock-skew' } });
    expect(outcome.error?.message).toMatch(/clock says \d{4}-\d\d-\d\dT.* and the server's says \d{4}-\d\d-\d\dT/);
    double.faults.clear();
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
  });

  test('rule 16: one file that always fails neither blocks nor loops the folder', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    for (let i = 0; i < 20; i++) await world.root.write(`file-${i}`, `content ${i}`);
    const bad = double.faults.add(
      { operation: 'PutObject', key: /file-7$/ },
      { kind: 'error', code: 'InvalidRequest' },
    );
    await world.watch();
    expect(await world.bucket.keys()).toHaveLength(19);
    const hits = bad.hits;
    await world.root.write('one-more', 'x');
    await pollUntil('the next file', async () =>
      (await world.bucket.etag('one-more')) === undefined ? undefined : true,
    );
    expect(bad.hits).toBeLessThanOrEqual(hits + 1);
    expect(await world.problemCodes()).toEqual(['file-7: server-refused']);
  });

  test.each([
    ['an object whose content breaks off', 'GetObject', { kind: 'cutBody', afterBytes: 100_000 }],
    ['a file whose request is cut off', 'PutObject', { kind: 'resetBefore' }],
  ] as const)(
    'rule 16: %s each time is a problem, and does not keep others waiting',
    async (_what, operation, effect) => {
      const double = await useDouble();
      const world = await createWorld(double, {
        mode: 'two-way',
        wrap: (environment) => withQuickClock(environment, 50),
      });
      const content = 'x'.repeat(200_000);
      await (operation === 'GetObject' ? world.bucket.put('bad', content) : world.root.write('bad', content));
      double.faults.add({ operation, key: /^bad$/ }, effect);
      expect(await world.sync()).toMatchObject({ result: 'problems' });
      expect(await world.problemCodes()).toEqual(['bad: unreachable']);
      await world.root.write('good', 'x');
      expect(await world.sync()).toMatchObject({ result: 'problems', uploadedFiles: 1 });
    },
  );
});

describe.skipIf(isWithoutRealServer)('a network that fails, before the real server', () => {
  test('the answer to CompleteMultipartUpload is lost: one object, no upload left, nothing sent twice', async () => {
    const proxy = await useWireProxy(sharedServer().endpoint);
    const world = await createWorld(sharedServer(), { engineEndpoint: proxy.endpoint });
    const large = randomContent(24 * MIB);
    await world.root.write('large', large);
    proxy.requests.length = 0;
    proxy.addFault({ method: 'POST', path: /large/, query: /uploadId/, times: 1 }, { kind: 'dropAnswer' });
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect((await world.bucket.get('large')).equals(large)).toBe(true);
    expect(await world.bucket.unfinishedUploads()).toEqual([]);
    expect(proxy.count({ method: 'PUT', query: /partNumber/ })).toBe(3);
  });

  test('the answer to CreateMultipartUpload is lost: the upload that nobody knows of is found and ended', async () => {
    const proxy = await useWireProxy(sharedServer().endpoint);
    const world = await createWorld(sharedServer(), { engineEndpoint: proxy.endpoint });
    await world.root.write('large', randomContent(24 * MIB));
    proxy.addFault({ method: 'POST', path: /large/, query: /uploads/, times: 1 }, { kind: 'dropAnswer' });
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect(await world.bucket.unfinishedUploads()).toEqual([]);
  });

  test('the answers to small uploads are lost: each is recognised as our own', async () => {
    const proxy = await useWireProxy(sharedServer().endpoint);
    const world = await createWorld(sharedServer(), { engineEndpoint: proxy.endpoint });
    for (let i = 0; i < 6; i++) await world.root.write(`d/${i}`, `content ${i}`);
    await world.sync();
    for (let i = 0; i < 6; i++) await world.root.write(`d/${i}`, `content ${i}, edited`);
    proxy.addFault({ method: 'PUT', path: /\/d\//, times: 3 }, { kind: 'dropAnswer' });
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 6 });
    expect(await world.bucket.text('d/0')).toBe('content 0, edited');
    expect(await world.problemCodes()).toEqual([]);
  });
});
