import { appendFileSync, renameSync, statSync } from 'node:fs';
import type { Log, LogFields } from '../core/environment.ts';

/** The log is begun anew at this size, in bytes; the one before is kept. */
const MAX_BYTES = 5 * 1024 * 1024;

/**
 * A log in a file, one JSON object a line. Written at once, since what matters most in a log is what came right before
 * the end.
 *
 * @param verbose also writes what is only of interest when looking for a defect.
 */
export function createFileLog(path: string, verbose: boolean): Log {
  const write = (level: string, message: string, fields: LogFields = {}) => {
    const line = `${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`;
    try {
      rotate(path);
      appendFileSync(path, line, { mode: 0o600 });
    } catch {
      // A log that can not be written (its disk is full) has nobody to tell, and must not end what it was to tell of.
    }
  };
  const nothing = () => undefined;
  return {
    debug: verbose ? (message, fields) => write('debug', message, fields) : nothing,
    info: verbose ? (message, fields) => write('info', message, fields) : nothing,
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

function rotate(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size >= MAX_BYTES) renameSync(path, `${path}.old`);
}
