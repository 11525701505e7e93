/** How one member of a group came out. */
export type Settled<R> = PromiseSettledResult<R>;

interface Member<I, R> {
  readonly item: I;
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Does work of one kind in groups: what is asked for while a group of its key is at work waits, and is the next group. So many
 * small files share one proof of their directory and one flush of its names, and each is proved after it was asked for.
 *
 * @param run works on a group and tells how each member came out, in order; when it throws, all failed.
 */
export function inGroups<I, R>(
  run: (items: readonly I[]) => Promise<readonly Settled<R>[]>,
): (key: string, item: I) => Promise<R> {
  const waiting = new Map<string, Member<I, R>[]>();
  const work = async (key: string) => {
    for (;;) {
      const members = waiting.get(key) ?? [];
      if (members.length === 0) {
        waiting.delete(key);
        return;
      }
      waiting.set(key, []);
      await settle(members, run);
    }
  };
  return (key, item) =>
    new Promise<R>((resolve, reject) => {
      const next = waiting.get(key);
      const member = { item, resolve, reject };
      if (next !== undefined) {
        next.push(member);
        return;
      }
      waiting.set(key, [member]);
      void work(key);
    });
}

/** Runs `work` on each at once; one that fails stops no other. */
export async function settleEach<I, R>(
  items: readonly I[],
  work: (item: I) => Promise<R>,
): Promise<readonly Settled<R>[]> {
  return Promise.allSettled(items.map(work));
}

async function settle<I, R>(
  members: readonly Member<I, R>[],
  run: (items: readonly I[]) => Promise<readonly Settled<R>[]>,
): Promise<void> {
  try {
    const results = await run(members.map(({ item }) => item));
    for (const [index, { resolve, reject }] of members.entries()) {
      const result = results[index];
      if (result?.status === 'fulfilled') resolve(result.value);
      else reject(result?.reason ?? new Error('A member of a group was left out.'));
    }
  } catch (error) {
    for (const { reject } of members) reject(error);
  }
}
