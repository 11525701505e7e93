import { SyncError, type ErrorCode } from '../../src/api/index.ts';

export function hasErrorCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof SyncError && error.code === code;
}
