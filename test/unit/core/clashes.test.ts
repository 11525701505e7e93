import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Clashes, type Clash } from '../../../src/core/clashes.ts';
import { compareUtf8 } from '../../../src/core/text.ts';

type Seen = ReadonlyMap<string, 'object' | 'new'>;

function find(seen: Seen): Clash[] {
  const clashes = new Clashes();
  const inOrder = [...seen].sort(([a], [b]) => compareUtf8(a, b));
  return inOrder.flatMap(([path, what]) => (what === 'object' ? clashes.object(path) : clashes.newFile(path)));
}

test('a new file above an object clashes, and one below an object, and their neighbours do not', () => {
  const seen: Seen = new Map([
    ['a', 'new'],
    ['a-b', 'object'],
    ['a.txt', 'new'],
    ['a/b', 'object'],
    ['a0', 'new'],
    ['d', 'object'],
    ['d-e', 'new'],
    ['d/e', 'new'],
    ['d/e/f', 'object'],
  ]);
  expect(find(seen)).toEqual([
    { path: 'a', object: 'a/b' },
    { path: 'd/e', object: 'd' },
  ]);
});

test('a new file below an object that is not looked at itself clashes with it', () => {
  const clashes = new Clashes(['a', 'b/c']);
  expect(['a-b', 'a/b', 'b/a', 'b/c/d/e', 'b/cd'].flatMap((path) => clashes.newFile(path))).toEqual([
    { path: 'a/b', object: 'a' },
    { path: 'b/c/d/e', object: 'b/c' },
  ]);
});

test('exactly the new files that an object lies below or above are found', () => {
  const segment = fc.constantFrom('a', 'b', 'a-b', 'a.b', 'é', '~', '\u{1f600}');
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
  const what = fc.constantFrom('object' as const, 'new' as const);
  fc.assert(
    fc.property(fc.array(fc.tuple(path, what), { maxLength: 12 }), (pairs) => {
      const seen: Seen = new Map(pairs);
      const objects = [...seen.keys()].filter((one) => seen.get(one) === 'object');
      const isNear = (a: string, b: string) => a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
      const clashing = [...seen.keys()].filter(
        (one) => seen.get(one) === 'new' && objects.some((object) => isNear(one, object)),
      );
      const found = find(seen);
      expect(new Set(found.map((clash) => clash.path))).toEqual(new Set(clashing));
      for (const clash of found) {
        expect(objects).toContain(clash.object);
        expect(isNear(clash.path, clash.object)).toBe(true);
      }
    }),
  );
});
