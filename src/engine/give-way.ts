import { constants, getPriority, setPriority } from 'node:os';

const BELOW_NORMAL = constants.priority.PRIORITY_BELOW_NORMAL;

/**
 * Lets the programs that a person works with, the window among them, go first where processors are short: nobody waits for what
 * is synced in the background. Threads that exist already keep their place on Linux, those of the disk and of hashes come later.
 */
export function giveWay(): void {
  // Whoever gave it less room meant it, and the system refuses to take that back.
  if (getPriority() < BELOW_NORMAL) setPriority(BELOW_NORMAL);
}
