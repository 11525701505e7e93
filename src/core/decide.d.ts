import { type BaseEntry, type LocalEntry, type RemoteEntry } from './entries.ts';
/** How a folder treats its two sides. */
export type SyncMode = 'two-way' | 'upload' | 'download';
/** What decide() needs to know of a folder. */
export interface DecisionRules {
  readonly mode: SyncMode;
  /** In upload and download mode: whether a deletion at the source is repeated at the target. */
  readonly mirrorDeletes: boolean;
}
/** What the remote side must look like for a conditional write to go through. */
export type RemoteExpectation =
  | {
      readonly kind: 'absent';
    }
  | {
      readonly kind: 'etag';
      readonly etag: string;
    };
/** What is to be done about one path. */
export type Action =
  | {
      readonly kind: 'none';
    }
  | {
      readonly kind: 'upload';
      readonly expect: RemoteExpectation;
    }
  | {
      readonly kind: 'download';
    }
  | {
      readonly kind: 'delete-remote';
      readonly etag: string;
    }
  | {
      readonly kind: 'delete-local';
    }
  /** Both sides have content that base does not know: equal content is adopted, different content is a conflict. */
  | {
      readonly kind: 'reconcile';
    }
  /** The file's times moved and not its size: hash it, then decide again. */
  | {
      readonly kind: 'confirm-local';
    }
  /** Nothing is left on either side that base would describe. */
  | {
      readonly kind: 'forget';
    }
  /** Keep base, remembering that the local file is gone and the object stays on purpose. */
  | {
      readonly kind: 'retain';
    }
  /** The target side was changed by somebody else: left alone and told. */
  | {
      readonly kind: 'report';
      readonly problem: 'remote-changed' | 'local-changed';
    };
/**
 * The decision for one path, from what base, disk and bucket say of it. Pure and total: every combination has an answer,
 * and no combination in which only one side was looked at can delete anything.
 */
export declare function decide(
  base: BaseEntry | undefined,
  local: LocalEntry | undefined,
  remote: RemoteEntry | undefined,
  rules: DecisionRules,
): Action;
