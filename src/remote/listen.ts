import { SyncError } from '../core/errors.ts';
import type { BucketEvent } from '../core/object-store.ts';
import type { Connection } from './connection.ts';
import { eventsOf, linesOf, NotEventsError } from './event-lines.ts';
import { until } from './until.ts';

/**
 * The server's stream of changes below a prefix: RustFS's and MinIO's answer to a GET that never ends. A silence of a few
 * missed signs of life ends it with an error.
 *
 * @throws SyncError not-supported, access-denied, no-such-bucket, timeout, unreachable
 */
export async function* listen(
  connection: Connection,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<BucketEvent, void, undefined> {
  const doing = { action: 'ListenBucketNotification', bucket } as const;
  const query = {
    events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
    prefix: comparablePart(prefix),
    suffix: '',
    ping: String(connection.options.eventPingSeconds),
  };
  const options = until(signal, { answer: 'object', patience: 'events' });
  const { body, headers } = await connection.raw(doing, { method: 'GET', bucket, query, headers: {} }, options);
  if (body instanceof Uint8Array) throw noStream(bucket, 'The answer has an end.');
  try {
    // A server that does not know the call takes it for a listing and answers XML; a proxy may answer a page.
    const type = headers['content-type'] ?? '';
    if (/xml|html/i.test(type)) throw noStream(bucket, `The answer is of the type ${type}.`);
    yield { kind: 'listening' };
    for await (const line of linesOf(body as AsyncIterable<Uint8Array>)) {
      for (const event of eventsOf(line)) {
        if (event.kind !== 'listening' && event.key.startsWith(prefix)) yield event;
      }
    }
  } catch (error) {
    throw error instanceof NotEventsError ? noStream(bucket, error.message) : await connection.explain(error, doing);
  } finally {
    body.destroy();
  }
}

/** RustFS compares a prefix with keys in which a blank is still a plus. What is cut off here is compared by us. */
function comparablePart(prefix: string): string {
  const blank = prefix.indexOf(' ');
  return blank < 0 ? prefix : prefix.slice(0, blank);
}

function noStream(bucket: string, detail: string): SyncError {
  return new SyncError({
    code: 'not-supported',
    message: `The server has no stream of changes in the bucket "${bucket}".`,
    advice: 'Nothing to do: the bucket is listed now and then instead.',
    detail,
  });
}
