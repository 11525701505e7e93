import { useCallback, useEffect, useRef, useState } from 'react';
import { asSyncError, type SyncError } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { joined, type Level, type Size } from './kept.ts';

/** Paths that are added up with one question, so that the first sizes show soon. */
const SIZES_AT_ONCE = 4;

export interface Levels {
  readonly levels: ReadonlyMap<string, Level>;
  readonly sizes: ReadonlyMap<string, Size>;
  readonly error: SyncError | undefined;
  /** Reads what is in a directory, and after it how large its directories are. */
  readonly open: (path: string) => void;
}

/** The levels of a folder that were opened, and the sizes of what is in them. */
export function useLevels(folderId: string): Levels {
  const [levels, setLevels] = useState<ReadonlyMap<string, Level>>(new Map());
  const [sizes, setSizes] = useState<ReadonlyMap<string, Size>>(new Map());
  const [error, setError] = useState<SyncError>();
  const end = useRef(new AbortController());
  const asked = useRef(new Set<string>());
  const open = useCallback(
    (path: string) => {
      if (asked.current.has(path)) return;
      asked.current.add(path);
      const { signal } = end.current;
      const read = async () => {
        const level = await engine().call('folder.level', { id: folderId, path }, signal);
        setLevels((old) => new Map(old).set(path, level));
        const paths = level.directories.map((name) => joined(path, name));
        for (let from = 0; from < paths.length; from += SIZES_AT_ONCE) {
          const some = paths.slice(from, from + SIZES_AT_ONCE);
          const found = await engine().call('folder.sizes', { id: folderId, paths: some }, signal);
          setSizes((old) => new Map([...old, ...found.map((size) => [size.path, size] as const)]));
        }
      };
      read().catch((thrown: unknown) => {
        // Opening it again asks again.
        asked.current.delete(path);
        if (!signal.aborted) setError(asSyncError(thrown));
      });
    },
    [folderId],
  );
  useEffect(() => {
    const own = new AbortController();
    end.current = own;
    asked.current.clear();
    open('');
    return () => own.abort(new DOMException('Closed', 'AbortError'));
  }, [open]);
  return { levels, sizes, error, open };
}
