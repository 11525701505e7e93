import { useMemo } from 'react';
import { useApp } from './store.ts';

/** The names of the synced folders by their ids. The same map until one of them changes, whatever the folders do. */
export function useFolderNames(): ReadonlyMap<string, string> {
  const roots = useApp(({ status }) =>
    JSON.stringify((status?.folders ?? []).map(({ folder }) => [folder.id, folder.localRoot])),
  );
  return useMemo(() => {
    const known = JSON.parse(roots) as [id: string, localRoot: string][];
    return new Map(known.map(([id, localRoot]) => [id, nameOfPath(localRoot)]));
  }, [roots]);
}

/** The last name in a path. */
export function nameOfPath(path: string): string {
  return (
    path
      .split(/[/\\]/)
      .filter((name) => name !== '')
      .at(-1) ?? path
  );
}
