/** MD5 of some bytes, 16 bytes long. Given by the caller, since this room has no Node in it. */
export type Md5 = (bytes: Uint8Array) => Uint8Array;

/** The ETag without its quotes and without the weak mark. */
export function unquoteEtag(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"|"$/g, '');
}

/** The ETag as conditional headers carry it. */
export function quoteEtag(etag: string): string {
  return `"${etag}"`;
}

/** Whether an ETag looks like the MD5 of the content: 32 hex digits. An encrypted object's may look so and be none. */
export function isContentMd5(etag: string): boolean {
  return /^[0-9a-f]{32}$/.test(etag);
}

/** Number of parts that a multipart ETag (`MD5-N`) names, or undefined for any other. */
export function partCountOf(etag: string): number | undefined {
  const match = /^[0-9a-f]{32}-(\d{1,5})$/.exec(etag);
  return match === null ? undefined : Number(match[1]);
}

/**
 * The ETag that S3 gives to a completed multipart upload: the MD5 of its parts' MD5s, a dash, the number of parts.
 *
 * @param partMd5s in hex, in part order; at least one.
 */
export function compositeEtag(partMd5s: readonly string[], md5: Md5): string {
  if (partMd5s.length === 0) throw new RangeError('An upload without parts has no ETag.');
  const joined = new Uint8Array(partMd5s.length * 16);
  partMd5s.forEach((hex, index) => {
    joined.set(bytesOfHex(hex), index * 16);
  });
  return `${hexOfBytes(md5(joined))}-${partMd5s.length}`;
}

/** Lower-case hex. */
export function hexOfBytes(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

function bytesOfHex(hex: string): Uint8Array {
  if (!isContentMd5(hex)) throw new RangeError(`Not the hex of an MD5: ${JSON.stringify(hex)}`);
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 16; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}
