import { describe, expect, test } from 'vitest';
import { isChosen, onlyChosen, onlyUnchosen, parseChosen } from '../../../src/core/chosen.ts';
import { createFilter } from '../../../src/core/filters.ts';

describe('parseChosen', () => {
  test('puts paths into one spelling, without those below another', () => {
    expect(parseChosen(['b/', 'a/c', 'Gru\u0308n', 'a/c/d', 'a-b', 'a/c'])).toEqual({
      chosen: ['Grün', 'a-b', 'a/c', 'b'],
    });
  });

  test.each(['', '/', '/a', 'a//b', '../a', 'a/..', '.rustfs-sync', '.rustfs-sync/trash'])('refuses %j', (path) => {
    expect(parseChosen(['good', path])).toEqual({ refused: path });
  });
});

describe('the two parts of a folder', () => {
  const rules = createFilter(['*.tmp', 'node_modules/'], '');
  const chosen = ['a/b', 'file'];

  test.each([
    ['a/b/x', true],
    ['a/b', true],
    ['a/b/c/d', true],
    ['file', true],
    ['.rustfsignore', true],
    ['a/bc', false],
    ['a/x', false],
    ['files', false],
    ['c', false],
  ])('%j is chosen: %j', (path, expected) => {
    expect(isChosen(chosen, path)).toBe(expected);
    expect(onlyChosen(rules, chosen).ignoresFile(path)).toBe(!expected);
    expect(onlyUnchosen(rules, chosen).ignoresFile(path)).toBe(expected);
  });

  test('what the rules leave out is in neither', () => {
    for (const path of ['a/b/x.tmp', 'c/x.tmp', 'node_modules/x', '.rustfs-sync/folder-id']) {
      for (const part of [onlyChosen(rules, chosen), onlyUnchosen(rules, chosen)]) {
        expect(part.ignoresFile(path)).toBe(true);
      }
    }
  });

  test('directories on the way to something chosen are entered for both, others for one', () => {
    const entered = (directory: string) =>
      [onlyChosen, onlyUnchosen].map((part) => !part(rules, chosen).ignoresDirectory(directory));
    expect(entered('a')).toEqual([true, true]);
    expect(entered('a/b')).toEqual([true, false]);
    expect(entered('a/b/c')).toEqual([true, false]);
    expect(entered('a/c')).toEqual([false, true]);
    expect(entered('node_modules')).toEqual([false, false]);
    expect(entered('.rustfsignore')).toEqual([false, true]);
  });
});
