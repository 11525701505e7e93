import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScanItem } from '../../../src/core/entries.ts';
import { scanPaths, scanTree } from '../../../src/local/scan.ts';
import { createMemoryFileSystem, type Leaf, type Oddities, type Tree } from './memory-file-system.ts';
import { collect, NO_FILTER } from './collect-scan.ts';

// Names around the slash in byte order, beyond ASCII, beyond the BMP, and decomposed.
const name = fc.oneof(
  fc.constantFrom(
    'a',
    'a-',
    'a.',
    'a0',
    'ab',
    'A',
    'é',
    'e\u0301',
    'e\u0301x',
    '\uFF5E',
    '\u{1F600}',
    'ab-c',
    '.b',
    ' ',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }).filter((text) => !/[/\0\n\r]|^\.{1,2}$/u.test(text)),
);
const leaf = fc.constantFrom<Leaf>('file', 'file', 'file', 'symlink', 'other');
const { tree } = fc.letrec<{ tree: Tree; entry: Tree | Leaf }>((tie) => ({
  tree: fc.dictionary(name, tie('entry'), { maxKeys: 6 }),
  entry: fc.oneof({ depthSize: 'small', maxDepth: 4 }, leaf, tie('tree')),
}));

/** Every file of a tree in which no two names meet, in the order in which S3 lists keys. */
function keysOf(node: Tree, prefix: string): string[] {
  const keys = Object.entries(node).flatMap(([child, entry]) => {
    const path = prefix + child.normalize('NFC');
    if (typeof entry === 'object') return keysOf(entry, `${path}/`);
    return entry === 'file' ? [path] : [];
  });
  return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function withoutClashes(node: Tree): Tree {
  const kept = new Map<string, [string, Tree | Leaf]>();
  for (const [child, entry] of Object.entries(node)) {
    const composed = child.normalize('NFC');
    if (!kept.has(composed)) kept.set(composed, [child, typeof entry === 'object' ? withoutClashes(entry) : entry]);
  }
  return Object.fromEntries(kept.values());
}

function anyPathOf(node: Tree, prefix = ''): string[] {
  return Object.entries(node).flatMap(([child, entry]) => {
    const path = prefix + child.normalize('NFC');
    return [path, ...(typeof entry === 'object' ? anyPathOf(entry, `${path}/`) : [])];
  });
}

/** Errors at some places, so that items with two forms come late. */
function odditiesAt(node: Tree, every: number): Oddities {
  const paths = diskPathsOf(node).filter((_, index) => index % every === 0);
  return { stat: Object.fromEntries(paths.map((path) => [path, 'file-unreadable'])) };
}

function diskPathsOf(node: Tree, prefix = ''): string[] {
  return Object.entries(node).flatMap(([child, entry]) => [
    prefix + child,
    ...(typeof entry === 'object' ? diskPathsOf(entry, `${prefix}${child}/`) : []),
  ]);
}

describe('the order of a scan', () => {
  test('is the order in which S3 lists the same keys, and no file is missing', async () => {
    await fc.assert(
      fc.asyncProperty(tree.map(withoutClashes), fc.boolean(), async (node, unknownKinds) => {
        const fs = createMemoryFileSystem(node, { unknownKinds });
        const items = await collect(scanTree(fs, '/root', { filter: NO_FILTER }));
        const files = items.filter((item) => item.kind === 'file').map((item) => item.path);
        expect(files).toEqual(keysOf(node, ''));
      }),
      { numRuns: 1_000 },
    );
  });

  test('never decreases, whatever is skipped, clashes or can not be looked at', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.integer({ min: 1, max: 3 }), async (node, every) => {
        const fs = createMemoryFileSystem(node, odditiesAt(node, every));
        const keys = (await collect(scanTree(fs, '/root', { filter: NO_FILTER }))).map((item) =>
          Buffer.from(item.path),
        );
        for (const [index, key] of keys.entries()) {
          expect(index === 0 || Buffer.compare(keys[index - 1] ?? key, key) <= 0).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('is the same for some paths as for the whole tree, item by item', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), async (node, picks) => {
        const existing = anyPathOf(node);
        const paths = picks.map((pick) => existing[pick % existing.length] ?? 'a/nowhere');
        const fs = createMemoryFileSystem(node, odditiesAt(node, 3));
        const whole = await collect(scanTree(fs, '/root', { filter: NO_FILTER }));
        const some = await collect(scanPaths(fs, '/root', paths, { filter: NO_FILTER }));
        const isAsked = (item: ScanItem) =>
          paths.some((path) => item.path === path || item.path.startsWith(`${path}/`));
        const hides = (item: ScanItem) => item.path.endsWith('/') && paths.some((path) => path.startsWith(item.path));
        const hiders = (items: ScanItem[]) => new Set(items.filter(hides).map((item) => item.path));
        expect(some.filter(isAsked)).toEqual(whole.filter(isAsked));
        expect(hiders(some)).toEqual(hiders(whole));
        expect(some.filter((item) => !isAsked(item) && !hides(item))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('from a start on leaves out exactly what sorts before, and keeps what hides the start', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), async (node, pick) => {
        const existing = anyPathOf(node);
        const start = existing[pick % existing.length] ?? 'b';
        const fs = createMemoryFileSystem(node, odditiesAt(node, 3));
        const whole = await collect(scanTree(fs, '/root', { filter: NO_FILTER }));
        const rest = await collect(scanTree(fs, '/root', { filter: NO_FILTER, start }));
        const isAfter = (key: string) => Buffer.compare(Buffer.from(key), Buffer.from(start)) >= 0;
        expect(rest).toEqual(
          whole.filter((item) => isAfter(item.path) || (item.path.endsWith('/') && start.startsWith(item.path))),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
