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
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const onAbort = () => aborted.reject(cancelled(`The upload of ${key}`));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const source = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await Promise.race([source.next(), aborted.promise]);
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // A source that waits for its next chunk would keep us waiting too; it is told, and left to itself.
    void source.return?.();
  }
}
