import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../src/core/environment.ts';
import { bounds } from './window-state.ts';

const remembered = z.object({
  window: z.object({ bounds, maximized: z.boolean() }).optional(),
  /** The person knows that a closed window leaves the app at work. */
  toldOfTray: z.boolean().default(false),
  /** All syncing goes on at this time, in ms since 1970. */
  resumeAtMs: z.number().optional(),
});
type Remembered = z.infer<typeof remembered>;

/** The little that the shell itself keeps over a restart. What is synced, and how, is the engine's. */
export class Memory {
  readonly #path: string;
  readonly #log: Log;
  #now: Remembered;

  constructor(directory: string, log: Log) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#path = join(directory, 'shell.json');
    this.#log = log;
    this.#now = read(this.#path);
  }

  get value(): Readonly<Remembered> {
    return this.#now;
  }

  change(part: Partial<Remembered>): void {
    this.#now = { ...this.#now, ...part };
    try {
      writeFileSync(`${this.#path}.new`, JSON.stringify(this.#now));
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      // A place on the screen is not worth a dialog.
      this.#log.warn('The state of the window could not be kept', { error: String(error) });
    }
  }
}

function read(path: string): Remembered {
  try {
    return remembered.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Not there, or not ours any more: it begins anew.
    return remembered.parse({});
  }
}
