/** Text in the order and the measure of an S3 server: UTF-8 bytes. */
/** Length of `text` in UTF-8 bytes. A lone surrogate counts as the three bytes of its replacement character. */
export declare function utf8ByteLength(text: string): number;
/**
 * Compares as `memcmp` compares the UTF-8 encodings, which is the order of S3 listings and of SQLite's BINARY collation.
 * JavaScript's own order differs only where a surrogate pair (four bytes in UTF-8) meets U+E000..U+FFFF (three bytes).
 *
 * @returns negative, zero or positive, as a sort function does.
 */
export declare function compareUtf8(a: string, b: string): number;
