import { z } from 'zod';

/** The data of links that work without an account. Times are milliseconds since 1970, sizes are bytes. */

/** What a link is for: one object to get, one to send, or a folder as a page of links or as a zip. */
export const shareKind = z.enum(['download', 'upload', 'page', 'zip']);
export type ShareKind = z.infer<typeof shareKind>;

/** What whoever passes a link on has to know. */
export const linkWarning = z.object({
  code: z.enum(['this-computer', 'private-address', 'plain-http', 'older-version', 'files-left-out']),
  message: z.string(),
});
export type LinkWarning = z.infer<typeof linkWarning>;

/** A link that was made here. */
export const shareRecord = z.object({
  id: z.number(),
  account: z.string(),
  bucket: z.string(),
  /** What is shared; of a folder the prefix of its keys. */
  key: z.string(),
  kind: shareKind,
  /** What the receiver saves it as. */
  fileName: z.string(),
  createdMs: z.number(),
  expiresMs: z.number(),
});
export type ShareRecord = z.infer<typeof shareRecord>;

/** The same with the link itself, which is kept nowhere. */
export const shareInfo = shareRecord.extend({ url: z.string(), warnings: z.array(linkWarning) });
export type ShareInfo = z.infer<typeof shareInfo>;

/** What happens on the way to a link, the link last. */
export const shareStep = z.discriminatedUnion('kind', [
  /** A file has to be sent first; not begun while `isMoving` is false. */
  z.object({
    kind: z.literal('uploading'),
    path: z.string(),
    isMoving: z.boolean(),
    doneBytes: z.number(),
    sizeBytes: z.number(),
  }),
  /** A folder's page or zip is being made. */
  z.object({ kind: z.literal('packing'), files: z.number(), doneBytes: z.number(), sizeBytes: z.number() }),
  z.object({ kind: z.literal('made'), share: shareInfo }),
]);
export type ShareStep = z.infer<typeof shareStep>;
