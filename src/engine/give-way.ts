import { constants, setPriority } from 'node:os';

/**
 * Lets the programs that a person works with, the window among them, go first where processors are short: nobody waits for what
 * is synced in the background. Threads that exist already keep their place on Linux, those of the disk and of hashes come later.
 */
export function giveWay(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
