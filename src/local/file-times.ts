const NS_PER_SECOND = 1_000_000_000n;

/** A modification time as Node can set it. */
export interface SettableTime {
  /**
   * Seconds since 1970 as text, for `FileHandle.utimes`: of a number below zero Node makes the current time, of a text not.
   */
  readonly seconds: string;
  /** What a disk that keeps nanoseconds then holds. */
  readonly mtimeNs: bigint;
}

/**
 * The first time at or after `mtimeNs` that Node can set.
 *
 * Node hands a time to the system as seconds in a double, which leaves steps of 238 ns until 2038 and of 477 ns until 2106;
 * libuv (1.52) cuts what is left to whole nanoseconds. A whole second is exact. The next step up is taken, never the one
 * down: a time in whole micro- or milliseconds then still reads as the same one where it is cut to them.
 */
export function settableTime(mtimeNs: bigint): SettableTime {
  let seconds = Number(mtimeNs) / 1e9;
  // Dividing rounds twice, so the start may lie on either side; a step is at least as large as that error.
  const step = stepAt(seconds);
  while (heldNs(seconds) >= mtimeNs && heldNs(seconds - step) >= mtimeNs) seconds -= step;
  while (heldNs(seconds) < mtimeNs) seconds += step;
  return { seconds: String(seconds), mtimeNs: heldNs(seconds) };
}

/** What libuv makes of a double: seconds, and the fraction cut to nanoseconds towards zero. */
function heldNs(seconds: number): bigint {
  const whole = Math.trunc(seconds);
  return BigInt(whole) * NS_PER_SECOND + BigInt(Math.trunc((seconds - whole) * 1e9));
}

/** Distance to the next double of the same magnitude, but no less than half a nanosecond. */
function stepAt(seconds: number): number {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(seconds), 1)));
  return Math.max(2 ** (exponent - 52), 2 ** -31);
}
