import type { DecisionRules } from '../core/decide.ts';
import type { Environment } from '../core/environment.ts';
import type { PathFilter } from '../core/filters.ts';
import { keyOf, type ObjectKey, type RelativePath } from '../core/paths.ts';
import type { FolderRow, StateStore } from '../state/index.ts';
import type { UploadContext } from '../transfer/index.ts';
import type { GroupCommit } from './group-commit.ts';
import type { TransferList } from './transfer-list.ts';

/** All that one cycle of a folder works with; made anew at the start of each. */
export interface FolderContext {
  readonly environment: Environment;
  readonly state: StateStore;
  readonly folder: FolderRow;
  readonly rules: DecisionRules;
  readonly filter: PathFilter;
  readonly upload: UploadContext;
  /** Whether deleting in the bucket leaves a delete marker; where not, a copy is kept in the bucket's trash. */
  readonly versioned: boolean;
  readonly commit: GroupCommit;
  readonly transfers: TransferList;
  /** The number of this comparison. */
  readonly pass: number;
}

export function keyIn(context: FolderContext, path: RelativePath): ObjectKey {
  return keyOf(context.folder.prefix, path);
}
