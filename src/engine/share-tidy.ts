import type { Timer } from '../core/environment.ts';
import { asSyncError, hasCode } from '../core/errors.ts';
import type { EngineParts } from './engine-parts.ts';
import { removeMade } from './share-folder.ts';

/** What has expired is looked for so often. */
const TIDY_EVERY_MS = 3_600_000;

/** Forgets links that have expired, and removes what was made in buckets for them. */
export class ShareTidy {
  readonly #parts: EngineParts;
  readonly #isBeingMade: (id: number) => boolean;
  readonly #ending = new AbortController();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;

  /** @param isBeingMade tells what this process is at from what an earlier one left behind. */
  constructor(parts: EngineParts, isBeingMade: (id: number) => boolean) {
    this.#parts = parts;
    this.#isBeingMade = isBeingMade;
  }

  /** Now and every hour, until it is stopped. Starting twice is starting once. */
  start(): void {
    if (this.#timer !== undefined || this.#ending.signal.aborted) return;
    this.#running = this.tidy(this.#ending.signal).catch((error: unknown) => {
      if (!hasCode(error, 'cancelled'))
        this.#parts.environment.log.warn('Expired links could not be tidied', whatFailed(error));
    });
    this.#timer = this.#parts.environment.clock.timer(TIDY_EVERY_MS, () => {
      this.#timer = undefined;
      this.start();
    });
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    this.#timer?.cancel();
    await this.#running;
  }

  /** One round. What can not be removed now stays in the ledger, and the next round tries again. */
  async tidy(signal: AbortSignal): Promise<void> {
    const { state, environment, connections } = this.#parts;
    // Asked of all of them now: what is being made may be whole when its turn comes, and the row that was read of it is old then.
    const over = state.shares.over(environment.clock.now()).filter(({ id }) => !this.#isBeingMade(id));
    for (const share of over) {
      try {
        if (share.folder !== undefined)
          await removeMade(await connections.byId(share.accountId, signal), share, signal);
        state.shares.delete(share.id);
      } catch (error) {
        if (signal.aborted) return;
        environment.log.warn('What was made for an expired link could not be removed', whatFailed(error));
      }
    }
  }
}

function whatFailed(thrown: unknown): Record<string, string> {
  const { code, message } = asSyncError(thrown);
  return { code, reason: message };
}
