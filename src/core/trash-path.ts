import { PRIVATE_DIRECTORY } from './paths.ts';

/** Where a root's trash is: a directory for each time that something was put into it, and in that the paths as they were. */
export const TRASH_DIRECTORY = `${PRIVATE_DIRECTORY}/trash`;

const STAMP = /^(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})(\d{2})Z-[a-z2-7]{4}$/;

/**
 * A name for what goes into the trash together: UTC to the second, which every file system can hold and people can read.
 *
 * @param letters four random characters of a-z and 2-7 (as `Random.id` makes them) that keep two of a second apart.
 */
export function trashStamp(nowMs: number, letters: string): string {
  const time = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return `${time.replaceAll(':', '')}-${letters}`;
}

/** When a stamp was made, in milliseconds since 1970, or undefined when it is none. */
export function parseTrashStamp(stamp: string): number | undefined {
  const [, date, hours, minutes, seconds] = STAMP.exec(stamp) ?? [];
  const text = `${date ?? ''}T${hours ?? ''}:${minutes ?? ''}:${seconds ?? ''}.000Z`;
  const timeMs = Date.parse(text);
  // A parser takes the 30th of February for the 2nd of March; what comes back is not what was read.
  return Number.isNaN(timeMs) || new Date(timeMs).toISOString() !== text ? undefined : timeMs;
}

/** The place in the trash for what was at `path`. */
export function trashPath(stamp: string, path: string): string {
  return `${TRASH_DIRECTORY}/${stamp}/${path}`;
}
