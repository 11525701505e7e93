export { attachEngine, type AttachedEngine } from './attach.ts';
export { createFileLog } from './file-log.ts';
export { Engine, type EngineHost } from './engine.ts';
export { openEngine, defaultHome, type OpenedEngine } from './open.ts';
export type {
  GetDestination,
  ObjectRef,
  ObjectTransfers,
  OnProgress,
  PutSource,
  TransferredObject,
} from './object-transfers.ts';
