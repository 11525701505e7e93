import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDirtyPaths, type DirtyPathsOptions, type DirtySet } from '../../../src/local/dirty-paths.ts';
import { createFakeClock } from './fake-clock.ts';

function setUp(options: Partial<DirtyPathsOptions> = {}) {
  const clock = createFakeClock();
  const calls: number[] = [];
  const dirty = createDirtyPaths({ clock, onDue: () => calls.push(clock.monotonic()), ...options });
  const change = (...paths: string[]) => {
    for (const path of paths) dirty.add({ kind: 'path', path });
  };
  return { clock, calls, dirty, change };
}

function pathsOf(set: DirtySet): string[] {
  return set.all ? ['everything'] : [...set.paths].sort();
}

describe('paths that changed', () => {
  test('are handed out once they have been quiet for a second', () => {
    const { clock, calls, dirty, change } = setUp();
    change('a');
    clock.advance(900);
    change('a');
    clock.advance(999);
    expect(calls).toEqual([]);
    expect(dirty.nextDueMs()).toBe(1);
    clock.advance(1);
    expect(calls).toEqual([1_900]);
    expect(pathsOf(dirty.take())).toEqual(['a']);
    expect(dirty.nextDueMs()).toBeUndefined();
  });

  test('that somebody looks at before are forgotten, and the others come in their time', () => {
    const { clock, calls, dirty, change } = setUp();
    change('a');
    dirty.forget(['a', 'not there']);
    expect(dirty.nextDueMs()).toBeUndefined();
    clock.advance(500);
    change('b');
    clock.advance(1_000);
    expect(calls).toEqual([1_500]);
    expect(pathsOf(dirty.take())).toEqual(['b']);
  });

  test('that become due shortly after each other come together, at most half a second late', () => {
    const { clock, calls, dirty, change } = setUp();
    for (let i = 0; i < 30; i++) {
      change(`f${i}`);
      clock.advance(50);
    }
    clock.advance(1_000);
    expect(calls).toEqual([1_500]);
    const first = pathsOf(dirty.take());
    expect(first).toHaveLength(30);
  });

  test('that never stop coming are handed out half a second after the first was due', () => {
    const { clock, calls, dirty, change } = setUp();
    let handedOut = 0;
    for (let i = 0; i < 100; i++) {
      change(`f${i}`);
      clock.advance(50);
      if (calls.length > handedOut) {
        handedOut++;
        expect(pathsOf(dirty.take()).length).toBeGreaterThan(5);
      }
    }
    expect(calls[0]).toBe(1_500);
    expect(calls.length).toBeGreaterThan(5);
  });

  test('do not wait for a file that keeps changing', () => {
    const { clock, dirty, change } = setUp();
    change('quiet');
    for (let i = 0; i < 11; i++) {
      change('busy.log');
      clock.advance(100);
    }
    expect(pathsOf(dirty.take())).toEqual(['quiet']);
  });

  test('in a directory that is waiting do not hold the directory back', () => {
    const { clock, dirty, change } = setUp();
    change('dir');
    for (let i = 0; i < 11; i++) {
      change('dir/busy.log');
      clock.advance(100);
    }
    expect(pathsOf(dirty.take())).toEqual(['dir']);
    clock.advance(1_000);
    expect(pathsOf(dirty.take())).toEqual(['dir/busy.log']);
  });

  test('are handed out after a minute even if they never are quiet', () => {
    const { clock, calls, dirty, change } = setUp();
    for (let i = 0; i < 600; i++) {
      change('busy.log');
      clock.advance(100);
    }
    expect(calls).toEqual([60_000]);
    expect(pathsOf(dirty.take())).toEqual(['busy.log']);
  });

  test('are swallowed by their directory', () => {
    const { clock, dirty, change } = setUp();
    change('a/b/c', 'a/b', 'ab', 'a');
    clock.advance(1_000);
    expect(pathsOf(dirty.take())).toEqual(['a', 'ab']);
  });

  test('that are not due yet stay when others are taken', () => {
    const { clock, dirty, change } = setUp();
    change('old');
    clock.advance(800);
    change('new');
    clock.advance(200);
    expect(pathsOf(dirty.take())).toEqual(['old']);
    clock.advance(800);
    expect(pathsOf(dirty.take())).toEqual(['new']);
  });

  test('call back again only after they were taken', () => {
    const { clock, calls, dirty, change } = setUp();
    change('a');
    clock.advance(5_000);
    change('b');
    clock.advance(5_000);
    expect(calls).toEqual([1_000]);
    dirty.take();
    change('c');
    clock.advance(1_000);
    expect(calls).toEqual([1_000, 11_000]);
  });

  test('are forgotten when the collection is closed', () => {
    const { clock, calls, dirty, change } = setUp();
    change('a');
    dirty.close();
    change('b');
    clock.advance(10_000);
    expect(calls).toEqual([]);
  });
});

describe('too many paths', () => {
  test('become the directory that holds most of them', () => {
    const { clock, dirty, change } = setUp({ maxPaths: 10 });
    for (let i = 0; i < 9; i++) change(`full/f${i}`);
    change('other/x', 'y');
    clock.advance(1_000);
    expect(pathsOf(dirty.take())).toEqual(['full', 'other/x', 'y']);
  });

  test('climb to common directories', () => {
    const { clock, dirty, change } = setUp({ maxPaths: 10 });
    for (let i = 0; i < 11; i++) change(`top/d${i}/f`);
    clock.advance(1_000);
    const paths = pathsOf(dirty.take());
    expect(paths.length).toBeLessThanOrEqual(10);
    for (const path of paths) expect(path).toMatch(/^top(\/d\d+)?(\/f)?$/);
  });

  test('right below the root become everything', () => {
    const { clock, dirty, change } = setUp({ maxPaths: 10 });
    for (let i = 0; i < 11; i++) change(`f${i}`);
    clock.advance(75);
    expect(dirty.take()).toEqual({ all: true, reason: 'too many changes at once' });
  });

  test('always stay covered, and within the bound', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 4 })
      .map((names) => names.join('/'));
    fc.assert(
      fc.property(fc.array(path, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (paths, maxPaths) => {
        const { clock, dirty, change } = setUp({ maxPaths });
        change(...paths);
        clock.advance(2_000);
        const set = dirty.take();
        if (set.all) return;
        expect(set.paths.length).toBeLessThanOrEqual(maxPaths);
        for (const wanted of paths) {
          expect(set.paths.some((taken) => taken === wanted || wanted.startsWith(`${taken}/`))).toBe(true);
        }
      }),
    );
  });
});

describe('an overflow', () => {
  test('asks for everything at once, with its reason, and swallows the rest', () => {
    const { clock, calls, dirty, change } = setUp();
    change('a');
    dirty.add({ kind: 'overflow', reason: 'no watches left' });
    change('b');
    clock.advance(75);
    expect(calls).toEqual([75]);
    expect(dirty.take()).toEqual({ all: true, reason: 'no watches left' });
    clock.advance(5_000);
    expect(pathsOf(dirty.take())).toEqual([]);
  });

  test('is what a hint for the root means', () => {
    const { clock, dirty, change } = setUp();
    change('');
    clock.advance(75);
    expect(dirty.take()).toMatchObject({ all: true });
  });
});
