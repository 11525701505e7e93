/**
 * Calls of the same key share one run while it lasts: a scan proves a directory once for 64 of its files, and
 * files that go into a new directory side by side make it once.
 */
export function shareWhileRunning<A extends readonly unknown[], T>(
  keyOf: (...args: A) => string,
  run: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  return (...args) => {
    const key = keyOf(...args);
    const shared = running.get(key) ?? run(...args).finally(() => running.delete(key));
    running.set(key, shared);
    return shared;
  };
}
