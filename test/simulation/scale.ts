import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** A text in a source file of the program, and what stands there instead. */
export interface Patch {
  /** Below `src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/**
 * Files go in parts from 16 KiB on instead of 16 MiB, and a handful of them makes many batches and pages, so that a world can
 * afford thousands of each.
 */
export const SCALE: readonly Patch[] = [
  { file: 'core/parts.ts', find: 'const MIB = 1024 * 1024;', replace: 'const MIB = 1024;' },
  { file: 'engine/plan-writer.ts', find: 'const BATCH = 500;', replace: 'const BATCH = 5;' },
  { file: 'engine/execute.ts', find: 'const PAGE_ROWS = 256;', replace: 'const PAGE_ROWS = 4;' },
  { file: 'engine/plan-rows.ts', find: 'const PAGE_ROWS = 256;', replace: 'const PAGE_ROWS = 4;' },
  { file: 'state/base.ts', find: 'const PAGE_ROWS = 1_000;', replace: 'const PAGE_ROWS = 4;' },
];

/** What makes a state as empty as a new one, in a hundredth of the time that opening one takes. */
export const WIPE: Patch = {
  file: 'state/index.ts',
  find: `  close(): void {
    this.#database.close();
  }`,
  replace: `  close(): void {
    this.#database.close();
  }

  wipe(): void {
    const tables = this.#database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
    this.#database.pragma('foreign_keys = OFF');
    for (const table of tables) this.#database.exec('DELETE FROM ' + table);
    this.#database.pragma('foreign_keys = ON');
  }`,
};

const SOURCES = new URL('../../src/', import.meta.url).href;

/**
 * Loads the program's sources with these patches, so that neither the simulation's scale nor the mistakes that prove it need
 * anything of the program. To be called before anything of `src` is imported.
 *
 * @throws Error when a text is not there exactly once: the program has moved on and the patch has to follow.
 */
export function patchSources(patches: readonly Patch[]): void {
  for (const patch of patches) {
    const text = readFileSync(new URL(patch.file, SOURCES), 'utf8');
    const times = text.split(patch.find).length - 1;
    if (times !== 1) throw new Error(`${patch.file} has ${times} times, not once: ${patch.find}`);
  }
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const own = patches.filter(({ file }) => url === SOURCES + file);
      if (own.length === 0 || loaded.source === undefined) return loaded;
      let text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
      for (const { find, replace } of own) text = text.replace(find, () => replace);
      return { ...loaded, source: text };
    },
  });
}
