import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says which process holds the lock; the lock itself does not. */
const PROCESS_FILE = 'engine.pid';

/** Written by whoever has just taken the lock. */
export function noteEngineProcess(home: string): void {
  writeFileSync(join(home, PROCESS_FILE), `${process.pid}\n`);
}

/** The number of the process that took the lock last; undefined before it has written that down. */
export function readEngineProcess(home: string): number | undefined {
  try {
    const number = Number.parseInt(readFileSync(join(home, PROCESS_FILE), 'utf8'), 10);
    return Number.isNaN(number) ? undefined : number;
  } catch {
    // It is only told to people; the message does without it.
    return undefined;
  }
}
