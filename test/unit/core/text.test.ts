import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareUtf8, utf8ByteLength } from '../../../src/core/text.ts';

/** Characters on both sides of every border at which UTF-8 and UTF-16 change their length or order. */
const TRICKY = ['\0', ' ', '!', '/', '0', 'A', 'a', '\x7f', '\x80', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffff'];
const ASTRAL = ['\u{10000}', '\u{1f600}', '\u{10ffff}'];
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...TRICKY, ...ASTRAL), { maxLength: 6 }).map((units) => units.join('')),
);

describe('compareUtf8', () => {
  test('orders as the bytes of the UTF-8 encodings', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 3_000 },
    );
  });

  test('puts an emoji after U+FFFF, where UTF-16 puts it before', () => {
    expect(compareUtf8('\u{1f600}', '\uffff')).toBeGreaterThan(0);
    expect(['\uffff', '\u{1f600}'].sort()).toEqual(['\u{1f600}', '\uffff']);
  });

  test('puts what lies in a directory after its siblings that go on with a smaller character than a slash', () => {
    expect(['a0', 'a/b', 'a', 'a-b', 'a/'].sort(compareUtf8)).toEqual(['a', 'a-b', 'a/', 'a/b', 'a0']);
  });
});

describe('utf8ByteLength', () => {
  test('counts as Buffer does, lone surrogates too', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.string({ unit: 'binary' }).map((s) => s.slice(1)),
          fc.constant('\ud800a\udc00'),
        ),
        (s) => {
          expect(utf8ByteLength(s)).toBe(Buffer.byteLength(s));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
