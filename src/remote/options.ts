import type { Clock, Random } from '../core/environment.ts';
import { MAX_COPY_BYTES } from '../core/parts.ts';

const MIB = 1024 * 1024;

/** What a connection needs besides the account. Times in milliseconds, sizes in bytes. */
export interface StoreOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Longest wait for a connection, with its TLS handshake and a proxy's answer. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Longest silence on a connection while an answer or the rest of it is awaited. Default 30,000. */
  readonly inactivityTimeoutMs?: number;
  /** The same for listings, which take servers long on big buckets. Default 120,000. */
  readonly listingTimeoutMs?: number;
  /** The same for requests that move data inside the server (copying, completing an upload). Default 300,000. */
  readonly longTimeoutMs?: number;
  /** A stream of events is asked to show a sign of life so often, in whole seconds. Default 10. */
  readonly eventPingSeconds?: number;
  /** Most connections to the server at a time, streams of events aside. Default 64. */
  readonly maxSockets?: number;
  /** Objects above this size are copied in parts. Default 5 GiB, the most that one request copies. */
  readonly maxCopyBytes?: number;
  /** Part size of such a copy. Default 1 GiB. */
  readonly copyPartBytes?: number;
}

export type ResolvedOptions = Required<StoreOptions>;

/** Fills in the defaults. */
export function resolveOptions(options: StoreOptions): ResolvedOptions {
  return {
    connectTimeoutMs: 10_000,
    inactivityTimeoutMs: 30_000,
    listingTimeoutMs: 120_000,
    longTimeoutMs: 300_000,
    eventPingSeconds: 10,
    maxSockets: 64,
    maxCopyBytes: MAX_COPY_BYTES,
    copyPartBytes: 1024 * MIB,
    ...options,
  };
}
