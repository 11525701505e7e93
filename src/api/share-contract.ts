import { z } from 'zod';
import { none, text } from './refs.ts';
import { shareInfo, shareRecord, shareStep } from './share-schemas.ts';

/** The commands about links that work without an account. */
export const shareCommands = {
  /** Newest first, those that are over left out. */
  'share.list': { input: none, output: z.array(shareRecord) },
  /** The link again, for as long as it still had to live. @throws invalid-argument when it is over */
  'share.link': { input: z.object({ id: z.number().int() }), output: shareInfo },
  /**
   * Takes a link off the list. One to an object works until it expires all the same: S3 can not call it back. A folder's
   * page or zip is removed from the bucket, and that ends its link.
   */
  'share.forget': { input: z.object({ id: z.number().int() }), output: z.object({ ended: z.boolean() }) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export const shareStreams = {
  /**
   * Makes a link. A file of a synced folder that is not uploaded yet is sent first. Whoever stops listening before the
   * link is there calls it off.
   *
   * @throws invalid-argument, no-such-key, not-uploaded
   */
  'share.make': {
    input: z.object({
      target: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('path'), path: text }),
        /** A key that is empty or ends in a slash means all below it. */
        z.object({ kind: z.literal('object'), account: text, bucket: text, key: z.string() }),
      ]),
      /** 1 second to 7 days. */
      expiresInSeconds: z.number().int(),
      /** A link to send a file to, rather than to get it from. */
      upload: z.boolean().default(false),
      /** The file name that the receiver's browser saves under; the object's own for none. */
      downloadName: text.optional(),
      /** What a folder is shared as. */
      folderAs: z.enum(['page', 'zip']).default('page'),
      /** Whether to wait until what is on this computer is in the bucket. */
      wait: z.boolean().default(true),
    }),
    item: shareStep,
  },
} as const satisfies Record<string, { input: z.ZodType; item: z.ZodType }>;
