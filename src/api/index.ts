export { asSyncError, SyncError, type ErrorCode, type ErrorData } from '../core/errors.ts';
export { connectInProcess, type Client } from './client.ts';
export * from './contract.ts';
export type * from './schemas.ts';
export type * from './window-schemas.ts';
