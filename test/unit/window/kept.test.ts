import { describe, expect, test } from 'vitest';
import {
  canBeSplit,
  EVERYTHING,
  keep,
  keptBytes,
  leaveOut,
  shareOf,
  shareOfFiles,
  type Level,
} from '../../../renderer/dialogs/select/kept.ts';

const level = (directories: string[], files: string[] = []): Level => ({
  directories,
  files: files.map((name) => ({ name, sizeBytes: 10 })),
  isComplete: true,
});

const LEVELS: ReadonlyMap<string, Level> = new Map([
  ['', level(['a', 'b'], ['top'])],
  ['a', level(['deep', 'deeper'], ['x', 'y'])],
]);

const sorted = (kept: readonly string[]) => [...kept].sort();

describe('what is kept of a folder', () => {
  test('everything, until a part is left out: then what is beside it, file by file', () => {
    const without = leaveOut(EVERYTHING, ['b'], LEVELS);
    expect(sorted(without)).toEqual(['a', 'top']);
    expect(['', 'a', 'a/x', 'b', 'top'].map((path) => shareOf(without, path))).toEqual([
      'some',
      'all',
      'all',
      'none',
      'all',
    ]);
  });

  test('a part of a part is left out on every level above it', () => {
    const without = leaveOut(EVERYTHING, ['a/deep'], LEVELS);
    expect(sorted(without)).toEqual(['a/deeper', 'a/x', 'a/y', 'b', 'top']);
    expect(shareOf(without, 'a')).toBe('some');
    expect(sorted(leaveOut(without, ['a'], LEVELS))).toEqual(['b', 'top']);
  });

  test('no part is left out below a directory that has more in it than is known: the rest of it would go unseen', () => {
    const levels = new Map([
      ...LEVELS,
      ['a', { ...level(['deep', 'deeper'], ['x', 'y']), isComplete: false }],
      ['a/deep', level(['deepest'], ['z'])],
    ]);
    expect(canBeSplit(EVERYTHING, '', levels)).toBe(true);
    expect(canBeSplit(EVERYTHING, 'a', levels)).toBe(false);
    expect(canBeSplit(EVERYTHING, 'a/deep', levels)).toBe(false);
    expect(canBeSplit(['a'], 'a/deep', levels)).toBe(false);
    // What is chosen for itself, or not at all, has nothing beside it that could go.
    expect(canBeSplit(['a/deep'], 'a/deep', levels)).toBe(true);
    expect(canBeSplit(['b'], 'a/deep', levels)).toBe(true);
  });

  test('keeping a directory swallows what was kept of it, and names that only begin alike stay apart', () => {
    expect(sorted(keep(['a/x', 'ab', 'b/c'], ['a']))).toEqual(['a', 'ab', 'b/c']);
    expect(sorted(keep(['a'], ['a/x']))).toEqual(['a']);
    expect(keep(['a', 'b'], [''])).toEqual(['']);
    expect(shareOf(['a'], 'ab')).toBe('none');
  });

  test('the files of a level are kept together, or some of them', () => {
    const files = LEVELS.get('a') ?? level([]);
    expect(shareOfFiles(['a'], 'a', files)).toBe('all');
    expect(shareOfFiles(['a/x'], 'a', files)).toBe('some');
    expect(shareOfFiles(['a/deep'], 'a', files)).toBe('none');
    expect(leaveOut(['a'], ['a/x', 'a/y'], LEVELS)).toEqual(['a/deep', 'a/deeper']);
  });

  test('its size is known once all of its parts are', () => {
    const size = (bytes: number) => ({ files: 1, bytes, isComplete: true });
    const sizes = new Map([['a', size(500)]]);
    expect(keptBytes(EVERYTHING, '', LEVELS, sizes)).toBeUndefined();
    expect(keptBytes(['a', 'top'], '', LEVELS, sizes)).toBe(510);
    expect(keptBytes(['a/x', 'top'], '', LEVELS, sizes)).toBe(20);
    expect(keptBytes([], '', LEVELS, sizes)).toBe(0);
  });
});
