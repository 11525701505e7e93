/**
 * Runs `work` on every item, at most `limit` at once. After the first failure, of a work or of the source of items, nothing
 * new is started and what is under way is let finish (a part that is nearly sent is not thrown away); then that failure is
 * thrown.
 */
export async function runConcurrently<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  let running = 0;
  let onEnd = () => {};
  // Not Promise.race: that would leave one reaction an item on a promise that takes long.
  const oneEnds = () => new Promise<void>((resolve) => (onEnd = resolve));
  const start = async (item: T) => {
    running += 1;
    try {
      await work(item);
    } catch (error) {
      failures.push(error);
    }
    running -= 1;
    onEnd();
  };
  try {
    for await (const item of items) {
      if (failures.length > 0) break;
      void start(item);
      if (running >= limit) await oneEnds();
    }
  } catch (error) {
    failures.push(error);
  }
  while (running > 0) await oneEnds();
  if (failures.length > 0) throw failures[0];
}
