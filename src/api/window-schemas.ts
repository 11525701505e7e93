import { z } from 'zod';

/** The data that a window shows beside what the command line needs. Times are milliseconds since 1970, sizes bytes. */

/** One line of a listing in pages: what is in the bucket, and what is planned to be sent there. */
export const pageItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prefix'), key: z.string() }),
  z.object({
    kind: z.literal('object'),
    key: z.string(),
    sizeBytes: z.number(),
    etag: z.string(),
    lastModifiedMs: z.number(),
  }),
  /** A file of a synced folder that is not in the bucket yet. */
  z.object({ kind: z.literal('planned'), key: z.string(), sizeBytes: z.number() }),
]);
export type PageItem = z.infer<typeof pageItem>;

export const objectPage = z.object({
  items: z.array(pageItem),
  /** To be given back for the next page; absent on the last one. */
  next: z.object({ token: z.string(), after: z.string() }).optional(),
});
export type ObjectPage = z.infer<typeof objectPage>;

/** How an object (or all below a prefix) stands to the synced folder that it belongs to. */
export const itemState = z.object({
  key: z.string(),
  state: z.enum([
    'remote-only',
    'in-sync',
    'waiting',
    'paused',
    'uploading',
    'downloading',
    'conflict',
    'skipped',
    'failed',
  ]),
  /** Of a file on its way. */
  doneBytes: z.number(),
  sizeBytes: z.number(),
  /** Why, for `conflict`, `skipped` and `failed`; empty otherwise. */
  reason: z.string(),
  /** The code that stands for the reason in other languages. */
  code: z.string(),
});
export type ItemState = z.infer<typeof itemState>;

/** How a path of this computer stands: `outside` is in no synced folder, of `unknown` nothing is remembered yet. */
export const pathState = z.enum([
  'outside',
  'unknown',
  'in-sync',
  'waiting',
  'uploading',
  'downloading',
  'conflict',
  'skipped',
  'failed',
]);
export type PathState = z.infer<typeof pathState>;

export const objectProperties = z.object({
  key: z.string(),
  sizeBytes: z.number(),
  etag: z.string(),
  lastModifiedMs: z.number(),
  contentType: z.string(),
  versionId: z.string(),
  encrypted: z.boolean(),
  metadata: z.record(z.string(), z.string()),
});
export type ObjectProperties = z.infer<typeof objectProperties>;

/** The folders in a folder of the computer that the engine runs on. */
export const directoryListing = z.object({
  path: z.string(),
  /** Absent at the top. */
  parent: z.string().optional(),
  home: z.string(),
  directories: z.array(z.object({ name: z.string(), path: z.string() })),
});
export type DirectoryListing = z.infer<typeof directoryListing>;
