import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';

/**
 * A path that nothing is at, named as the object is. The engine does not overwrite what appears there meanwhile.
 *
 * @param isPromised whether something else will be there.
 */
export function freePath(directory: string, key: string, isPromised: (path: string) => boolean): string {
  // Every system's separators and forbidden letters; a name of dots alone would lead elsewhere.
  const wished = (key.split('/').findLast((part) => part !== '') ?? '').replace(/[\\/:*?"<>|\p{Cc}]/gu, '_');
  const { name, ext } = parse(/^\.*$/.test(wished) ? 'download' : wished);
  for (let number = 0; ; number++) {
    const path = join(directory, number === 0 ? `${name}${ext}` : `${name} (${number})${ext}`);
    if (!isPromised(path) && !existsSync(path)) return path;
  }
}
