import type { UploadContext } from '../transfer/index.ts';
import type { Connection } from './connections.ts';
import type { EngineParts } from './engine-parts.ts';

/** What writes need that are for no folder. */
export type WritingParts = Pick<EngineParts, 'environment' | 'state' | 'budget' | 'uploadLimiter'>;

/** For single objects that a person puts, and for what is made for them. */
export function writeContext(
  { environment, state, budget, uploadLimiter }: WritingParts,
  { account, store, requests, uploadNotes }: Connection,
  bucket: string,
): UploadContext {
  // One look before the write is enough where nothing is known of the server.
  const capabilities = state.accounts.capabilities(account.id, bucket) ?? {
    conditionalPut: false,
    conditionalComplete: false,
    conditionalDelete: false,
    partCrc32: false,
  };
  return {
    environment,
    store,
    requests,
    budget,
    limiter: uploadLimiter,
    owner: undefined,
    journal: state.uploads,
    notes: uploadNotes,
    accountId: account.id,
    bucket,
    capabilities,
  };
}
