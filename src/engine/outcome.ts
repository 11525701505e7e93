import type { BaseEntry, Fingerprint, RemoteEntry } from '../core/entries.ts';
import type { RelativePath } from '../core/paths.ts';
import type { PlanItem } from '../core/plan.ts';

/** How the work on one path ended, when it did not fail. */
export type Outcome =
  | { readonly kind: 'uploaded'; readonly base: BaseEntry; readonly sizeBytes: number }
  /** Both sides hold the same already; base now says so. */
  | { readonly kind: 'adopted'; readonly base: BaseEntry; readonly wasKnown: boolean }
  | { readonly kind: 'downloaded'; readonly base: BaseEntry; readonly sizeBytes: number }
  /** Both sides have the path's content under its new name; `from` is gone from base. */
  | { readonly kind: 'moved'; readonly base: BaseEntry; readonly from: RelativePath }
  | { readonly kind: 'deleted-remote'; readonly sizeBytes: number }
  | { readonly kind: 'deleted-local'; readonly sizeBytes: number }
  /** Both sides changed and differ, or the bucket's side changed alone. Nothing was written. */
  | {
      readonly kind: 'conflict';
      readonly problem: 'conflict' | 'remote-changed' | 'local-changed';
      readonly sides: string;
      /** What base is to say from now on, where the file was found to be unchanged. */
      readonly base?: BaseEntry;
    }
  /** Both sides are what base says, although the bucket was listed without the object. */
  | { readonly kind: 'unlisted' }
  /** Neither side is what base describes any more, and there is nothing to do about it. */
  | { readonly kind: 'forgotten' }
  /** The comparison has told why nothing can be done. */
  | { readonly kind: 'told' }
  /** The path is not as planned any more, or never needed anything. The next comparison sees to it. */
  | { readonly kind: 'stale' };

/**
 * How the work on one path ended. `settled`: it is done, it failed and waits for another attempt, or a person set it aside;
 * `stale`: it was not as planned any more; `cancelled`: it was called off with the cycle.
 */
export type Ending = 'settled' | 'stale' | 'cancelled';

/** One step of the work on a path: its end, or a reason to decide anew. */
export type Step =
  | Outcome
  /** The bucket holds something else than the plan saw. */
  | { readonly kind: 'overtaken'; readonly remote: RemoteEntry | undefined }
  /** The file was read: it differs from what base knows, or it does not and base is to have its new times. */
  | { readonly kind: 'confirmed'; readonly differs: true; readonly remote: RemoteEntry | undefined }
  | {
      readonly kind: 'confirmed';
      readonly differs: false;
      readonly remote: RemoteEntry | undefined;
      readonly base: BaseEntry;
    }
  /** It only looked like a move: the path is uploaded or downloaded, and the old one is seen to by the next comparison. */
  | { readonly kind: 'no-move'; readonly instead: 'upload' | 'download'; readonly remote: RemoteEntry | undefined }
  /** Both sides changed and differ, and the folder keeps both. */
  | { readonly kind: 'both-changed'; readonly remote: RemoteEntry };

/** The two sides of a conflict in one string, by which a later pass knows that nothing has changed about it. */
export function sidesOf(item: PlanItem, remote: { readonly etag: string } | undefined): string {
  const local = item.local;
  return `local ${local === undefined ? 'absent' : `${local.sizeBytes} bytes, mtime ${local.mtimeNs} ns, ctime ${local.ctimeNs} ns, id ${local.fileId}`}; remote ${remote?.etag ?? 'absent'}`;
}

/** Whether the remote side of what {@link sidesOf} made is this one. */
export function isRemoteSide(sides: string, etag: string): boolean {
  return sides.endsWith(`; remote ${etag}`);
}

export function baseEntry(
  path: RelativePath,
  local: Fingerprint,
  etag: string,
  partSizeBytes: number | undefined,
): BaseEntry {
  const { sizeBytes, mtimeNs, ctimeNs, fileId } = local;
  const entry = { path, sizeBytes, mtimeNs, ctimeNs, fileId, etag, retained: false };
  return partSizeBytes === undefined ? entry : { ...entry, partSizeBytes };
}

/** The planned file. An upload or a reconciliation without one is a defect of the plan. */
export function localOf(item: PlanItem): NonNullable<PlanItem['local']> {
  if (item.local === undefined) throw new Error(`A planned ${item.kind} of ${item.path} has no local file.`);
  return item.local;
}
