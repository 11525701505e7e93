import { useState } from 'react';
import type { PageItem, VersioningState } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { useAnswer } from '../../engine/use-answer.ts';
import { useApp } from '../../store/store.ts';
import type { Place } from '../../store/types.ts';
import { isObject } from './use-file-menu.ts';

/** Whether a bucket keeps versions; undefined while that is not known, or not to be learned. */
export function useVersioning({ account, bucket }: Pick<Place, 'account' | 'bucket'>): VersioningState | undefined {
  const revision = useApp((state) => state.bucketRevision);
  const key = JSON.stringify([account, bucket, revision]);
  const { data } = useAnswer(key, (signal) => engine().call('bucket.versioning', { account, bucket }, signal));
  // While it is asked for again, what is known of it stays: a column that goes and comes back would move all others.
  const [known, setKnown] = useState<VersioningState>();
  if (data !== undefined && data.status !== known) setKnown(data.status);
  return data?.status ?? known;
}

/** How many versions the rows in sight have, where the bucket keeps them. */
export function useVersionCounts(
  { account, bucket, prefix }: Place,
  inSight: readonly PageItem[],
  isKept: boolean,
): ReadonlyMap<string, number> {
  const objects = inSight.filter(isObject);
  const keys = objects.map(({ key }) => key);
  // A new version has a new time.
  const timesMs = objects.reduce((sum, { lastModifiedMs }) => sum + lastModifiedMs, 0);
  const isAsked = isKept && keys.length > 0;
  const question = JSON.stringify([account, bucket, prefix, keys[0], keys.at(-1), keys.length, timesMs]);
  const { data } = useAnswer(isAsked ? question : undefined, async (signal) => {
    const counts = await engine().call('version.counts', { account, bucket, prefix, keys }, signal);
    return new Map(counts.map(({ key, versions }) => [key, versions]));
  });
  // As with the states: nothing goes blank on a scroll.
  const [known, setKnown] = useState<ReadonlyMap<string, number>>(new Map());
  if (data !== undefined && data !== known) setKnown(data);
  return data ?? known;
}
