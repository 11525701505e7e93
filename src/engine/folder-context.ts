import type { DecisionRules } from '../core/decide.ts';
import type { RemoteEntry } from '../core/entries.ts';
import type { Environment } from '../core/environment.ts';
import type { PathFilter } from '../core/filters.ts';
import { keyOf, type ObjectKey, type RelativePath } from '../core/paths.ts';
import type { FolderRow, StateStore } from '../state/index.ts';
import { headObject, type DownloadContext, type UploadContext } from '../transfer/index.ts';
import type { Brake } from './brake.ts';
import type { FileControl } from './file-control.ts';
import type { GroupCommit } from './group-commit.ts';
import type { KeyTurns } from './key-turns.ts';
import type { LargeLane } from './large-lane.ts';
import type { Counts } from './tally.ts';
import type { RootProofs } from './roots.ts';
import type { TransferList } from './transfer-list.ts';

/** All that one cycle of a folder works with; made anew at the start of each. */
export interface FolderContext {
  readonly environment: Environment;
  readonly state: StateStore;
  readonly folder: FolderRow;
  readonly rules: DecisionRules;
  /** The rules of what is left out, on both sides. */
  readonly ignores: PathFilter;
  /** The same, and what is not chosen for this computer. */
  readonly filter: PathFilter;
  /** Whether the disk takes names that differ only in case for one. */
  readonly ignoresCase: boolean;
  readonly upload: UploadContext;
  /** With what people move in the bucket. */
  readonly keyTurns: KeyTurns;
  /** Whether deleting in the bucket leaves a delete marker; where not, a copy is kept in the bucket's trash. */
  isVersioned(): Promise<boolean>;
  readonly rootProofs: RootProofs;
  readonly commit: GroupCommit;
  readonly transfers: TransferList;
  readonly download: DownloadContext;
  /**
   * Asks for another look at a path once this cycle is over.
   *
   * @param patience `endless` for what must not be tried as it is; it is looked at less and less often then.
   * @returns false when that was asked for it so often that it is to be tried as it is.
   */
  revisit(path: string, patience?: 'endless'): boolean;
  readonly brake: Brake;
  readonly large: LargeLane;
  /** What was done by all cycles of this folder so far. */
  readonly done: Counts;
  readonly files: FileControl;
  /** The number of this comparison. */
  readonly pass: number;
  /** When this cycle began. */
  readonly startedMs: number;
  /** The directory in the folder's trash for what goes there now: what goes together stays together. */
  trashStamp(): string;
  /** Names this computer in conflict copies. */
  readonly deviceName: string;
}

export function keyIn(context: FolderContext, path: RelativePath): ObjectKey {
  return keyOf(context.folder.prefix, path);
}

/** What is under a path's key now. */
export async function headRemote(
  context: FolderContext,
  path: RelativePath,
  signal: AbortSignal,
): Promise<RemoteEntry | undefined> {
  const head = await headObject(context.upload, keyIn(context, path), signal);
  return head && { path, sizeBytes: head.sizeBytes, etag: head.etag };
}
