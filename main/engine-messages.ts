import type { ObjectSource, UploadTarget } from '../src/api/index.ts';

/** What the main process says to the engine's process. All but `stop` carry one port, on which the answer comes. */
export type EngineRequest =
  /** The contract is spoken on the port. */
  | { readonly type: 'connect' }
  /** `ShellProgress` comes on the port; closing it calls the transfer off. */
  | { readonly type: 'upload'; readonly path: string; readonly target: UploadTarget }
  | { readonly type: 'download'; readonly source: ObjectSource; readonly path: string }
  /** Finishes what can not be broken off, and ends the process. */
  | { readonly type: 'stop' };
