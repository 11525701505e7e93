import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkKeyLength,
  checkPath,
  checkSegment,
  isInternalKey,
  keyOf,
  MAX_KEY_BYTES,
  parsePrefix,
  parseRelativePath,
  pathOfKey,
  prefixesOverlap,
} from '../../../src/core/paths.ts';

const segment = fc
  .string({ unit: fc.constantFrom('a', 'B', '-', '.', ' ', '0', '~', 'é', '漢', '\u{1f600}', '\\', ':'), minLength: 1 })
  .filter((name) => checkSegment(name) === undefined);
const pathText = fc.array(segment, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

describe('checkSegment', () => {
  test.each([
    ['', 'empty-segment'],
    ['.', 'dot-segment'],
    ['..', 'dot-segment'],
    ['a\0', 'nul-in-name'],
    ['a\n', 'line-break-in-name'],
    ['\rb', 'line-break-in-name'],
    ['\ud800', 'name-not-unicode'],
    ['a\udc00b', 'name-not-unicode'],
    ['...', undefined],
    ['.a', undefined],
    [' ', undefined],
    ['a\\b', undefined],
  ])('says of %j: %s', (name, problem) => expect(checkSegment(name)).toBe(problem));

  test.each([
    ['a'.repeat(255), undefined],
    ['a'.repeat(256), 'name-too-long'],
    ['漢'.repeat(85), undefined],
    [`${'漢'.repeat(85)}a`, 'name-too-long'],
    ['\u{1f600}'.repeat(63) + 'abc', undefined],
    ['\u{1f600}'.repeat(64), 'name-too-long'],
  ])('counts bytes, not characters (%#)', (name, problem) => expect(checkSegment(name)).toBe(problem));

  test('agrees with the byte count of every name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'é', '漢', '\u{1f600}'), minLength: 50, maxLength: 300 }),
        (name) => {
          expect(checkSegment(name) === 'name-too-long').toBe(Buffer.byteLength(name) > 255);
        },
      ),
    );
  });
});

describe('checkKeyLength', () => {
  test.each([
    [1024, undefined],
    [1025, 'key-too-long'],
  ])('of %d bytes', (bytes, problem) => {
    expect(checkKeyLength('a'.repeat(bytes))).toBe(problem);
    const wide = '漢'.repeat(341);
    expect(checkKeyLength(wide + 'a'.repeat(bytes - 1023))).toBe(problem);
  });

  test('is checked for the prefix and the path together', () => {
    const path = parseRelativePath(Array.from({ length: 4 }, () => 'p'.repeat(250)).join('/'));
    expect(path).toBeDefined();
    if (path === undefined) return;
    expect(checkKeyLength(keyOf('', path))).toBeUndefined();
    expect(checkKeyLength(keyOf('a-prefix-of-22-letters/', path))).toBe('key-too-long');
  });
});

describe('a relative path', () => {
  test.each(['', '/a', 'a/', 'a//b', '../a', 'a/./b', 'a/..', '\0', 'a\nb'])('is not %j', (text) => {
    expect(parseRelativePath(text)).toBeUndefined();
    expect(checkPath(text)).toBeDefined();
  });

  test('is composed to NFC', () => expect(parseRelativePath('e\u0301/a')).toBe('é/a'));

  test('may have 1,024 bytes and no more', () => {
    const long = Array.from({ length: 4 }, () => 'n'.repeat(255)).join('/');
    expect(Buffer.byteLength(long)).toBe(1023);
    expect(parseRelativePath(`${long}n`)).toBeUndefined();
    const exact = `${'n'.repeat(200)}/${'n'.repeat(200)}/${'n'.repeat(200)}/${'n'.repeat(200)}/${'n'.repeat(220)}`;
    expect(Buffer.byteLength(exact)).toBe(MAX_KEY_BYTES);
    expect(parseRelativePath(exact)).toBe(exact);
    expect(parseRelativePath(`${exact}n`)).toBeUndefined();
  });

  test('survives being made a key and read back, below any prefix', () => {
    fc.assert(
      fc.property(pathText, fc.option(pathText), (text, prefixText) => {
        const path = parseRelativePath(text);
        const prefix = parsePrefix(prefixText ?? '');
        if (path === undefined || prefix === undefined) return;
        expect(pathOfKey(prefix, keyOf(prefix, path))).toEqual({ kind: 'path', path });
      }),
    );
  });
});

describe('a listed key', () => {
  test.each([
    ['a/', 'internal'],
    ['.rustfs-sync-trash/2026/a', 'internal'],
    ['.rustfs-sync-probe/x', 'internal'],
    ['a/.rustfs-sync-trash/b', 'path'],
    ['a//b', 'refused'],
    ['../a', 'refused'],
    ['/a', 'refused'],
    ['a\nb', 'refused'],
    ['e\u0301', 'refused'],
    [`${'a'.repeat(256)}/b`, 'refused'],
  ])('%j is %s', (key, kind) => expect(pathOfKey('', key).kind).toBe(kind));

  test('that no path can stand for never becomes one', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '.', '..', '/', '//', '\0', '\n', 'e\u0301', '\ud800')), (pieces) => {
        const listed = pathOfKey('', pieces.join(''));
        if (listed.kind !== 'path') return;
        expect(checkPath(listed.path)).toBeUndefined();
        expect(listed.path.normalize('NFC')).toBe(listed.path);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a prefix', () => {
  test.each([
    ['', ''],
    ['/', ''],
    ['a', 'a/'],
    ['/a/b//', 'a/b/'],
    ['e\u0301', 'é/'],
    ['a//b', undefined],
    ['a/../b', undefined],
  ])('%j is spelled %j', (text, prefix) => expect(parsePrefix(text)).toBe(prefix));

  // There everything is internal: a folder with such a prefix would upload, see nothing, and take all for deleted.
  test.each(['.rustfs-sync-trash', '.rustfs-sync-trash/2026', '.rustfs-sync-probe/'])('can not be %s', (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });

  test('never makes the key of a path an internal one, whatever the path', () => {
    const name = fc.constantFrom('.rustfs-sync-trash', '.rustfs-sync-probe', 'a');
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        const prefix = parsePrefix(names.join('/'));
        if (prefix !== undefined) expect(isInternalKey(`${prefix}x`)).toBe(false);
      }),
    );
  });

  test('overlaps what it contains and nothing beside it', () => {
    expect(prefixesOverlap('', 'a/')).toBe(true);
    expect(prefixesOverlap('a/b/', 'a/')).toBe(true);
    expect(prefixesOverlap('a/', 'ab/')).toBe(false);
  });
});
