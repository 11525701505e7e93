import type { FileSystem, OpenFile } from '../core/environment.ts';
import type { RateLimiter } from '../transfer/index.ts';

/** Files that are read no faster than a limit. @param onRead told of each piece that was read. */
export function limitedReading(
  fs: FileSystem,
  limiter: RateLimiter,
  onRead: (bytes: number) => void,
  signal: AbortSignal,
): Pick<FileSystem, 'openFile' | 'readFile'> {
  return {
    async openFile(root, path) {
      const file = await fs.openFile(root, path);
      return {
        opened: file.opened,
        stat: () => file.stat(),
        close: () => file.close(),
        async read(buffer, position) {
          await limiter.take(buffer.length, signal);
          const bytesRead = await file.read(buffer, position);
          onRead(bytesRead);
          return bytesRead;
        },
      } satisfies OpenFile;
    },
    async readFile(root, path, maxBytes) {
      const file = await fs.readFile(root, path, maxBytes);
      // Known only now; the next file waits for what this one took.
      await limiter.take(file.bytes.length, signal);
      onRead(file.bytes.length);
      return file;
    },
  };
}
