import type { RemoteEntry } from '../core/entries.ts';
import type { ListedObject } from '../core/object-store.ts';
import { pathOfKey, type NameProblem } from '../core/paths.ts';

/** A key that no path on disk can stand for. */
export interface RefusedKey {
  readonly key: string;
  readonly problem: NameProblem | 'not-nfc';
}

/** A listing as the remote tree of a folder: our own keys left out, refused keys told and left out. */
export async function* remoteTree(
  objects: AsyncIterable<ListedObject>,
  prefix: string,
  onRefused: (refused: RefusedKey) => void,
): AsyncGenerator<RemoteEntry, void, undefined> {
  for await (const { key, sizeBytes, etag } of objects) {
    const listed = pathOfKey(prefix, key);
    if (listed.kind === 'path') yield { path: listed.path, sizeBytes, etag };
    else if (listed.kind === 'refused') onRefused({ key, problem: listed.problem });
  }
}
