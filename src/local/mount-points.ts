import { readFileSync } from 'node:fs';

/** So long what was read of them is believed, in milliseconds: a scan asks for each directory. */
const BELIEVED_FOR_MS = 1_000;

let points: ReadonlySet<string> = new Set();
let readMs = Number.NEGATIVE_INFINITY;

/**
 * Whether something is mounted at a directory or a file. Where it is of the same disk and bound to this place, only this tells:
 * it has the number of that disk.
 *
 * @param native with all links resolved. Always false where the system does not tell in /proc.
 */
export function isMountPoint(native: string): boolean {
  const nowMs = performance.now();
  if (nowMs - readMs >= BELIEVED_FOR_MS) {
    points = readMountPoints();
    readMs = nowMs;
  }
  return points.has(native);
}

function readMountPoints(): ReadonlySet<string> {
  try {
    return parseMountPoints(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return new Set();
  }
}

/** The fifth field of each line is where it is mounted, with blanks and the like as octal numbers of bytes. */
export function parseMountPoints(mountinfo: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const line of mountinfo.split('\n')) {
    const point = line.split(' ')[4];
    if (point !== undefined) found.add(point.replace(/\\([0-7]{3})/g, (_, octal: string) => charOf(octal)));
  }
  return found;
}

function charOf(octal: string): string {
  return String.fromCharCode(Number.parseInt(octal, 8));
}
