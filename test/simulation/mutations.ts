import type { FocusName } from './focus.ts';
import { MUTATIONS_IN_FOCUS } from './mutations-in-focus.ts';
import type { Patch } from './scale.ts';

/** A mistake that an engine could make, put into its source on purpose. */
export interface Mutation {
  readonly name: string;
  /** What it breaks. */
  readonly breaks: string;
  /** The hazard that it shows in, where worlds of all kinds show it too rarely. */
  readonly focus?: FocusName;
  readonly patches: readonly Patch[];
}

/** The mistakes that prove the simulation: it has to notice each. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'local-wins',
    breaks: 'rule 7: where both sides changed, this computer simply sends its own',
    patches: [
      {
        file: 'core/decide.ts',
        find: "return remote === 'absent' ? uploadOver(undefined) : { kind: 'reconcile' };",
        replace: 'return uploadOver(remoteEntry);',
      },
    ],
  },
  {
    name: 'deletion-beats-change',
    breaks: 'rule 6: a deletion here deletes what somebody else changed',
    patches: [
      {
        file: 'core/decide.ts',
        find: "return remote === 'same' && agreed !== undefined\n",
        replace:
          "return agreed !== undefined && remoteEntry !== undefined ? { kind: 'delete-remote', etag: remoteEntry.etag } : remote === 'same' && agreed !== undefined\n",
      },
    ],
  },
  {
    name: 'absence-decides',
    breaks: 'rules 4 and 5: an object that base does not know is deleted, since no file of its name is here',
    patches: [
      {
        file: 'core/decide.ts',
        find: "return remote === 'same' && agreed !== undefined\n",
        replace:
          "return base === undefined && remoteEntry !== undefined ? { kind: 'delete-remote', etag: remoteEntry.etag } : remote === 'same' && agreed !== undefined\n",
      },
    ],
  },
  {
    name: 'trusts-watchers',
    breaks: 'rule 14: what a watcher does not tell of is never seen',
    patches: [
      {
        file: 'engine/agenda.ts',
        find: 'this.#untilFullPassMs(folder) <= 0',
        replace: 'this.#untilFullPassMs(folder) === Number.NEGATIVE_INFINITY',
      },
    ],
  },
  {
    name: 'no-pauses',
    breaks: 'rule 16: a file that fails is tried again at once, for ever',
    patches: [
      {
        file: 'engine/record.ts',
        find: 'nowMs + backoffMs(error.retryable ? failures : failures + 6, FILE_RETRIES, environment.random.next());',
        replace: 'nowMs; void backoffMs; void FILE_RETRIES; void failures;',
      },
    ],
  },
  {
    name: 'ignores-news',
    breaks: 'what changed in the bucket alone is never fetched',
    patches: [
      {
        file: 'core/decide.ts',
        find: "return remote === 'absent' ? { kind: 'delete-local' } : { kind: 'download' };",
        replace: "return remote === 'absent' ? { kind: 'delete-local' } : { kind: 'none' };",
      },
    ],
  },
  {
    name: 'deletion-beats-local-change',
    breaks: 'rule 6: a deletion in the bucket deletes a file that was changed here',
    patches: [
      {
        file: 'core/decide.ts',
        find: "return remote === 'absent' ? uploadOver(undefined) : { kind: 'reconcile' };",
        replace: "return remote === 'absent' ? { kind: 'delete-local' } : { kind: 'reconcile' };",
      },
    ],
  },
  {
    name: 'brake-off',
    breaks: 'rule 3: nothing holds a plan that empties a side',
    patches: [
      {
        file: 'core/brake.ts',
        find: 'const { known, deletions, replacements, diskChanged } = totals;',
        replace:
          'const { known, deletions, replacements, diskChanged } = { ...totals, deletions: 0, replacements: 0 };',
      },
    ],
  },
  {
    name: 'no-condition-on-put',
    breaks: 'rule 10: writes overwrite whatever is there',
    patches: [
      {
        file: 'transfer/upload-small.ts',
        find: '...(expect !== undefined && { expect })',
        replace: '...(expect !== undefined && false)',
      },
    ],
  },
  {
    name: 'no-condition-on-completion',
    breaks: 'rule 10: the completion of an upload in parts overwrites whatever is there',
    patches: [
      {
        file: 'transfer/upload-multipart.ts',
        find: 'store.completeUpload(upload.key, parts, expect, signal)',
        replace: 'store.completeUpload(upload.key, parts, undefined, signal)',
      },
    ],
  },
  {
    name: 'no-local-trash',
    breaks: 'rule 12: what is replaced here is gone',
    patches: [
      {
        file: 'transfer/download-install.ts',
        find: 'return { path, stat: await fs.move(root, diskPath, path, expect) };',
        replace:
          'const stat = await fs.move(root, diskPath, path, expect); await fs.removeFile(root, path); return { path, stat };',
      },
    ],
  },
  {
    name: 'no-remote-trash',
    breaks: 'rule 12: what is deleted in the bucket is gone',
    patches: [
      {
        file: 'engine/delete-remote.ts',
        find: 'copyEtag = (await store.copy(copy, signal)).etag;',
        replace: 'copyEtag = copy.sourceEtag;',
      },
    ],
  },
  {
    name: 'adopts-by-size',
    breaks: 'rule 7: files of the same size are taken for equal',
    patches: [
      {
        file: 'engine/reconcile.ts',
        find: "const equality = isSameSize ? await hasContentOf(context, item, head, 'declared', signal) : { equal: false };",
        replace: 'const equality: Equality = { equal: isSameSize }; void hasContentOf;',
      },
    ],
  },
  {
    name: 'base-before-effect',
    breaks: 'base says that a download is there before it is',
    patches: [
      {
        file: 'engine/effects.ts',
        find: 'async function download(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {',
        replace: `async function download(context: FolderContext, item: PlanItem, signal: AbortSignal): Promise<Step> {
          if (item.expect.kind === 'etag') context.state.base.put(context.folder.id, baseEntry(item.path,
            { sizeBytes: item.sizeBytes, mtimeNs: 1n, ctimeNs: 1n, fileId: '1' }, item.expect.etag, undefined));`,
      },
    ],
  },
  {
    name: 'one-listing-deletes',
    breaks: 'rule 2: what one listing leaves out is deleted here without a second look',
    patches: [
      {
        file: 'engine/delete-local.ts',
        find: 'const head = await headObject(context.upload, keyIn(context, path), signal);',
        replace: 'const head = undefined;',
      },
    ],
  },
  {
    name: 'no-proof-of-the-root',
    breaks: 'rule 1: an unmounted disk reads as an empty one',
    patches: [
      {
        file: 'engine/roots.ts',
        find: 'if (marker === folder.id) return',
        replace: 'if (marker === folder.id || marker === undefined) return',
      },
    ],
  },
  {
    name: 'no-verification',
    breaks: 'rule 11: what arrives is not compared with what the server holds',
    patches: [
      {
        file: 'transfer/download-verify.ts',
        find: "if (verdict === 'different' && !head.encrypted) throw badDigest(job, `ETag ${etag}`);",
        replace: "if (verdict === 'different') return { verified: 'length', partSizeBytes: undefined };",
      },
    ],
  },
  {
    name: 'replaces-without-look',
    breaks: 'rule 10: a file here is replaced whatever it holds by now, and not kept',
    patches: [
      {
        file: 'transfer/download-install.ts',
        find: 'return { path, stat: await fs.move(root, diskPath, path, expect) };',
        replace: `const now = (await fs.stat(root, diskPath)) ?? expect; const stat = await fs.move(root, diskPath, path, now);
          await fs.removeFile(root, path); return { path, stat };`,
      },
    ],
  },
  {
    name: 'move-without-look',
    breaks: 'a file of another name is taken for the old one, whatever it holds',
    patches: [
      {
        file: 'engine/move-remote.ts',
        find: "if (verdict !== 'equal') return",
        replace: "if (verdict === 'unknown') return",
      },
    ],
  },
  {
    name: 'keeps-theirs-alone',
    breaks: 'rule 7: of a conflict only the version of the bucket stays',
    patches: [
      {
        file: 'engine/keep-both.ts',
        find: 'return copy;',
        replace:
          'await environment.fs.move(folder.localRoot, besides(diskPath, copy), `.rustfs-sync/trash/2026-01-01T000000Z-${environment.random.id(4)}/x`, (await environment.fs.stat(folder.localRoot, besides(diskPath, copy))) ?? local); return copy;',
      },
    ],
  },
  {
    name: 'rules-delete',
    breaks: 'rule 13: what an ignore rule leaves out reads as deleted',
    patches: [
      {
        file: 'engine/compare.ts',
        find: "(merged.local === undefined || action.kind !== 'none') && filter.ignoresFile(merged.path)",
        replace: 'false',
      },
    ],
  },
  {
    name: 'links-read-as-absent',
    breaks: 'rule 13: what has a symbolic link in its place reads as deleted',
    patches: [
      { file: 'local/scan-directory.ts', find: "addBothForms(nodes, candidate, 'symlink', rules);", replace: '' },
    ],
  },
  {
    name: 'keeps-the-wrong-one',
    breaks: 'of a conflict the file goes that was to be kept',
    patches: [
      {
        file: 'engine/resolve.ts',
        find: "if (keep === 'theirs' && mine !== undefined) await fs.move(root, copy, trashPath(stamp, copy), mine);",
        replace:
          "if (keep === 'theirs' && theirs !== undefined) await fs.move(root, path, trashPath(stamp, path), theirs);",
      },
    ],
  },
  ...MUTATIONS_IN_FOCUS,
];
