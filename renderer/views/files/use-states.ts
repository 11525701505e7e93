import { useState } from 'react';
import type { ItemState, PageItem } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { useLive } from '../../engine/use-live.ts';
import type { Place } from '../../store/types.ts';

/** How the rows in sight stand to their synced folder, kept fresh while it works. */
export function useStates({ account, bucket }: Place, inSight: readonly PageItem[]): ReadonlyMap<string, ItemState> {
  const keys = inSight.map(({ key }) => key);
  const question = keys.length === 0 ? undefined : JSON.stringify([account, bucket, keys]);
  const { data } = useLive(question, async () => {
    const states = await engine().call('object.states', { account, bucket, keys });
    return new Map(states.map((state) => [state.key, state]));
  });
  // While other rows are asked about, those that stay on screen keep what is known of them.
  const [known, setKnown] = useState<ReadonlyMap<string, ItemState>>(new Map());
  if (data !== undefined && data !== known) setKnown(data);
  return data ?? known;
}
