import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restoreConfigCopy, saveConfigCopy } from '../../src/engine/config-copy.ts';
import { StateStore } from '../../src/state/index.ts';

/** SQLite's files of one database. */
const SUFFIXES = ['', '-wal', '-shm'];

/** As the patch `WIPE` makes it. */
type WipeableState = StateStore & { wipe(): void };

/** States in memory of worlds that are over. Nothing of such a world goes on, so that nobody writes to them any more. */
const unused: WipeableState[] = [];

function stateInMemory(): WipeableState {
  const state = unused.pop() ?? (StateStore.open(':memory:', 'aside') as WipeableState);
  state.wipe();
  return state;
}

/**
 * Where a computer's engine keeps its state. In memory, it outlives an engine that crashes, since SQLite loses nothing that
 * was committed; in files, it can be lost or replaced by an older copy too.
 */
export class StateHome {
  readonly #directory: string | undefined;
  #state: WipeableState | undefined;

  constructor(inFiles: boolean) {
    const memoryDisk = '/dev/shm';
    const parent = existsSync(memoryDisk) ? memoryDisk : tmpdir();
    this.#directory = inFiles ? mkdtempSync(join(parent, 'rustfs-sync-simulation-')) : undefined;
  }

  /** The state as a new life of the engine finds it. */
  open(): StateStore {
    if (this.#state !== undefined) return this.#state;
    if (this.#directory === undefined) return (this.#state = stateInMemory());
    this.#state = StateStore.open(this.#file(''), 'aside') as WipeableState;
    restoreConfigCopy(this.#state, join(this.#directory, 'config.json'));
    return this.#state;
  }

  get isInFiles(): boolean {
    return this.#directory !== undefined;
  }

  /** What the engine's host does after accounts or folders were changed. */
  saveConfig(): void {
    if (this.#directory !== undefined && this.#state !== undefined)
      saveConfigCopy(this.#state, join(this.#directory, 'config.json'));
  }

  /** Keeps a copy, as a backup program does. */
  copy(): void {
    for (const suffix of SUFFIXES) {
      rmSync(this.#file(`-copy${suffix}`), { force: true });
      if (suffix !== '-shm' && existsSync(this.#file(suffix)))
        copyFileSync(this.#file(suffix), this.#file(`-copy${suffix}`));
    }
  }

  /** Puts the copy back, if there is one. To be called while no engine lives. @returns whether there was one. */
  restoreCopy(): boolean {
    if (!existsSync(this.#file('-copy'))) return false;
    this.lose();
    for (const suffix of SUFFIXES) {
      if (existsSync(this.#file(`-copy${suffix}`))) copyFileSync(this.#file(`-copy${suffix}`), this.#file(suffix));
    }
    return true;
  }

  /** Removes the database. To be called while no engine lives. */
  lose(): void {
    this.#state?.close();
    this.#state = undefined;
    for (const suffix of SUFFIXES) rmSync(this.#file(suffix), { force: true });
  }

  /** Ends it for good. */
  close(): void {
    if (this.#directory !== undefined) this.#state?.close();
    else if (this.#state !== undefined) unused.push(this.#state);
    this.#state = undefined;
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
  }

  #file(suffix: string): string {
    if (this.#directory === undefined) throw new Error('This state is not kept in files');
    return join(this.#directory, `state.db${suffix}`);
  }
}
