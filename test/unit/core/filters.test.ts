import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkGlobs, createFilter, DEFAULT_IGNORES } from '../../../src/core/filters.ts';

function filterOf(...lines: string[]) {
  return createFilter([], lines.join('\n'));
}

describe('rules in gitignore syntax', () => {
  test.each([
    ['*.log', 'a/b.log', true],
    ['*.log', 'a/b.logs', false],
    ['/top', 'top', true],
    ['/top', 'a/top', false],
    ['a/b', 'a/b', true],
    ['a/b', 'x/a/b', false],
    ['**/b', 'x/a/b', true],
    ['a/**/b', 'a/b', true],
    ['dir/', 'dir/file', true],
    ['dir/', 'x/dir/file', true],
    ['dir/', 'dir', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[ab].txt', 'b.txt', true],
    ['# comment', '# comment', false],
    ['\\#file', '#file', true],
    ['Case', 'case', false],
    ['  ', '  ', false],
    ['trailing\\ ', 'trailing ', true],
  ])('%j leaves out %j: %s', (rule, path, isIgnored) => expect(filterOf(rule).ignoresFile(path)).toBe(isIgnored));

  test('later rules win', () => {
    expect(filterOf('*.log', '!keep.log').ignoresFile('keep.log')).toBe(false);
    expect(filterOf('!keep.log', '*.log').ignoresFile('keep.log')).toBe(true);
  });

  test('nothing comes back from below a directory that is left out', () => {
    expect(filterOf('dir/', '!dir/keep').ignoresFile('dir/keep')).toBe(true);
    expect(filterOf('dir/*', '!dir/keep').ignoresFile('dir/keep')).toBe(false);
  });

  test('a directory rule leaves out the directory and spares a file of that name', () => {
    const filter = filterOf('build/');
    expect(filter.ignoresDirectory('x/build')).toBe(true);
    expect(filter.ignoresFile('x/build')).toBe(false);
  });

  test('globs come before the file, defaults before both', () => {
    expect(createFilter(['*.tmp'], '').ignoresFile('a.tmp')).toBe(true);
    expect(createFilter(['*.tmp'], '!a.tmp').ignoresFile('a.tmp')).toBe(false);
    expect(createFilter([], '').ignoresFile('x/Thumbs.db')).toBe(true);
    expect(createFilter(['!Thumbs.db'], '').ignoresFile('x/Thumbs.db')).toBe(false);
  });

  test('line ends of Windows and a byte order mark make no difference', () => {
    const filter = createFilter([], '\ufeff*.log\r\n/top\r\n');
    expect(filter.ignoresFile('a.log')).toBe(true);
    expect(filter.ignoresFile('top')).toBe(true);
  });

  test('a rule written in decomposed Unicode matches the composed path', () => {
    expect(createFilter([], 'cafe\u0301/').ignoresDirectory('caf\u00e9')).toBe(true);
    expect(createFilter(['cafe\u0301'], '').ignoresFile('caf\u00e9')).toBe(true);
  });

  test('no default leaves out an ordinary name', () => {
    const filter = createFilter([], '');
    for (const name of ['4913', '2024', 'a.txt', '.bashrc', '.config/x', 'notes', 'directory', 'swp', 'Icon']) {
      expect(filter.ignoresFile(name), name).toBe(false);
      expect(filter.ignoresDirectory(name), name).toBe(false);
    }
    expect(new Set(DEFAULT_IGNORES).size).toBe(DEFAULT_IGNORES.length);
  });
});

describe('what is ours', () => {
  const ours = ['.rustfs-sync', '.rustfs-sync/trash/a', '.rustfs-sync-trash/2026/a', '.rustfs-sync-probe/x'];

  test.each(ours)('%s is left out, whatever the rules say', (path) => {
    const filter = filterOf('!.rustfs-sync', '!.rustfs-sync/', '!.rustfs-sync/**', '!**', '!.rustfs-sync-*/**');
    expect(filter.ignoresFile(path)).toBe(true);
    expect(filter.ignoresDirectory(path)).toBe(true);
  });

  test('is left out in any case: some disks make no difference', () => {
    expect(createFilter([], '').ignoresFile('.RustFS-Sync/folder')).toBe(true);
    expect(createFilter([], '').ignoresFile('.ru\u017ftf\u017f-\u017fync/folder')).toBe(true);
  });

  test('is left out further below too, unless a rule brings it back', () => {
    const path = 'a/.rustfs-sync/b';
    expect(createFilter([], '').ignoresFile(path)).toBe(true);
    expect(filterOf('!.rustfs-sync/').ignoresFile(path)).toBe(false);
    expect(createFilter([], '').ignoresFile('a/.rustfs-sync')).toBe(false);
  });

  test.each(['.rustfs-synced', '.rustfs-sync.txt', 'rustfs-sync/a', '.rustfsignore'])('%s is not ours', (path) => {
    expect(createFilter([], '').ignoresFile(path)).toBe(false);
  });
});

describe('a filter', () => {
  test('answers every path and every text of rules without failing', () => {
    const line = fc.string({
      unit: fc.constantFrom('a', '*', '?', '[', ']', '!', '/', '\\', '^', '-', '{', '(', '+', ' ', '#', '\n', '.', 'é'),
    });
    fc.assert(
      fc.property(line, fc.constantFrom('a', 'a/b', '[', 'c:/a', '...', '..a/b', '\\', 'a*'), (rules, path) => {
        const filter = createFilter([rules.replaceAll('\n', '')], rules);
        expect(typeof filter.ignoresFile(path)).toBe('boolean');
        expect(typeof filter.ignoresDirectory(path)).toBe('boolean');
      }),
      { numRuns: 2_000 },
    );
  });

  test('a line longer than any path is no rule, and no error', () => {
    const filter = createFilter([], `${'a'.repeat(100_000)}\n*.tmp\n`);
    expect(filter.ignoresFile('b')).toBe(false);
    expect(filter.ignoresFile('b.tmp')).toBe(true);
  });

  test('300,000 paths leave next to nothing in memory', () => {
    const filter = filterOf('*.log', '!keep/**');
    const before = heapBytes();
    for (let n = 0; n < 300_000; n++) filter.ignoresFile(`directory-${n % 1000}/a-file-with-a-name-${n}`);
    const grownBytes = heapBytes() - before;
    // Asked once more, so that the filter is alive until here.
    expect(filter.ignoresFile('a.log')).toBe(true);
    expect(grownBytes).toBeLessThan(20 * 1024 * 1024);
  }, 60_000);

  test('goes on giving the same answers when it starts afresh', () => {
    const filter = filterOf('*.log', '!keep.log');
    for (let n = 0; n < 25_000; n++) {
      if (!filter.ignoresFile(`${n}.log`)) throw new Error(`${n}.log`);
    }
    expect(filter.ignoresFile('keep.log')).toBe(false);
  });
});

describe('checkGlobs', () => {
  test('names the rule that is none', () => {
    expect(checkGlobs(['*.log', ' '])).toMatchObject({ rule: ' ' });
    expect(checkGlobs(['a\nb'])).toMatchObject({ rule: 'a\nb' });
    expect(checkGlobs(['*.log', '!a'])).toBeUndefined();
  });
});

/** What is alive after a collection. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
