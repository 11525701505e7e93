export { isBucketName } from '../core/bucket-name.ts';
export { asSyncError, SyncError, type ErrorCode, type ErrorData } from '../core/errors.ts';
export { connectInProcess, type Client } from './client.ts';
export { makeShare, USUAL_SHARE_SECONDS, type ShareProgress } from './make-share.ts';
export * from './contract.ts';
export type * from './history.ts';
export type * from './schemas.ts';
export type * from './share-schemas.ts';
export type { PartsInfo, TransferInfo, WaitingTransfer } from './transfers.ts';
export type { TrialInfo } from './trial-contract.ts';
export type * from './window-schemas.ts';
export { connectClient, type RemoteClient } from './rpc-connect.ts';
export { serveClient, type ServedChannel } from './rpc-serve.ts';
export { ANSWER_LIMIT, REQUEST_LIMIT, type Channel } from './rpc.ts';
export {
  LOST_MESSAGE,
  PORT_MESSAGE,
  SHELL_KEY,
  SHELL_VIEWS,
  type ObjectPlace,
  type ObjectSource,
  type Shell,
  engineLost,
  type Download,
  type DownloadWish,
  type ShellProgress,
  type ShellView,
  type UploadTarget,
} from './shell.ts';
export * from './texts/index.ts';
export { VERSION } from './version.ts';
