import { expect, test } from 'vitest';
import type { RelativePath } from '../../../src/core/paths.ts';
import { Brake } from '../../../src/engine/brake.ts';
import type { Compared } from '../../../src/engine/compare.ts';
import { EVERYTHING, type Scope } from '../../../src/engine/scope.ts';

const SOME_PATHS: Scope = { kind: 'paths', paths: [], ask: new Set() };

/** A folder whose files are known by these names. */
class Folder {
  readonly files = new Set<string>();
  /** Old names of files that moved. */
  readonly moved = new Set<string>();
  #deleted = 0;
  readonly brake = new Brake({
    countKnown: () => this.files.size,
    isKnown: (path) => this.files.has(path),
    isPlanned: (path) => !this.moved.has(path),
    done: () => ({ deleted: this.#deleted, written: 0 }),
    elapsedMs: () => 0,
  });

  add(paths: readonly string[]): void {
    for (const path of paths) this.files.add(path);
  }

  /** A comparison that finds these files gone. They are deleted where the brake lets that through, or as many of them. */
  delete(paths: readonly string[], most = paths.length) {
    const plan = this.brake.count(SOME_PATHS);
    for (const path of paths) plan.take(gone(path));
    const verdict = this.brake.check(plan, false);
    if (verdict.reason !== undefined) return verdict;
    for (const path of paths.slice(0, most)) {
      this.files.delete(path);
      this.#deleted += 1;
    }
    return verdict;
  }

  /** A comparison of everything that finds nothing to do. */
  look(): void {
    const plan = this.brake.count(EVERYTHING);
    for (const path of this.files) plan.see({ ...gone(path), action: { kind: 'none' } });
    this.brake.check(plan, false);
  }
}

function names(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${name}${n}`);
}

function gone(path: string): Compared & { readonly kind: 'path' } {
  const known = { sizeBytes: 1, mtimeNs: 1n, ctimeNs: 1n, fileId: path, etag: 'e', retained: false };
  const base = { ...known, path: path as RelativePath };
  const merged = { kind: 'path', path: base.path, base, local: undefined, remote: undefined } as const;
  return { kind: 'path', merged, action: { kind: 'delete-remote', etag: 'e' } };
}

test('rule 3: files that came since the last whole comparison count among those that there are', () => {
  const folder = new Folder();
  folder.add(names('old', 20));
  folder.look();
  expect(folder.delete(names('old', 2)).reason).toBeUndefined();
  folder.add(names('new', 100));
  expect(folder.delete(names('new', 25)).reason).toBeUndefined();
  const held = folder.delete(names('new', 100));
  expect(held).toMatchObject({ reason: 'deletes-most', totals: { known: 120, deletions: 102 } });
});

test('rule 3: files that go one after the other are held once they are most of those that there were', () => {
  const folder = new Folder();
  folder.add(names('f', 40));
  folder.look();
  expect(folder.delete(names('f', 10)).reason).toBeUndefined();
  const held = folder.delete(names('f', 21));
  expect(held).toMatchObject({ reason: 'deletes-most', totals: { known: 40, deletions: 21 } });
  expect(folder.files.size).toBe(30);
});

test('rule 3: files that went before, one by one, and came back are not let go all at once', () => {
  const folder = new Folder();
  folder.add(names('f', 4));
  folder.look();
  for (const path of names('f', 3)) {
    expect(folder.delete([path]).reason).toBeUndefined();
    folder.add([path]);
  }
  folder.files.delete('f3');
  expect(folder.delete(names('f', 3))).toMatchObject({ reason: 'empties-side', totals: { known: 3, deletions: 3 } });
});

test('rule 3: what is held is weighed anew against the files that are left when a rule hides most of them', () => {
  const folder = new Folder();
  folder.add(names('hidden', 18_000));
  folder.add(names('f', 2_000));
  const compare = (isHeld: boolean, paths: readonly string[]) => {
    const plan = folder.brake.count(EVERYTHING, isHeld ? { deleted: 0, written: 0 } : undefined);
    for (const path of folder.files) plan.see({ ...gone(path), action: { kind: 'none' } });
    for (const path of paths) plan.take(gone(path));
    return folder.brake.check(plan, false);
  };
  const most = names('f', 1_500);
  expect(compare(false, [...most, ...names('hidden', 9_000)]).reason).toBe('deletes-most');
  for (const path of names('hidden', 18_000)) folder.files.delete(path);
  expect(compare(true, most)).toMatchObject({ reason: 'deletes-most', totals: { known: 2_000, deletions: 1_500 } });
});

test('rule 3: of a large folder too, files that go a part at a time are held once they are most of them', () => {
  const folder = new Folder();
  const files = names('f', 100_000);
  folder.add(files);
  folder.look();
  const held: unknown[] = [];
  for (let from = 0; from < 72_000 && held.length === 0; from += 12_000) {
    const { reason, totals } = folder.delete(files.slice(from, from + 12_000));
    if (reason !== undefined) held.push({ reason, ...totals, left: folder.files.size });
  }
  expect(held).toMatchObject([{ reason: 'deletes-most', known: 100_000, deletions: 60_000, left: 52_000 }]);
});

test('rule 3: a large directory that moved does not count among the files that went', () => {
  const folder = new Folder();
  folder.add(names('f', 100_000));
  folder.look();
  const plan = folder.brake.count(SOME_PATHS);
  for (const path of names('f', 60_000)) {
    plan.take(gone(path));
    folder.moved.add(path);
    folder.files.delete(path);
    folder.files.add(`moved/${path}`);
  }
  plan.discount(60_000);
  expect(folder.brake.check(plan, false).reason).toBeUndefined();
  expect(folder.delete(names('moved/f', 50_000))).toMatchObject({
    reason: undefined,
    totals: { known: 100_000, deletions: 50_000 },
  });
});

test('rule 3: what was let through of a large folder and called off counts once', () => {
  const folder = new Folder();
  folder.add(names('f', 100_000));
  folder.look();
  const most = names('f', 45_000);
  expect(folder.delete(most, 15_000).reason).toBeUndefined();
  expect(folder.delete(most.slice(15_000))).toMatchObject({
    reason: undefined,
    totals: { known: 100_000, deletions: 45_000 },
  });
  expect(folder.delete(names('f', 56_000).slice(45_000))).toMatchObject({ reason: 'deletes-most' });
});

test('rule 3: a file that is only told to differ replaces nothing', () => {
  const folder = new Folder();
  folder.add(names('f', 20));
  const plan = folder.brake.count(EVERYTHING);
  for (const path of folder.files) {
    const { merged } = gone(path);
    const local = { path: merged.path, sizeBytes: 2, mtimeNs: 2n, ctimeNs: 2n, fileId: path };
    plan.take({ kind: 'path', merged: { ...merged, local }, action: { kind: 'report', problem: 'local-changed' } });
  }
  plan.take(gone('f1'));
  expect(folder.brake.check(plan, false)).toMatchObject({ reason: undefined, totals: { replacements: 0 } });
});
