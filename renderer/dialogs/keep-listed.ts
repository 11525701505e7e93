import type { RestoreItem } from '../../src/api/index.ts';

/** The paths of each kind that are listed; of the others the sentence tells. */
export const MOST_LISTED = 200;

/** What is held of a preview, which may be of millions: what is listed, and the sums at its end. */
export function keepListed(): (item: RestoreItem) => boolean {
  const counts = new Map<RestoreItem['kind'], number>();
  return ({ kind }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= MOST_LISTED;
  };
}
