import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { asSyncError, type AccountInfo, type SyncError } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useRetry } from '../engine/use-retry.ts';
import { placeId, useApp } from '../store/store.ts';
import type { Place } from '../store/types.ts';

/** A line of the tree. */
export interface TreeNode {
  readonly id: string;
  readonly kind: 'account' | 'bucket' | 'prefix' | 'error' | 'empty' | 'loading';
  readonly name: string;
  readonly account: string;
  /** Of a bucket or a prefix. */
  readonly place?: Place;
  readonly children: readonly TreeNode[];
}

type Loaded = { readonly nodes: readonly Omit<TreeNode, 'children'>[] } | { readonly error: SyncError };

function accountId(account: string): string {
  return JSON.stringify([account]);
}

/** The accounts with what was opened below them; children are asked for when their parent opens. */
export function useTreeData(
  accounts: readonly AccountInfo[],
  expanded: ReadonlySet<string>,
  words: { readonly loading: string; readonly empty: string; errorOf(error: SyncError): string },
): readonly TreeNode[] {
  const bucketRevision = useApp((state) => state.bucketRevision);
  const [loaded, setLoaded] = useState<ReadonlyMap<string, Loaded>>(new Map());
  const asked = useRef(new Map<string, number>());
  const [retries, setRetries] = useState(0);
  const failures = [...loaded].flatMap(([id, level]) => (expanded.has(id) && 'error' in level ? [level.error] : []));
  useRetry(
    // One that is for good must not keep the others from being tried again.
    failures.find(({ retryable }) => retryable),
    useCallback(() => setRetries((count) => count + 1), []),
  );
  useEffect(() => {
    for (const id of expanded) {
      if (asked.current.get(id) === bucketRevision) continue;
      asked.current.set(id, bucketRevision);
      const settle = (level: Loaded) => {
        // Asked for again meanwhile: this is what was there before.
        if (asked.current.get(id) !== bucketRevision) return;
        // It is asked for again when it is opened again, or by itself.
        if ('error' in level) asked.current.delete(id);
        setLoaded((old) => new Map(old).set(id, level));
      };
      childrenOf(JSON.parse(id) as string[]).then(
        (nodes) => settle({ nodes }),
        (error: unknown) => settle({ error: asSyncError(error) }),
      );
    }
  }, [expanded, bucketRevision, retries]);
  return useMemo(() => {
    const below = (id: string, account: string): readonly TreeNode[] => {
      const children = loaded.get(id);
      const only = (kind: TreeNode['kind'], name: string) => [
        { id: `${id}#${kind}`, kind, name, account, children: [] },
      ];
      if (children === undefined) return only('loading', words.loading);
      if ('error' in children) return only('error', words.errorOf(children.error));
      if (children.nodes.length === 0) return only('empty', words.empty);
      return children.nodes.map((node) => ({ ...node, children: below(node.id, account) }));
    };
    return accounts.map(({ name }) => {
      const id = accountId(name);
      return { id, kind: 'account' as const, name, account: name, children: below(id, name) };
    });
  }, [accounts, loaded, words]);
}

/** Prefixes of one level that the tree shows; the list on the right has all. */
const MOST_PAGES = 5;

async function childrenOf([account = '', bucket, prefix = '']: readonly string[]): Promise<
  Omit<TreeNode, 'children'>[]
> {
  if (bucket === undefined) {
    const buckets = await engine().call('bucket.list', { account });
    return buckets.map(({ name }) => {
      const place = { account, bucket: name, prefix: '' };
      return { id: placeId(place), kind: 'bucket', name, account, place };
    });
  }
  const prefixes: string[] = [];
  let next: { token: string; after: string } | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const listed = await engine().call('object.page', { account, bucket, prefix, ...(next !== undefined && { next }) });
    for (const item of listed.items) if (item.kind === 'prefix') prefixes.push(item.key);
    next = listed.next;
    if (next === undefined) break;
  }
  return prefixes.map((key) => {
    const place = { account, bucket, prefix: key };
    return { id: placeId(place), kind: 'prefix', name: key.slice(prefix.length, -1), account, place };
  });
}
