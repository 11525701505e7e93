import { cancelled } from '../core/errors.ts';

/** A piece of a stream, with memory of its own. */
export interface GatheredPart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isLast: boolean;
}

/** A stream in parts of one size; the last one is shorter, and empty where the stream is. */
export async function* gathered(
  body: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<GatheredPart, void, undefined> {
  let bytes = new Uint8Array(sizeBytes);
  let filled = 0;
  for await (const chunk of body) {
    for (let rest = chunk; rest.length > 0;) {
      // Only now is it known that the full part is not the last.
      if (filled === sizeBytes) {
        yield { bytes, isLast: false };
        bytes = new Uint8Array(sizeBytes);
        filled = 0;
      }
      const taken = rest.subarray(0, sizeBytes - filled);
      bytes.set(taken, filled);
      filled += taken.length;
      rest = rest.subarray(taken.length);
    }
  }
  yield { bytes: filled === sizeBytes ? bytes : bytes.slice(0, filled), isLast: true };
}

/** A stream that ends with an error when the signal fires, also while it waits for its next piece. */
export async function* untilAborted(
  body: AsyncIterable<Uint8Array>,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = body[Symbol.asyncIterator]();
  let stopWaiting: (error: unknown) => void = () => undefined;
  const onAbort = () => stopWaiting(cancelled(`The upload of ${key}`));
  signal.addEventListener('abort', onAbort, { once: true });
  // Not Promise.race with one promise for the signal: it would keep every piece until the end of the stream.
  const next = () =>
    new Promise<IteratorResult<Uint8Array, unknown>>((resolve, reject) => {
      stopWaiting = reject;
      if (signal.aborted) onAbort();
      else source.next().then(resolve, reject);
    });
  try {
    for (;;) {
      const step = await next();
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // A source that waits for its next chunk would keep us waiting too; it is told, and left to itself. How it ends changes nothing.
    source.return?.().catch(() => undefined);
  }
}
