import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** One file of a zip. */
export interface ZipEntry {
  /** With `/` between segments; neither absolute nor with `..` in it. */
  readonly path: string;
  readonly modifiedMs: number;
}

/** What is compressed already: trying again costs time and saves nothing. */
const COMPRESSED =
  /\.(7z|aac|avi|avif|br|bz2|docx|epub|flac|gif|gz|heic|jar|jpe?g|m4a|m4v|mkv|mov|mp3|mp4|ods|odt|ogg|opus|png|pptx|rar|tgz|webm|webp|xlsx|xz|zip|zst)$/i;

/**
 * The bytes of a zip of any size, made while they are read: one file at a time is open, and only what the next reader has
 * not taken yet is in memory. Whoever stops reading closes what is open.
 *
 * @param open gives the content of an entry when its turn comes.
 * @throws what `open` or a content fails with.
 */
export async function* zipOf<E extends ZipEntry>(
  entries: readonly E[],
  open: (entry: E) => Promise<AsyncIterable<Uint8Array>>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const zip = new ZipFile();
  const bytes = new PassThrough();
  let content: Readable | undefined;
  zip.on('error', (error: Error) => bytes.destroy(error));
  for (const entry of entries) {
    const options = { mtime: new Date(entry.modifiedMs), mode: 0o100644, compress: !COMPRESSED.test(entry.path) };
    zip.addReadStreamLazy(entry.path, options, (give) => {
      open(entry).then(
        (chunks) => {
          content = Readable.from(chunks, { objectMode: false });
          content.on('error', (error) => bytes.destroy(error));
          if (bytes.destroyed) content.destroy();
          else give(undefined, content);
        },
        (error: unknown) => bytes.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    });
  }
  zip.outputStream.pipe(bytes);
  zip.end();
  try {
    yield* bytes as AsyncIterable<Buffer>;
  } finally {
    bytes.destroy();
    content?.destroy();
  }
}
