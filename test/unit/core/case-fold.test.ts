import { describe, expect, test } from 'vitest';
import { foldCase, heldSpelling } from '../../../src/core/case-fold.ts';

describe('foldCase', () => {
  test.each([
    ['A.TXT', 'a.txt'],
    ['Ärger/ÉTÉ', 'ärger/été'],
    ['Σίσυφος', 'ΣΊΣΥΦΟΣ'],
    ['Gru\u0308ße', 'GRÜSSE'],
    ['\u{10400}', '\u{10428}'],
    ['\u212Bngström', 'ångström'],
  ])('takes %j and %j for one', (a, b) => {
    expect(foldCase(a)).toBe(foldCase(b));
  });

  test.each([
    ['a', 'ä'],
    ['a/b', 'ab'],
    ['I', 'ı\u0307'],
    ['A-', 'a_'],
  ])('keeps %j and %j apart', (a, b) => {
    expect(foldCase(a)).not.toBe(foldCase(b));
  });

  test('folds what is folded to itself', () => {
    for (const text of ['Straße', 'İstanbul', 'ŉ', 'ǰ', 'ΐ', 'ﬃ', 'K', 'Ω']) {
      expect(foldCase(foldCase(text))).toBe(foldCase(text));
    }
  });
});

describe('heldSpelling', () => {
  test.each([
    ['a.txt', 'A.txt', 'A.txt'],
    ['dir/y', 'Dir/x', 'Dir'],
    ['dir/Sub/y', 'dir/sub', 'dir/sub'],
    ['DIR/SUB/y', 'dir/sub/y', 'dir'],
    ['a.txt', 'a.txt', undefined],
    ['dir/y', 'dir/x', undefined],
    ['dir/y', '', undefined],
    ['dirs/y', 'Dir/x', undefined],
  ])('of %j where %j is: %j', (path, held, expected) => {
    expect(heldSpelling(path, held.split('/'))).toBe(expected);
  });
});
