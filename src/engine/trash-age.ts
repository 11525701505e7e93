import { expiryAgeMs, noteClock } from '../core/trash-clock.ts';
import type { FolderContext } from './folder-context.ts';

/**
 * How old something in the trash has to be by the clock to be removed, in milliseconds. Looks at the clock, and remembers
 * that: one that jumps a month ahead must not empty the trash.
 */
export function trashAgeMs({ environment, state }: Pick<FolderContext, 'environment' | 'state'>): number {
  const nowMs = environment.clock.now();
  const before = state.settings.clock();
  const memory = noteClock(before, nowMs);
  if (memory !== before) state.settings.rememberClock(memory);
  return expiryAgeMs(memory, nowMs);
}
