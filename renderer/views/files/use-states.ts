import { useCallback, useState } from 'react';
import type { ItemState, PageItem } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { useLive } from '../../engine/use-live.ts';
import type { Place } from '../../store/types.ts';

/** So many more rows than are in sight are asked about, so that a short scroll shows no gap. */
const MARGIN_ROWS = 40;
const MOST_KEYS = 500;

/** How the rows in sight stand to their synced folder, kept fresh while it works. */
export function useStates(
  { account, bucket }: Place,
  items: readonly PageItem[],
): { readonly states: ReadonlyMap<string, ItemState>; readonly onRange: (first: number, last: number) => void } {
  const [range, setRange] = useState({ first: 0, last: 60 });
  const onRange = useCallback((first: number, last: number) => {
    setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
  }, []);
  const start = Math.max(0, range.first - MARGIN_ROWS);
  const keys = items.slice(start, Math.min(start + MOST_KEYS, range.last + MARGIN_ROWS)).map(({ key }) => key);
  const question = keys.length === 0 ? undefined : JSON.stringify([account, bucket, keys[0], keys.at(-1), keys.length]);
  const { data } = useLive(question, async () => {
    const states = await engine().call('object.states', { account, bucket, keys });
    return new Map(states.map((state) => [state.key, state]));
  });
  // While other rows are asked about, those that stay on screen keep what is known of them.
  const [known, setKnown] = useState<ReadonlyMap<string, ItemState>>(new Map());
  if (data !== undefined && data !== known) setKnown(data);
  return { states: data ?? known, onRange };
}
