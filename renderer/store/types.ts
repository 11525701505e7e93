import type { ListItem, PageItem, ProblemInfo, ShareInfo, ShareRecord, UnfinishedUpload } from '../../src/api/index.ts';
import type { Totals } from './totals.ts';

export const VIEWS = ['files', 'transfers', 'activity', 'problems', 'shares', 'settings'] as const;
export type View = (typeof VIEWS)[number];

/** Where in which bucket. */
export interface Place {
  readonly account: string;
  readonly bucket: string;
  /** Empty, or ending in a slash. */
  readonly prefix: string;
}

export type ObjectItem = Extract<ListItem, { kind: 'object' }>;

/** The dialog that is open: what it is about. */
export type DialogState =
  | { readonly kind: 'share'; readonly place: Place; readonly objectKey: string; readonly upload: boolean }
  | { readonly kind: 'shared'; readonly name: string; readonly share: ShareInfo }
  | { readonly kind: 'end-shares'; readonly shares: readonly ShareRecord[] }
  | { readonly kind: 'delete'; readonly place: Place; readonly items: readonly PageItem[] }
  | { readonly kind: 'new-folder'; readonly place: Place }
  | { readonly kind: 'rename'; readonly place: Place; readonly objectKey: string }
  | { readonly kind: 'rename-folder'; readonly place: Place; readonly objectKey: string }
  | { readonly kind: 'properties'; readonly place: Place; readonly objectKey: string }
  | { readonly kind: 'remove-leftovers'; readonly leftovers: readonly Leftover[] }
  | { readonly kind: 'select'; readonly folderId: string }
  | { readonly kind: 'versions'; readonly place: Place; readonly objectKey: string }
  | { readonly kind: 'restore-at'; readonly place: Place }
  | { readonly kind: 'trash'; readonly name: string; readonly folderIds: readonly string[] }
  | { readonly kind: 'empty-trash'; readonly name: string; readonly folderIds: readonly string[] }
  | { readonly kind: 'bucket'; readonly account: string; readonly bucket: string }
  | { readonly kind: 'new-bucket'; readonly account: string }
  | { readonly kind: 'delete-bucket'; readonly account: string; readonly bucket: string }
  | { readonly kind: 'add-account' }
  | { readonly kind: 'edit-account'; readonly account: string }
  | { readonly kind: 'remove-account'; readonly account: string }
  | { readonly kind: 'add-folder'; readonly account?: string; readonly bucket?: string }
  | { readonly kind: 'remove-folder'; readonly id: string; readonly localRoot: string }
  | { readonly kind: 'resolve'; readonly problem: ProblemInfo }
  | { readonly kind: 'held'; readonly folderId: string }
  | { readonly kind: 'cancel-transfers'; readonly files: readonly FolderFiles[] };

/** Files of one synced folder. */
export interface FolderFiles {
  readonly folderId: string;
  readonly paths: string[];
}

/** An upload that was begun and never finished, with where it lies. */
export interface Leftover {
  readonly account: string;
  readonly bucket: string;
  readonly upload: UnfinishedUpload;
}

/** A moment of the work: how fast it goes, in bytes per second, and how far it is. */
export interface Sample {
  readonly atMs: number;
  readonly up: number;
  readonly down: number;
  readonly totals: Totals;
}

/** A file that the person sends by hand. */
export interface HandUpload {
  readonly id: number;
  readonly place: Place;
  readonly key: string;
  readonly sizeBytes: number;
  readonly sentBytes: number;
  /** `taken`: something is under the key, and the person has not said what to do. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'taken';
  readonly ifTaken: IfTaken;
  readonly message: string;
  readonly startedMs: number;
}

/** What is done with a file that is sent by hand where something has its name. */
export type IfTaken = 'ask' | 'replace' | 'keep-both';

/** A short word at the edge of the window, gone by itself. */
export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
  readonly advice: string;
  /** What can be done about it at once. */
  readonly actions: readonly NoticeAction[];
}

export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}
