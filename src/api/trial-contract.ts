import { z } from 'zod';

/** A trial: a throw-away server beside the engine, with an account, a bucket and a folder of samples. */
export const trialInfo = z.object({
  account: z.string(),
  bucket: z.string(),
  /** The folder of samples on this computer. */
  sampleRoot: z.string(),
});
export type TrialInfo = z.infer<typeof trialInfo>;

export const trialCommands = {
  /**
   * Makes all that it takes to try the program without a server. It lives as long as the engine, and nothing of it is kept.
   * Where a trial runs already, that one is told. @throws disk-error
   */
  'trial.start': {
    input: z.object({
      /** Of the samples. */
      language: z.enum(['en', 'zh-CN']).default('en'),
      /** The directory in which the folder of samples is made; the person's documents unless told. */
      place: z.string().min(1).optional(),
    }),
    output: trialInfo,
  },
  /** Ends the trial: its folders are synced no more, and its account and its server are gone. */
  'trial.end': {
    input: z.object({}),
    output: z.object({
      /** The folder of samples, where it stays since something in it was changed. */
      keptSampleRoot: z.string().optional(),
    }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
