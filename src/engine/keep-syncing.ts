import type { Client } from '../api/index.ts';
import { hasCode } from '../core/errors.ts';

/** Syncs in this process, or watches the engine that syncs in another one and takes over when that ends. */
export async function keepSyncing(client: Client, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.call('sync.start', { ids: [] }, signal);
      await ended(client.stream('status.watch', {}, signal));
    } catch (error) {
      if (!hasCode(error, 'engine-lost', 'cancelled')) throw error;
    }
  }
}

async function ended(stream: AsyncIterable<unknown>): Promise<void> {
  const items = stream[Symbol.asyncIterator]();
  while ((await items.next()).done !== true);
}
