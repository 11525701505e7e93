import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { systemClock } from './system-clock.ts';

/**
 * Tells this start of the computer from others. Where the system has no name for it, by the minute; a clock that was set since
 * makes another start of it.
 */
export function computerStart(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Only Linux has it.
    return new Date(Math.round(systemClock.now() / 60_000 - uptime() / 60) * 60_000).toISOString();
  }
}
