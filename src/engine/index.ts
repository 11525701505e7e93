export { reportCrash, reportCrashes, type CrashingProgram } from './crash-report.ts';
export { attachEngine, type AttachedEngine } from './attach.ts';
export { createFileLog } from './file-log.ts';
export { Engine, type EngineHost } from './engine.ts';
export { defaultHome } from './home.ts';
export type { OnAway } from './patience.ts';
export { openHost, type Host, type HostListener, type ObjectTransfers, type StateWarning } from './host.ts';
export { giveWay } from './give-way.ts';
export { keepSyncing } from './keep-syncing.ts';
export { openEngine, type OpenedEngine } from './open.ts';
export type {
  GetDestination,
  ObjectRef,
  ObjectSource,
  OnProgress,
  PutSource,
  TransferredObject,
} from './object-transfers.ts';
