import { z } from 'zod';
import { none, text } from './refs.ts';
import { plannedAction } from './schemas.ts';

/** Files of one folder: one path below its root, or several. */
const files = z.object({ folderId: text, path: z.union([text, z.array(text).min(1).max(100_000)]) });
/** How many of them it was done to: the others are done with, or were not to be transferred. */
const touched = z.object({ files: z.number() });

/** How far a file that goes in parts has come. */
export const partsDone = z.object({
  done: z.number(),
  total: z.number(),
  /** When the attempt began that later ones go on from. */
  sinceMs: z.number(),
  /** Until when a later attempt can go on from there: what the server or we keep of it is removed then. */
  untilMs: z.number(),
});
export type PartsInfo = z.infer<typeof partsDone>;

/** A file on its way. Times are milliseconds since 1970, sizes are bytes. */
export const transferInfo = z.object({
  folderId: z.string(),
  path: z.string(),
  direction: z.enum(['up', 'down']),
  sizeBytes: z.number(),
  doneBytes: z.number(),
  startedMs: z.number(),
  /** Over the last seconds. 0 for small files without a limit, which are seen as done or not done. */
  bytesPerSecond: z.number(),
  parts: partsDone.optional(),
  /** From 1. */
  attempt: z.number(),
  /** Why the attempt before this one failed. */
  lastError: z.object({ code: z.string(), message: z.string(), advice: z.string(), detail: z.string() }).optional(),
});
export type TransferInfo = z.infer<typeof transferInfo>;

/** A file that is planned to be sent, fetched, moved or deleted. */
export const waitingTransfer = z.object({
  folderId: z.string(),
  path: z.string(),
  action: plannedAction,
  sizeBytes: z.number(),
  /** What a person asked of it; absent for one that waits for its turn. */
  wish: z.enum(['first', 'paused', 'cancelled']).optional(),
  /** What there is of a paused one. */
  parts: partsDone.optional(),
});
export type WaitingTransfer = z.infer<typeof waitingTransfer>;

/** The commands about transfers of single files. */
export const transferCommands = {
  'transfer.list': { input: none, output: z.array(transferInfo) },
  /**
   * What is planned and not begun, over all folders, and what it adds up to. What a person set aside is in the list, before
   * the limit counts, and not in the sums.
   */
  'transfer.waiting': {
    input: z.object({ limit: z.number().int().positive().max(20_000).default(2_000) }),
    output: z.object({ files: z.number(), bytes: z.number(), items: z.array(waitingTransfer) }),
  },
  /**
   * Makes these files the next ones to begin, in their order, before all that waits. One that nothing is known of yet is
   * looked at first; one that waits for another attempt, or is paused, waits no longer.
   */
  'transfer.first': { input: files, output: none },
  /** Stops these files, or keeps them from beginning, until they are resumed: over a restart too. What was sent stays. */
  'transfer.pause': { input: files, output: touched },
  /** Lets files go on that were paused or cancelled. */
  'transfer.resume': { input: files, output: touched },
  /**
   * Ends these transfers now, with what is left of them on the server or in a partial file. Nothing is deleted on either
   * side: the file stays as it is, out of sync, until it changes or is resumed.
   */
  'transfer.cancel': { input: files, output: touched },
  /** Tries again at once what waits for another attempt or was cancelled; without a path, all of a folder. */
  'transfer.retry': {
    input: z.object({ folderId: text, path: z.union([z.string(), z.array(text).min(1).max(100_000)]).default('') }),
    output: none,
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
