/** How often and how long to wait before trying again. Times in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** For one request: about half a minute in all, after which the file waits its turn again. */
export const REQUEST_RETRIES: RetryPolicy = { attempts: 6, firstDelayMs: 200, maxDelayMs: 10_000 };

/** For a file whose transfer failed: the folder goes on, the file is tried again after these pauses, for ever. */
export const FILE_RETRIES: RetryPolicy = {
  attempts: Number.POSITIVE_INFINITY,
  firstDelayMs: 5_000,
  maxDelayMs: 3_600_000,
};

/**
 * Exponential backoff with full jitter over its upper half, so that many clients do not return together.
 *
 * @param failures how many attempts have failed so far, from 1.
 * @param random uniform in [0, 1).
 */
export function backoffMs(failures: number, policy: RetryPolicy, random: number): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (Math.min(failures, 40) - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
