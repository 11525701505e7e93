import { describe, expect, test } from 'vitest';
import {
  bucketTrashKey,
  bucketTrashStamp,
  parseBucketTrashKey,
  parseBucketTrashStamp,
  parseTrashStamp,
  trashPath,
  trashStamp,
} from '../../../src/core/trash-path.ts';

describe('a trash stamp', () => {
  test('is UTC to the second with the letters behind it, and reads back as that second', () => {
    const nowMs = Date.UTC(2026, 10, 5, 7, 8, 9, 987);
    expect(trashStamp(nowMs, 'a2z7')).toBe('2026-11-05T070809Z-a2z7');
    expect(parseTrashStamp('2026-11-05T070809Z-a2z7')).toBe(Date.UTC(2026, 10, 5, 7, 8, 9));
  });

  test.each([
    '',
    '2026-11-05T070809Z',
    '2026-11-05T070809Z-abc',
    '2026-11-05T070809Z-ABCD',
    '2026-11-05T070809Z-abcde',
    '2026-02-30T070809Z-abcd',
    '2026-13-01T070809Z-abcd',
    '2026-11-05T240809Z-abcd',
    '2026-11-05T07:08:09Z-abcd',
    '../x',
  ])('is not %j', (text) => {
    expect(parseTrashStamp(text)).toBeUndefined();
  });

  test('keeps the path below it as it was', () => {
    expect(trashPath('S', 'a/b c/e\u0301')).toBe('.rustfs-sync/trash/S/a/b c/e\u0301');
  });
});

describe('a stamp of the bucket’s trash', () => {
  const atMs = Date.UTC(2026, 10, 5, 7, 8, 9, 987);

  test.each([
    ['0CC175B9c0f1b6a831c399e269772661', '2026-11-05T070809Z-0cc175b9'],
    ['0cc175b9c0f1b6a831c399e269772661-12', '2026-11-05T070809Z-0cc175b9'],
    ['"+/x=', '2026-11-05T070809Z-x0000000'],
  ])('of an object with the ETag %s is %s, and its key reads back', (etag, stamp) => {
    expect(bucketTrashStamp(atMs, etag)).toBe(stamp);
    const trashedMs = Date.UTC(2026, 10, 5, 7, 8, 9);
    expect(parseBucketTrashKey(bucketTrashKey(stamp, 'a/b c'))).toEqual({ stamp, trashedMs, key: 'a/b c' });
    // The two trashes tell their entries apart by it.
    expect(parseTrashStamp(stamp)).toBeUndefined();
  });

  test('of an earlier version of the program has no ETag', () => {
    expect(parseBucketTrashStamp('2026-11-05T070809Z')).toBe(Date.UTC(2026, 10, 5, 7, 8, 9));
    expect(bucketTrashKey('2026-11-05T070809Z', 'a')).toBe('.rustfs-sync-trash/2026-11-05T070809Z/a');
  });

  test.each(['', '2026-11-05T070809Z-abcd', '2026-11-05T070809Z-0cc175b', '2026-02-30T070809Z-0cc175b9', '../x'])(
    'is not %j',
    (text) => {
      expect(parseBucketTrashStamp(text)).toBeUndefined();
    },
  );
});
