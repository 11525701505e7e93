import { SyncError } from '../core/errors.ts';
import { stateFault } from '../core/state-fault.ts';
import { systemCode } from '../local/disk-errors.ts';

/** Why the state of the program can not be kept in `home`, in words; what is no fault of the disk passes unchanged. */
export function stateError(error: unknown, home: string): unknown {
  if (error instanceof SyncError) return error;
  const code = systemCode(error) ?? '';
  const fault = stateFault(code);
  if (fault === undefined || !(error instanceof Error)) return error;
  return new SyncError({
    code: fault.code,
    message: `RustFS Sync keeps its state in ${home}, and could not: ${fault.what}.`,
    advice: fault.advice,
    detail: `${code} ${error.message}`,
    cause: error,
  });
}
