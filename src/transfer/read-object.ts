import { hasCode, SyncError } from '../core/errors.ts';
import { hexOfBytes, isContentMd5 } from '../core/etag.ts';
import type { GetRequest, GetResult, ListedObject } from '../core/object-store.ts';
import type { TransferContext } from './context.ts';

/** So much of an object is asked for at once. */
const RANGE_BYTES = 4 * 1024 * 1024;
/** Ranges that are fetched or wait to be read: enough to hide the way to the server from whoever reads many small files. */
const RANGES_AHEAD = 4;

/** What reading objects needs. */
export type ReadContext = Pick<TransferContext, 'environment' | 'store' | 'requests' | 'limiter' | 'bucket'>;

type Wanted = Pick<ListedObject, 'key' | 'etag' | 'sizeBytes'>;

interface Range {
  readonly object: Wanted;
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * Reads objects one after the other, a little ahead of whoever takes their content. Where an answer breaks off, the rest is
 * asked for, of the same object still; a server that is away is waited for.
 *
 * @returns what gives the content of the next object, in the order of `objects`. Each must be read to its end.
 * @throws SyncError precondition-failed, no-such-key when an object is not as listed; bad-digest when its content is not
 * what its ETag says.
 */
export function readObjects(
  context: ReadContext,
  objects: readonly Wanted[],
  signal: AbortSignal,
): (object: Wanted) => AsyncGenerator<Uint8Array, void, undefined> {
  const answers = inOrder(rangesOf(objects), RANGES_AHEAD, (range) => readRange(context, range, signal));
  return async function* next(object) {
    const hash = context.environment.hash.startMd5();
    let isEncrypted = false;
    for (let doneBytes = 0; doneBytes < object.sizeBytes;) {
      const answer = await answers.next();
      if (answer.done === true) throw new Error('Objects are read in another order than they were given in.');
      const { bytes, encrypted } = answer.value;
      isEncrypted ||= encrypted;
      hash.update(bytes);
      yield bytes;
      doneBytes += bytes.length;
    }
    const md5 = hexOfBytes(hash.digest());
    if (isContentMd5(object.etag) && !isEncrypted && md5 !== object.etag) throw damaged(object, `MD5 ${md5}`);
  };
}

function* rangesOf(objects: readonly Wanted[]): Generator<Range> {
  for (const object of objects) {
    for (let offset = 0; offset < object.sizeBytes; offset += RANGE_BYTES) {
      yield { object, offset, sizeBytes: Math.min(RANGE_BYTES, object.sizeBytes - offset) };
    }
  }
}

/** Works on a few items at once, and gives the results in the order of the items. */
async function* inOrder<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const begun: Promise<R>[] = [];
  for (const item of items) {
    const result = work(item);
    // Thrown when its turn comes, if it comes.
    result.catch(() => undefined);
    begun.push(result);
    const first = begun.length < limit ? undefined : begun.shift();
    if (first !== undefined) yield await first;
  }
  for (const result of begun) yield await result;
}

async function readRange(context: ReadContext, { object, offset, sizeBytes }: Range, signal: AbortSignal) {
  const { store, requests, limiter, bucket } = context;
  const bytes = new Uint8Array(sizeBytes);
  let received = 0;
  let encrypted = false;
  await requests.run(async (onAnswer) => {
    const rest = { offset: offset + received, sizeBytes: sizeBytes - received };
    const { key, etag } = object;
    const { body, ...head } = await getSame(store, { bucket, key, etag, range: rest }, signal);
    onAnswer();
    encrypted = head.encrypted;
    for await (const chunk of body) {
      if (limiter.limited) await limiter.take(chunk.length, signal);
      if (received + chunk.length > sizeBytes) throw damaged(object, 'more bytes than were asked for');
      bytes.set(chunk, received);
      received += chunk.length;
      body.release?.(chunk);
    }
    if (received < sizeBytes) throw damaged(object, 'fewer bytes than were asked for');
  }, signal);
  return { bytes, encrypted };
}

/** Gets an object of this ETag, or a range of it, also from a server that does not look at the condition. @throws precondition-failed */
export async function getSame(
  store: ReadContext['store'],
  request: GetRequest & Required<Pick<GetRequest, 'etag'>>,
  signal: AbortSignal,
): Promise<GetResult> {
  const answer = await store.get(request, signal);
  if (answer.etag === request.etag) return answer;
  await answer.body[Symbol.asyncIterator]().return?.();
  throw moved(request);
}

/** Whether an error says that an object is not what was listed. */
export function hasMoved(error: unknown): boolean {
  return hasCode(error, 'precondition-failed', 'no-such-key');
}

/** As a server says it that honours conditions. */
function moved({ key }: Pick<Wanted, 'key'>): SyncError {
  return new SyncError({
    code: 'precondition-failed',
    message: `${key} is not what it was when it was listed.`,
    advice: 'Try again.',
  });
}

/** The error of a content that is not what its server says of it. */
export function damaged({ key }: Pick<Wanted, 'key'>, detail: string): SyncError {
  return new SyncError({
    code: 'bad-digest',
    message: `What came of ${key} is not what the server holds.`,
    advice: 'Try again. If it goes on, check the disk of the server and the network in between.',
    retryable: true,
    detail,
  });
}
