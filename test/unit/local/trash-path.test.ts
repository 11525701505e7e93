import { describe, expect, test } from 'vitest';
import { parseTrashStamp, trashPath, trashStamp } from '../../../src/core/trash-path.ts';

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
