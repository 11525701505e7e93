import { SyncError } from '../core/errors.ts';
import type { Client } from './client.ts';
import type { StreamInput } from './contract.ts';
import type { ShareInfo, ShareStep } from './share-schemas.ts';

/** For so long a link works where nobody said for how long. */
export const USUAL_SHARE_SECONDS = 24 * 3_600;

/** What happens before the link is there. */
export type ShareProgress = Exclude<ShareStep, { kind: 'made' }>;

/**
 * Makes a link, however long that takes. The signal calls it off.
 *
 * @throws SyncError what `share.make` does; engine-lost when the engine ended before the link was there.
 */
export async function makeShare(
  client: Pick<Client, 'stream'>,
  input: StreamInput<'share.make'>,
  signal?: AbortSignal,
  onProgress?: (step: ShareProgress) => void,
): Promise<ShareInfo> {
  for await (const step of client.stream('share.make', input, signal)) {
    if (step.kind === 'made') return step.share;
    onProgress?.(step);
  }
  signal?.throwIfAborted();
  throw new SyncError({
    code: 'engine-lost',
    message: 'RustFS Sync ended before the link was made.',
    advice: 'Try again.',
  });
}
