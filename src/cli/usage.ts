import { SyncError } from '../core/errors.ts';

/** The error of a command that was typed wrongly: what is wrong, naming it, and what to type instead. */
export function usageError(message: string, advice: string): SyncError {
  return new SyncError({ code: 'invalid-argument', message, advice });
}

/** What was typed, as messages show it. */
export function quote(text: string): string {
  return `"${text}"`;
}
