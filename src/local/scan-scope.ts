/**
 * Which part of a tree a scan is about: everything, or some of the names in a directory, each with its own scope. An
 * empty map is a path that is asked for with nothing below it, which can not be: leaves are `EVERYTHING`.
 */
export type ScanScope = typeof EVERYTHING | ReadonlyMap<string, ScanScope>;

export const EVERYTHING = 'everything';

type MutableScope = Map<string, typeof EVERYTHING | MutableScope>;

/** The scope that covers these NFC paths and all below them; `''` covers everything. */
export function scopeOf(paths: readonly string[]): ScanScope {
  const scope: MutableScope = new Map();
  for (const path of paths) {
    if (path === '') return EVERYTHING;
    addPath(scope, path.split('/'));
  }
  return scope;
}

/** What of the scope lies in the entry called `name`, or undefined when the scan is not about it. */
export function scopeBelow(scope: ScanScope, name: string): ScanScope | undefined {
  return scope === EVERYTHING ? EVERYTHING : scope.get(name);
}

function addPath(scope: MutableScope, segments: readonly string[]): void {
  let current = scope;
  for (const [index, segment] of segments.entries()) {
    const below = current.get(segment);
    if (below === EVERYTHING) return;
    if (index === segments.length - 1) {
      current.set(segment, EVERYTHING);
      return;
    }
    const next: MutableScope = below ?? new Map<string, typeof EVERYTHING | MutableScope>();
    if (below === undefined) current.set(segment, next);
    current = next;
  }
}
