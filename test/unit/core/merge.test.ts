import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BaseEntry, RemoteEntry, ScanItem } from '../../../src/core/entries.ts';
import { DisorderError, mergeTrees, type Merged } from '../../../src/core/merge.ts';
import { compareUtf8 } from '../../../src/core/text.ts';
import { baseEntry, localEntry, remoteEntry, skippedItem } from './entries.ts';

function scanned(path: string): ScanItem {
  const entry = localEntry(path);
  return { kind: 'file', path: entry.path, entry };
}

const byPath = (a: { path: string }, b: { path: string }) => compareUtf8(a.path, b.path);

/** A stream that keeps count of how far it was read and whether it was closed. */
class Probe<T> implements AsyncIterable<T> {
  taken = 0;
  isClosed = false;
  readonly #items: readonly T[];
  readonly #failAt: number | undefined;

  constructor(items: readonly T[], failAt?: number) {
    this.#items = items;
    this.#failAt = failAt;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (const [index, item] of this.#items.entries()) {
        if (index === this.#failAt) throw new Error('the stream broke');
        this.taken += 1;
        yield item;
      }
    } finally {
      this.isClosed = true;
    }
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function merged(
  base: readonly BaseEntry[],
  local: readonly ScanItem[],
  remote: readonly RemoteEntry[],
): Promise<Merged[]> {
  return collect(mergeTrees(new Probe(base), new Probe(local), new Probe(remote)));
}

function pathsOf(items: readonly Merged[]): string[] {
  return items.map((item) => {
    if (item.kind === 'path') return item.path;
    return item.kind === 'hidden' ? `hidden ${item.path}` : `skipped ${item.item.path}`;
  });
}

const name = fc.constantFrom('a', 'a-', 'a0', 'a.b', 'b', '!', '\uffff', '\u{1f600}');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const paths = fc.uniqueArray(path, { maxLength: 25 });

/** A world: which paths each tree has, and what the scan skipped, shadowed or not. */
const world = fc.record({
  base: paths,
  local: paths,
  remote: paths,
  skips: fc.array(fc.record({ path, isDirectory: fc.boolean(), shadowed: fc.boolean() }), { maxLength: 4 }),
});

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** The scan of a world: no file under or at what was skipped, but for a file that shadows a skipped one. */
function scanOf({ local, skips }: World): ScanItem[] {
  const skipped = skips.map((one) => skippedItem(one.isDirectory ? `${one.path}/` : one.path, one.shadowed));
  const isFree = (candidate: string) =>
    skips.every((one) => one.shadowed || (candidate !== one.path && !candidate.startsWith(`${one.path}/`)));
  return [...skipped, ...local.filter(isFree).map(scanned)].sort(byPath);
}

function naiveMerge(given: World): { readonly shown: string[]; readonly hidden: string[] } {
  const scan = scanOf(given);
  const hides = (candidate: string) =>
    scan.some(
      (item) =>
        item.kind === 'skipped' &&
        !item.shadowed &&
        (item.path.endsWith('/')
          ? candidate.startsWith(item.path)
          : candidate === item.path || candidate.startsWith(`${item.path}/`)),
    );
  const files = scan.flatMap((item) => (item.kind === 'file' ? [item.path] : []));
  const everywhere = new Set<string>([...given.base, ...files, ...given.remote]);
  return {
    shown: [...everywhere].filter((one) => !hides(one)).sort(compareUtf8),
    hidden: [...everywhere].filter(hides).sort(compareUtf8),
  };
}

describe('mergeTrees', () => {
  test('gives what a naive model gives: every path once, in order, with what each tree says of it', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const scan = scanOf(given);
        const items = await merged(
          given.base.map((one) => baseEntry(one)).sort(byPath),
          scan,
          given.remote.map((one) => remoteEntry(one)).sort(byPath),
        );
        const found = items.filter((item) => item.kind === 'path');
        const naive = naiveMerge(given);
        expect(found.map((item) => item.path)).toEqual(naive.shown);
        const hidden = items.filter((item) => item.kind === 'hidden');
        expect(hidden.map((item) => item.path)).toEqual(naive.hidden);
        const files = new Set(scan.flatMap((item) => (item.kind === 'file' ? [item.path as string] : [])));
        for (const item of found) {
          expect(item.local?.path).toBe(files.has(item.path) ? item.path : undefined);
        }
        for (const item of [...found, ...hidden]) {
          expect(item.base?.path).toBe(given.base.includes(item.path) ? item.path : undefined);
          expect(item.remote?.path).toBe(given.remote.includes(item.path) ? item.path : undefined);
        }
        const skips = items.flatMap((item) => (item.kind === 'skipped' ? [item.item] : []));
        expect(skips).toEqual(scan.filter((item) => item.kind === 'skipped'));
      }),
      { numRuns: 1_000 },
    );
  });

  test('a skipped directory hides all below it and nothing beside it', async () => {
    const remote = ['a', 'a-b', 'a/b', 'a/c/d', 'a0'].map((one) => remoteEntry(one));
    expect(pathsOf(await merged([], [skippedItem('a/')], remote))).toEqual([
      'a',
      'a-b',
      'skipped a/',
      'hidden a/b',
      'hidden a/c/d',
      'a0',
    ]);
  });

  test('a link in place of a directory hides what was below that directory', async () => {
    // Otherwise the objects would be deleted, because the files are "gone".
    const below = ['link', 'link-2', 'link/a', 'link/b/c', 'link0'];
    const base = below.map((one) => baseEntry(one));
    const remote = below.map((one) => remoteEntry(one));
    expect(pathsOf(await merged(base, [skippedItem('link')], remote))).toEqual([
      'skipped link',
      'hidden link',
      'link-2',
      'hidden link/a',
      'hidden link/b/c',
      'link0',
    ]);
  });

  test('two skipped names, one the beginning of the other, hide each their own', async () => {
    const remote = ['a', 'a-', 'a-/x', 'a-b', 'a/x', 'a0'].map((one) => remoteEntry(one));
    const items = await merged([], [skippedItem('a'), skippedItem('a-')], remote);
    const shown = pathsOf(items).filter((one) => !one.startsWith('hidden'));
    expect(shown).toEqual(['skipped a', 'skipped a-', 'a-b', 'a0']);
  });

  test('a shadowed skip leaves its path to the file that holds it', async () => {
    const items = await merged([baseEntry('é')], [skippedItem('é', true), scanned('é')], [remoteEntry('é')]);
    expect(pathsOf(items)).toEqual(['skipped é', 'é']);
    expect(items[1]).toMatchObject({ local: { path: 'é' }, remote: { path: 'é' }, base: { path: 'é' } });
  });

  test('never reads more than one item ahead of what it gave out', async () => {
    const all = Array.from({ length: 50 }, (_, n) => `f${String(n).padStart(2, '0')}`);
    const base = new Probe(all.map((one) => baseEntry(one)));
    const local = new Probe(all.map(scanned));
    const remote = new Probe(all.map((one) => remoteEntry(one)));
    let given = 0;
    for await (const item of mergeTrees(base, local, remote)) {
      expect(item.kind).toBe('path');
      given += 1;
      for (const stream of [base, local, remote]) expect(stream.taken - given).toBeLessThanOrEqual(1);
    }
    expect(given).toBe(50);
  });

  test('closes all three streams when the reader stops early', async () => {
    const streams = [
      new Probe([baseEntry('a'), baseEntry('b')]),
      new Probe([scanned('a')]),
      new Probe([remoteEntry('a'), remoteEntry('c')]),
    ] as const;
    for await (const item of mergeTrees(...streams)) {
      expect(item.kind).toBe('path');
      break;
    }
    expect(streams.map((stream) => stream.isClosed)).toEqual([true, true, true]);
  });

  test.each([0, 1])('closes the others and passes the error on when one stream breaks at item %d', async (failAt) => {
    const base = new Probe([baseEntry('a'), baseEntry('b')]);
    const local = new Probe([scanned('a'), scanned('b')]);
    const remote = new Probe([remoteEntry('a'), remoteEntry('b')], failAt);
    await expect(collect(mergeTrees(base, local, remote))).rejects.toThrow('the stream broke');
    expect([base.isClosed, local.isClosed]).toEqual([true, true]);
  });

  test.each([
    ['base', [baseEntry('b'), baseEntry('a')], [], []],
    ['base', [baseEntry('a'), baseEntry('a')], [], []],
    ['local', [], [scanned('b'), scanned('a')], []],
    ['remote', [], [], [remoteEntry('b'), remoteEntry('a')]],
    ['remote', [], [], [remoteEntry('a'), remoteEntry('a')]],
    ['remote', [], [], [remoteEntry('\u{1f600}'), remoteEntry('\uffff')]],
  ] as const)('refuses a %s stream that is out of order', async (stream, base, local, remote) => {
    const work = merged(base, local, remote);
    await expect(work).rejects.toThrow(DisorderError);
    await expect(work).rejects.toThrow(stream);
  });
});
