import { IGNORE_FILE, type PathFilter } from './filters.ts';
import { isBelow, PRIVATE_DIRECTORY, parseRelativePath, withoutNested } from './paths.ts';
import { compareUtf8 } from './text.ts';

/**
 * Selective sync: the part of a folder that is kept on this computer. Paths that are not chosen are to both sides as if an
 * ignore rule left them out, so that nothing about them reads as a deletion.
 */

/** Paths as a person gives them, in one spelling: NFC, in order, none below another; or the one that can be none. */
export function parseChosen(
  paths: readonly string[],
): { readonly chosen: readonly string[] } | { readonly refused: string } {
  const parsed = new Set<string>();
  for (const text of paths) {
    const path = parseRelativePath(text.replace(/\/+$/, ''));
    if (path === undefined || path.split('/')[0] === PRIVATE_DIRECTORY) return { refused: text };
    parsed.add(path);
  }
  return { chosen: withoutNested(parsed).sort(compareUtf8) };
}

/** Whether a path is chosen, by itself or with a directory above it. The ignore rules always are: all else depends on them. */
export function isChosen(chosen: readonly string[], path: string): boolean {
  return path === IGNORE_FILE || isInChosen(chosen, path);
}

/** A directory of the name of the ignore rules is one like any other. */
function isInChosen(chosen: readonly string[], path: string): boolean {
  return chosen.some((one) => path === one || isBelow(path, one));
}

/** The filter of a folder of which only a part is kept here. Leaves out what the whole folder's does, and what is not chosen. */
export function onlyChosen(filter: PathFilter, chosen: readonly string[]): PathFilter {
  const holdsChosen = (directory: string) => chosen.some((one) => isBelow(one, directory));
  return {
    ignoresFile: (path) => !isChosen(chosen, path) || filter.ignoresFile(path),
    ignoresDirectory: (path) => !(isInChosen(chosen, path) || holdsChosen(path)) || filter.ignoresDirectory(path),
  };
}

/** The other part of the folder: what is not chosen and no rule leaves out. */
export function onlyUnchosen(filter: PathFilter, chosen: readonly string[]): PathFilter {
  return {
    ignoresFile: (path) => isChosen(chosen, path) || filter.ignoresFile(path),
    ignoresDirectory: (path) => isInChosen(chosen, path) || filter.ignoresDirectory(path),
  };
}
