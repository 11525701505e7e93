import { z } from 'zod';
import { bucketRef, text } from './refs.ts';
import { syncMode } from './schemas.ts';

/** What was, and the ways back to it: versions, the trash, and the audit. Times are milliseconds since 1970, sizes bytes. */

/** A key, and all below it if it is a folder's; what ends in a slash is all below it, nothing is the whole bucket. */
const rangeRef = bucketRef.extend({ key: z.string() });

export const versioningState = z.enum(['enabled', 'suspended', 'off']);
export type VersioningState = z.infer<typeof versioningState>;

/** What a path on this computer is in the bucket. */
export const locatedObject = z.object({
  account: z.string(),
  bucket: z.string(),
  /** Ends in a slash, or is empty, for a folder. */
  key: z.string(),
  folderId: z.string(),
  /** Below the root of the folder. */
  path: z.string(),
  mode: syncMode,
});
export type LocatedObject = z.infer<typeof locatedObject>;

export const versionInfo = z.object({
  kind: z.enum(['object', 'delete-marker']),
  key: z.string(),
  versionId: z.string(),
  isLatest: z.boolean(),
  lastModifiedMs: z.number(),
  sizeBytes: z.number(),
  etag: z.string(),
});
export type VersionInfo = z.infer<typeof versionInfo>;

/** One object that a restoring to a moment is about, and at the end the sums. What is as it was is only counted. */
export const restoreItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('restore'),
    key: z.string(),
    versionId: z.string(),
    sizeBytes: z.number(),
    lastModifiedMs: z.number(),
    /** Whether another content is under the key now; else it was deleted. */
    replaces: z.boolean(),
  }),
  /** It did not exist then, and gets a delete marker. */
  z.object({ kind: z.literal('remove'), key: z.string(), sizeBytes: z.number(), lastModifiedMs: z.number() }),
  /** It did not exist then, and stays. */
  z.object({ kind: z.literal('newer'), key: z.string(), sizeBytes: z.number(), lastModifiedMs: z.number() }),
  /** Somebody wrote it after it was looked at; it stays. */
  z.object({ kind: z.literal('changed'), key: z.string() }),
  z.object({
    kind: z.literal('failed'),
    key: z.string(),
    code: z.string(),
    message: z.string(),
    advice: z.string(),
  }),
  z.object({
    kind: z.literal('total'),
    restoreObjects: z.number(),
    restoreBytes: z.number(),
    removeObjects: z.number(),
    newerObjects: z.number(),
    unchangedObjects: z.number(),
    changedObjects: z.number(),
    failedObjects: z.number(),
    /** The newest time among what was looked at: what is newer later was written since. */
    seenUntilMs: z.number(),
  }),
]);
export type RestoreItem = z.infer<typeof restoreItem>;

export const trashPlace = z.enum(['computer', 'bucket']);
export type TrashPlace = z.infer<typeof trashPlace>;

export const trashItem = z.object({
  folderId: z.string(),
  /** In the root's trash on this computer, or in the bucket's. */
  place: trashPlace,
  /** Names it for `trash.restore`: the time that it went there, and its path in the folder. */
  entry: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  trashedMs: z.number(),
  /** Why, where our history still knows it. */
  reason: z.enum(['deleted-in-bucket', 'replaced-by-bucket', 'deleted-here', 'unknown']),
  /** Where it lies: a path on this computer, or a key. */
  location: z.string(),
});
export type TrashItem = z.infer<typeof trashItem>;

const emptied = z.object({ removedFiles: z.number(), freedBytes: z.number() });

/** What an audit says, file by file: what is amiss, what could not be verified, how far it is, and at the end the sums. */
export const auditItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('finding'),
    code: z.enum(['bit-rot', 'silent-edit', 'missing-here', 'missing-in-bucket']),
    path: z.string(),
    sizeBytes: z.number(),
    message: z.string(),
    advice: z.string(),
  }),
  z.object({ kind: z.literal('unverified'), path: z.string(), sizeBytes: z.number(), reason: z.string() }),
  z.object({
    kind: z.literal('progress'),
    path: z.string(),
    doneFiles: z.number(),
    totalFiles: z.number(),
    doneBytes: z.number(),
  }),
  z.object({
    kind: z.literal('total'),
    verifiedFiles: z.number(),
    verifiedBytes: z.number(),
    findings: z.number(),
    unverifiedFiles: z.number(),
    /** Edited since the last sync, or while they were read: the next sync looks after them. */
    changingFiles: z.number(),
    /** Not synced yet or left out: nothing is known to hold them against. */
    unsyncedFiles: z.number(),
  }),
]);
export type AuditItem = z.infer<typeof auditItem>;

export const historyCommands = {
  'bucket.versioning': { input: bucketRef, output: z.object({ status: versioningState }) },
  'bucket.setVersioning': {
    input: bucketRef.extend({ on: z.boolean() }),
    output: z.object({ status: versioningState }),
  },
  /**
   * How many versions each of these keys has, delete markers left out: keys of one level, directly below the prefix. Those
   * with so many versions around them that it would take long are not in the answer.
   */
  'version.counts': {
    input: bucketRef.extend({ prefix: z.string(), keys: z.array(text).max(500) }),
    output: z.array(z.object({ key: z.string(), versions: z.number() })),
  },
  /** The object of a path below a synced folder, whether or not anything is there. Sends nothing. */
  'object.locate': { input: z.object({ path: text }), output: locatedObject },
  /** Makes an old version the present one; what is present becomes an old one. */
  'version.restore': {
    input: bucketRef.extend({ key: text, versionId: text }),
    /** `restored` is false where the key holds that content already. */
    output: z.object({ restored: z.boolean(), sizeBytes: z.number() }),
  },
  /** Takes one out of the trash; beside what is in its place, if something is. */
  'trash.restore': {
    input: z.object({ id: text, entry: text }),
    output: z.object({ place: trashPlace, path: z.string(), isBeside: z.boolean() }),
  },
  /** Removes for good what is older than this; everything without it. */
  'trash.empty': {
    input: z.object({ id: text, olderThanMs: z.number().nonnegative().optional() }),
    output: z.object({
      computer: emptied,
      bucket: emptied,
      /** Why something could not be removed. */
      problems: z.array(z.object({ code: z.string(), message: z.string(), advice: z.string() })),
    }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export const historyStreams = {
  'version.list': { input: rangeRef, item: versionInfo },
  /**
   * Everything in a range as it was at a moment, by the server's clock. Without `apply` it is only told what would be done.
   * Runs again without harm, also when it was broken off.
   */
  'version.restoreAt': {
    input: rangeRef.extend({
      atMs: z.number(),
      /** Whether what did not exist then gets a delete marker; what has no version stays. */
      removeNewer: z.boolean().default(false),
      apply: z.boolean().default(false),
      /** From the preview that a person agreed to: what was written since stays. */
      seenUntilMs: z.number().optional(),
    }),
    item: restoreItem,
  },
  'trash.list': { input: z.object({ id: text.optional() }), item: trashItem },
  /** Reads every synced file and holds it against what was synced. Changes no file and no object. */
  'audit.run': {
    input: z.object({ id: text, bytesPerSecond: z.number().int().nonnegative().default(0) }),
    item: auditItem,
  },
} as const satisfies Record<string, { input: z.ZodType; item: z.ZodType }>;
