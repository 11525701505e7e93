import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import type { WatchHint } from '../../../src/core/environment.ts';
import { systemCode } from '../../../src/local/disk-errors.ts';
import { createWatchService } from '../../../src/local/watch.ts';
import { makeTemporaryRoot, REAL_CLOCK, SILENT_LOG, waitUntil } from './temporary.ts';

/** What a change at a random place may run into. */
const EXPECTED = ['EEXIST', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'EINVAL'];
const STEPS = 150;

/** Reproducible numbers from 0 to below `limit`. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % limit;
  };
}

/** One random change; returns the paths that it touched. */
function change(root: string, outside: string, step: number, random: (limit: number) => number): string[] {
  // Few names: a directory often holds one of its own name, and comes back soon after it went.
  const path = () => Array.from({ length: 1 + random(4) }, () => 'abcd'[random(4)] ?? 'a').join('/');
  const [from, to] = [path(), path()];
  const kind = random(10);
  try {
    if (kind < 3) mkdirSync(join(root, from), { recursive: true });
    else if (kind < 7) {
      mkdirSync(join(root, dirname(from)), { recursive: true });
      writeFileSync(join(root, from), String(step));
    } else if (kind < 8) rmSync(join(root, from), { recursive: true });
    else if (kind < 9) renameSync(join(root, from), join(root, to));
    else {
      renameSync(join(root, from), join(outside, String(step)));
      renameSync(join(outside, String(step)), join(root, to));
    }
  } catch (error) {
    if (!EXPECTED.includes(systemCode(error) ?? '')) throw error;
    return [];
  }
  return kind < 8 ? [from] : [from, to];
}

function directoriesOf(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  return [root, ...below].map((directory) => relative(root, directory));
}

test.each(Array.from({ length: 16 }, (_, index) => index + 1))(
  'random changes of a tree are all hinted, and in the end every directory is watched (seed %i)',
  async (seed) => {
    const root = await makeTemporaryRoot();
    const outside = await makeTemporaryRoot();
    const random = randomFrom(seed);
    const hints: WatchHint[] = [];
    const hinted = new Set<string>();
    const service = createWatchService(REAL_CLOCK, SILENT_LOG);
    const watch = await service.watch(root, { ignoresDirectory: () => false }, (hint) => {
      hints.push(hint);
      if (hint.kind === 'path') hinted.add(hint.path);
    });
    try {
      const touched = new Set<string>();
      for (let step = 0; step < STEPS; step++) {
        for (const path of change(root, outside, step, random)) touched.add(path);
        // Lets the watcher in between at random moments.
        for (let turn = random(4); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
      }
      const isCovered = (path: string) =>
        hints.some((hint) => hint.kind === 'overflow' || hint.path === path || path.startsWith(`${hint.path}/`));
      await waitUntil('every change is hinted', () => [...touched].every(isCovered));

      const directories = directoriesOf(root);
      const probes = directories.map((directory) => (directory === '' ? 'probe' : `${directory}/probe`));
      await waitUntil('every directory is watched', () => {
        // Again and again: a watch that is just being set up needs not see the first.
        for (const probe of probes) if (!hinted.has(probe)) appendFileSync(join(root, probe), 'x');
        return probes.every((probe) => hinted.has(probe));
      });
      expect(probes.filter((probe) => !hinted.has(probe))).toEqual([]);
    } finally {
      await watch.close();
    }
  },
);
