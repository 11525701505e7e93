/**
 * The items of `source` until `signal` is raised, even if the source itself does not notice it. Ends quietly then; the
 * source is told to end, but not waited for.
 */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<'aborted'>();
  const onAbort = () => aborted.resolve('aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    for (;;) {
      const next = iterator.next();
      const result = await Promise.race([next, aborted.promise]);
      if (result === 'aborted') {
        // It fails with the reason of the signal, which its owner knows.
        next.catch(() => undefined);
        return;
      }
      if (result.done === true) return;
      yield result.value;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    iterator.return?.().catch(() => undefined);
  }
}
