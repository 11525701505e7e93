import { describe, expect, test } from 'vitest';
import {
  countOf,
  formatCount,
  formatDuration,
  formatLimit,
  formatRate,
  formatSize,
  formatTable,
  formatTime,
  formatTimeOfDay,
  listInWords,
  visible,
} from '../../../src/cli/format.ts';
import { cutToWidth, textWidth } from '../../../src/cli/width.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [41_000_000, '41.0 MB'],
  [999_949, '999.9 kB'],
  [999_951, '1.0 MB'],
  [5e12, '5.0 TB'],
])('%i bytes are shown as %s', (bytes, text) => expect(formatSize(bytes)).toBe(text));

test('rates and limits', () => {
  expect(formatRate(6_600_000)).toBe('6.6 MB/s');
  expect(formatLimit(0)).toBe('none');
  expect(formatLimit(2_097_152)).toBe('2.1 MB/s');
});

test.each([
  [0, '0.0 s'],
  [6_200, '6.2 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min'],
  [65_000, '1 min 5 s'],
  [7_380_000, '2 h 3 min'],
  [100_800_000, '1 d 4 h'],
  [604_800_000, '7 d'],
])('%i ms are shown as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test('times are local, in the order of ISO', () => {
  const at = new Date(2026, 10, 22, 9, 5, 7).getTime();
  expect(formatTime(at)).toBe('2026-11-22 09:05');
  expect(formatTimeOfDay(at)).toBe('09:05:07');
});

test('counts have commas and agree with their noun', () => {
  expect([formatCount(0), formatCount(1_000), formatCount(12_345_678)]).toEqual(['0', '1,000', '12,345,678']);
  expect([countOf(1, 'file'), countOf(10_000, 'file')]).toEqual(['1 file', '10,000 files']);
  expect([listInWords(['a']), listInWords(['a', 'b', 'c'], 'or')]).toEqual(['a', 'a, b or c']);
});

describe('width', () => {
  test.each([
    ['abc', 3],
    ['日本語', 6],
    ['한국어', 6],
    ['é', 1],
    ['e\u0301', 1],
    ['ｆｕｌｌ', 8],
    ['🙂', 2],
    ['👨‍👩‍👧', 2],
    ['a\u200bb', 2],
    ['naïve — “x”', 11],
    ['', 0],
  ])('%j takes %i columns', (text, columns) => expect(textWidth(text)).toBe(columns));

  test('cutting never exceeds the width and never halves a character', () => {
    expect(cutToWidth('abcdef', 6)).toBe('abcdef');
    expect(cutToWidth('abcdef', 4)).toBe('abc…');
    expect(cutToWidth('日本語です', 6)).toBe('日本…');
    expect(cutToWidth('日本語です', 0)).toBe('');
    for (let columns = 0; columns < 12; columns++) {
      expect(textWidth(cutToWidth('a日b本🙂語xyz', columns))).toBeLessThanOrEqual(columns);
    }
  });
});

test('tables are aligned by width, not by length', () => {
  const table = formatTable(
    [{ title: 'NAME' }, { title: 'SIZE', align: 'right' }, { title: 'KEY' }],
    [
      ['日本', '1.0 kB', 'x'],
      ['abc', '20 B', ''],
    ],
  );
  expect(table).toEqual(['NAME    SIZE  KEY', '日本  1.0 kB  x', 'abc     20 B']);
});

test('control characters and turned writing are made visible', () => {
  expect(visible('a\x1b[31mb\nc\td\x7f\x9b\u202egpj.exe')).toBe('a\\x1b[31mb\\nc\\td\\x7f\\x9b\\u202egpj.exe');
  expect(visible('Fotos – 日本 🙂')).toBe('Fotos – 日本 🙂');
});
