import type { ServerCapabilities } from '../core/object-store.ts';
import type { UploadContext } from '../transfer/index.ts';
import type { Connection } from './connections.ts';
import type { EngineParts } from './engine-parts.ts';

/** Of a server of which nothing is known: one look before each write is enough. */
export const HONOURS_NOTHING: ServerCapabilities = {
  conditionalPut: false,
  conditionalComplete: false,
  conditionalDelete: false,
  partCrc32: false,
};

/** What writes need that are for no folder. */
export type WritingParts = Pick<EngineParts, 'environment' | 'state' | 'budget' | 'uploadLimiter'>;

/** For single objects that a person puts, and for what is made for them. */
export function writeContext(
  { environment, state, budget, uploadLimiter }: WritingParts,
  { account, store, requests, uploadNotes }: Connection,
  bucket: string,
): UploadContext {
  return {
    environment,
    store,
    requests,
    budget,
    limiter: uploadLimiter,
    owner: undefined,
    journal: state.uploads,
    // What a person puts may lie anywhere: it is believed.
    keepsExecutable: async () => true,
    notes: uploadNotes,
    accountId: account.id,
    bucket,
    capabilities: state.accounts.capabilities(account.id, bucket) ?? HONOURS_NOTHING,
  };
}
