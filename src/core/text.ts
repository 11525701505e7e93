/** Text in the order and the measure of an S3 server: UTF-8 bytes. */

/** Length of `text` in UTF-8 bytes. A lone surrogate counts as the three bytes of its replacement character. */
export function utf8ByteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isHighSurrogate(unit) && i + 1 < text.length && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

/**
 * Compares as `memcmp` compares the UTF-8 encodings, which is the order of S3 listings and of SQLite's BINARY collation.
 * JavaScript's own order differs only where a surrogate pair (four bytes in UTF-8) meets U+E000..U+FFFF (three bytes).
 *
 * @returns negative, zero or positive, as a sort function does.
 */
export function compareUtf8(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xIsSurrogate = isSurrogate(x);
    if (xIsSurrogate !== isSurrogate(y)) return xIsSurrogate ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

/** Percent-encoding as signature v4 wants it: everything but letters, digits and `-_.~`. */
export function encodePart(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
