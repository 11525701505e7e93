import { z } from 'zod';

const text = z.string().min(1);
const none = z.object({});

/** Files of one folder: one path below its root, or several. */
const files = z.object({ folderId: text, path: z.union([text, z.array(text).min(1).max(100_000)]) });

/** The commands about transfers of single files. */
export const transferCommands = {
  /**
   * Makes these files the next ones to begin, in their order, before all that waits. One that nothing is known of yet is
   * looked at first; one that waits for another attempt, or is paused, waits no longer.
   */
  'transfer.first': { input: files, output: none },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
