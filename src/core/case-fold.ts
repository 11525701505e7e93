/**
 * Names that differ only in capital and small letters, folded to one. The same everywhere: no locale, no disk.
 *
 * JavaScript has no case folding of its own; capitals and back comes close. It folds what some disks keep apart (`ß` and `ss`,
 * `ſ` and `s`, `ς` and `σ`) and knows the letters of its own Unicode version. So it only ever says which names may be one: the
 * disk has the last word, see `engine/disk-names`.
 */
export function foldCase(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/**
 * The first part of `path` that another spelling holds already, as that one spells it; undefined where all of it is new or
 * spelled alike. `Dir/x` meets `dir/y` in its directory.
 *
 * @param held segments, from the root on.
 */
export function heldSpelling(path: string, held: readonly string[]): string | undefined {
  const segments = path.split('/');
  for (const [index, segment] of segments.entries()) {
    const other = held[index];
    if (other === undefined || foldCase(other) !== foldCase(segment)) return undefined;
    if (other !== segment) return held.slice(0, index + 1).join('/');
  }
  return undefined;
}
