import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkBrake } from '../../../src/core/brake.ts';
import { isBucketName } from '../../../src/core/bucket-name.ts';
import { asSyncError, hasCode, SyncError } from '../../../src/core/errors.ts';
import {
  compositeEtag,
  hexOfBytes,
  isContentMd5,
  partCountOf,
  quoteEtag,
  unquoteEtag,
} from '../../../src/core/etag.ts';
import {
  MAX_OBJECT_BYTES,
  MAX_PART_BYTES,
  MIN_PART_BYTES,
  partCount,
  partRange,
  partSizeFor,
} from '../../../src/core/parts.ts';
import { isPlanned, phaseOf } from '../../../src/core/plan.ts';
import { backoffMs, FILE_RETRIES, REQUEST_RETRIES } from '../../../src/core/retry.ts';

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest();
const md5Hex = (text: string) => hexOfBytes(md5(Buffer.from(text)));

describe('the name of a new bucket', () => {
  test.each(['abc', 'my-photos.2026', '123', 'a'.repeat(63), '1.2.3.four', 'a--b'])('may be %s', (name) => {
    expect(isBucketName(name)).toBe(true);
  });

  test.each([
    'ab',
    'a'.repeat(64),
    'Photos',
    'a..b',
    'a.-b',
    'a-.b',
    '-ab',
    'ab-',
    '.ab',
    'ab.',
    'a_b',
    'ü-ab',
    '10.0.0.1',
  ])('may not be %s', (name) => {
    expect(isBucketName(name)).toBe(false);
  });
});

describe('the mass-change brake', () => {
  const totals = (known: number, deletions: number, replacements = 0, diskChanged = false) => ({
    known,
    deletions,
    replacements,
    diskChanged,
  });

  test.each([
    [totals(0, 0), undefined],
    [totals(1, 1), undefined],
    [totals(2, 2), 'empties-side'],
    [totals(2, 1), undefined],
    [totals(20, 10), undefined],
    [totals(19, 10), undefined],
    [totals(11, 11), 'empties-side'],
    [totals(21, 11), 'deletes-most'],
    [totals(22, 11), undefined],
    [totals(1_000_000, 500_001), 'deletes-most'],
    [totals(1_000_000, 500_000), undefined],
    [totals(10, 0, 10), undefined],
    [totals(11, 0, 11), 'replaces-all'],
    [totals(12, 0, 11), undefined],
    [totals(0, 0, 11), 'replaces-all'],
    [totals(1_000, 1, 0, true), 'disk-changed'],
    [totals(1_000, 0, 5, true), undefined],
  ])('of %j: %s', (given, reason) => expect(checkBrake(given)).toBe(reason));

  test('holds whenever a side of more than one file would be left empty', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e6 }), fc.nat(10), (known, more) => {
        expect(checkBrake(totals(known, known + more))).toBe('empties-side');
      }),
    );
  });
});

describe('backoff', () => {
  test('stays between half the ceiling and the ceiling, and never passes the longest delay', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.constantFrom(REQUEST_RETRIES, FILE_RETRIES),
        (failures, random, policy) => {
          const delayMs = backoffMs(failures, policy, random);
          const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (failures - 1));
          expect(delayMs).toBeGreaterThanOrEqual(Math.floor(ceiling / 2));
          expect(delayMs).toBeLessThanOrEqual(ceiling);
        },
      ),
    );
  });

  test('of a request comes to less than half a minute in all', () => {
    let sumMs = 0;
    for (let failures = 1; failures < REQUEST_RETRIES.attempts; failures++)
      sumMs += backoffMs(failures, REQUEST_RETRIES, 0.999);
    expect(sumMs).toBeLessThan(30_000);
  });
});

describe('parts', () => {
  test('of the largest object fit the limits of the server', () => {
    const size = partSizeFor(MAX_OBJECT_BYTES);
    expect(size).toBeLessThanOrEqual(MAX_PART_BYTES);
    expect(partCount(MAX_OBJECT_BYTES, size)).toBeLessThanOrEqual(9_000);
  });

  test('cover a file of any size without gap or overlap', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.nat(100 * MIN_PART_BYTES), fc.integer({ min: 0, max: MAX_OBJECT_BYTES })),
        (sizeBytes) => {
          const partSize = partSizeFor(sizeBytes);
          expect(partSize).toBeGreaterThanOrEqual(MIN_PART_BYTES);
          expect(partSize % (1024 * 1024)).toBe(0);
          const count = partCount(sizeBytes, partSize);
          expect(count).toBeLessThanOrEqual(9_000);
          const last = partRange(count, sizeBytes, partSize);
          expect(last.offset + last.sizeBytes).toBe(sizeBytes);
          expect(last.sizeBytes).toBeGreaterThanOrEqual(sizeBytes === 0 ? 0 : 1);
          for (const n of [1, Math.ceil(count / 2)]) {
            const { offset, sizeBytes: length } = partRange(n, sizeBytes, partSize);
            expect(offset).toBe((n - 1) * partSize);
            if (n < count) expect(length).toBe(partSize);
          }
        },
      ),
    );
  });

  test('of an empty file are one empty part', () => {
    expect(partCount(0, MIN_PART_BYTES)).toBe(1);
    expect(partRange(1, 0, MIN_PART_BYTES)).toEqual({ partNumber: 1, offset: 0, sizeBytes: 0 });
  });
});

describe('an ETag', () => {
  test('of parts is the MD5 of their MD5s and their number', () => {
    const parts = ['first part', 'second part', ''].map(md5Hex);
    const joined = createHash('md5');
    for (const part of parts) joined.update(Buffer.from(part, 'hex'));
    expect(compositeEtag(parts, md5)).toBe(`${joined.digest('hex')}-3`);
    // Known: the MD5 of the sixteen bytes of the MD5 of nothing.
    expect(compositeEtag(['d41d8cd98f00b204e9800998ecf8427e'], md5)).toBe('59adb24ef3cdbe0297f05b395827453f-1');
  });

  test('of parts needs parts, and their MD5s', () => {
    expect(() => compositeEtag([], md5)).toThrow(RangeError);
    expect(() => compositeEtag(['abc'], md5)).toThrow(RangeError);
  });

  test.each([
    ['d41d8cd98f00b204e9800998ecf8427e', true, undefined],
    ['D41D8CD98F00B204E9800998ECF8427E', false, undefined],
    ['d41d8cd98f00b204e9800998ecf8427e-3', false, 3],
    ['d41d8cd98f00b204e9800998ecf8427e-10000', false, 10_000],
    ['d41d8cd98f00b204e9800998ecf8427e-', false, undefined],
    ['0x8D4B', false, undefined],
    ['', false, undefined],
  ])('%s: MD5 %s, parts %s', (etag, isMd5, parts) => {
    expect(isContentMd5(etag)).toBe(isMd5);
    expect(partCountOf(etag)).toBe(parts);
  });

  test('loses its quotes and gets them back', () => {
    expect(unquoteEtag('"abc"')).toBe('abc');
    expect(unquoteEtag('W/"abc"')).toBe('abc');
    expect(unquoteEtag('abc')).toBe('abc');
    expect(unquoteEtag(quoteEtag('abc-2'))).toBe('abc-2');
  });
});

describe('the phases of a plan', () => {
  test('put deletions that clear the way first, all other deletions last', () => {
    for (const kind of ['delete-remote', 'delete-local'] as const) {
      expect(phaseOf(kind, true)).toBe(0);
      expect(phaseOf(kind, false)).toBe(2);
    }
    for (const kind of ['upload', 'download', 'reconcile', 'confirm-local'] as const) {
      expect(phaseOf(kind, false)).toBe(1);
      expect(phaseOf(kind, true)).toBe(1);
    }
  });

  test('know which actions are planned at all', () => {
    expect(isPlanned({ kind: 'download' })).toBe(true);
    expect(isPlanned({ kind: 'forget' })).toBe(false);
    expect(isPlanned({ kind: 'report', problem: 'local-changed' })).toBe(false);
  });
});

describe('errors', () => {
  test('of any kind become SyncErrors that keep their cause', () => {
    const cause = new TypeError('x is undefined');
    const error = asSyncError(cause);
    expect(error).toMatchObject({ code: 'internal', retryable: false, cause });
    expect(asSyncError(error)).toBe(error);
    expect(asSyncError('text')).toMatchObject({ code: 'internal', detail: 'text' });
  });

  test('are told apart by their codes', () => {
    const error = new SyncError({ code: 'timeout', message: 'm', advice: 'a' });
    expect(hasCode(error, 'unreachable', 'timeout')).toBe(true);
    expect(hasCode(error, 'unreachable')).toBe(false);
    expect(hasCode(new Error('timeout'), 'timeout')).toBe(false);
  });
});
