/**
 * What of a folder is kept on a computer: paths, and all below them; none of them below another. The empty path is the
 * folder itself, and so everything.
 */
export type Kept = readonly string[];

export const EVERYTHING: Kept = [''];

/** A level that was read: its directories, and the files beside them. */
export interface Level {
  readonly directories: readonly string[];
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[];
  /** Only then can a part of it be left out. */
  readonly isComplete: boolean;
}

export type Share = 'all' | 'some' | 'none';

export function joined(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

export function shareOf(kept: Kept, path: string): Share {
  if (kept.some((one) => isWithin(path, one))) return 'all';
  return kept.some((one) => isWithin(one, path)) ? 'some' : 'none';
}

/** All files of one level together. */
export function shareOfFiles(kept: Kept, directory: string, level: Level): Share {
  const shares = level.files.map(({ name }) => shareOf(kept, joined(directory, name)));
  if (shares.every((share) => share === 'all')) return 'all';
  return shares.every((share) => share === 'none') ? 'none' : 'some';
}

/** Keeps these paths too. */
export function keep(kept: Kept, paths: readonly string[]): Kept {
  const others = kept.filter((one) => !paths.some((path) => isWithin(one, path)));
  return [...others, ...paths.filter((path) => shareOf(others, path) !== 'all')];
}

/**
 * Whether a part of what is directly in a directory can be left out. What is kept with a directory above would then be kept
 * as what is in it, level by level: of one that is not known as a whole, the rest would go unseen.
 */
export function canBeSplit(kept: Kept, directory: string, levels: ReadonlyMap<string, Level>): boolean {
  const above = kept.find((one) => isWithin(directory, one));
  if (above === undefined) return true;
  for (let path = directory; ; path = path.slice(0, Math.max(0, path.lastIndexOf('/')))) {
    if (levels.get(path)?.isComplete !== true) return false;
    if (path === above) return true;
  }
}

/**
 * Keeps these paths no more. Where they went with a directory above them, that one is kept as what else is in it: so what
 * comes to be in it later is not kept by itself.
 *
 * @param levels what was read; the levels above the paths must be in it, as a whole: see `canBeSplit`.
 */
export function leaveOut(kept: Kept, paths: readonly string[], levels: ReadonlyMap<string, Level>): Kept {
  return paths.reduce((rest, path) => leaveOutOne(rest, path, levels), kept);
}

function leaveOutOne(kept: Kept, path: string, levels: ReadonlyMap<string, Level>): Kept {
  const above = kept.find((one) => one !== path && isWithin(path, one));
  if (above === undefined) return kept.filter((one) => !isWithin(one, path));
  const { directories, files } = levels.get(above) ?? { directories: [], files: [] };
  const inside = [...directories, ...files.map(({ name }) => name)].map((name) => joined(above, name));
  return leaveOutOne([...kept.filter((one) => one !== above), ...inside], path, levels);
}

/** Whether a path is another one, or below it. */
function isWithin(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`);
}

/** What is known of the size of a path. */
export interface Size {
  readonly files: number;
  readonly bytes: number;
  /** Else there is more. */
  readonly isComplete: boolean;
}

/** What would be kept, as far as it is known; undefined while a part of it is not. */
export function keptBytes(
  kept: Kept,
  directory: string,
  levels: ReadonlyMap<string, Level>,
  sizes: ReadonlyMap<string, Size>,
): number | undefined {
  const share = shareOf(kept, directory);
  if (share === 'none') return 0;
  if (share === 'all' && directory !== '') return sizes.get(directory)?.bytes;
  const level = levels.get(directory);
  if (level === undefined) return undefined;
  const files = level.files.filter(({ name }) => shareOf(kept, joined(directory, name)) === 'all');
  let bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const name of level.directories) {
    const below = keptBytes(kept, joined(directory, name), levels, sizes);
    if (below === undefined) return undefined;
    bytes += below;
  }
  return bytes;
}
