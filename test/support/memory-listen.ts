import type { BucketEvent } from '../../src/core/object-store.ts';
import type { ObjectChange, S3Model } from '../../src/trial/s3/model.ts';

/** The model's changes below a prefix, as a server's stream tells them, until the signal aborts. */
export async function* listenToModel(
  model: S3Model,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<BucketEvent, void, undefined> {
  const events: BucketEvent[] = [{ kind: 'listening' }];
  let wake = () => {};
  const stop = model.onChange((change) => {
    if (change.bucket !== bucket || !change.key.startsWith(prefix)) return;
    events.push(eventOf(change));
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    while (!signal.aborted) {
      const event = events.shift();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}

function eventOf({ key, object }: ObjectChange): BucketEvent {
  return object === undefined ? { kind: 'removed', key } : { kind: 'written', key, etag: object.etag };
}
