import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A folder's root on disk, as a person works in it. Paths are relative, with slashes. */
export class EngineRoot {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(path: string): Promise<EngineRoot> {
    await mkdir(path);
    return new EngineRoot(path);
  }

  at(path: string): string {
    return join(this.path, path);
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.at(path)), { recursive: true });
    await writeFile(this.at(path), content);
  }

  async append(path: string, content: string | Uint8Array): Promise<void> {
    await appendFile(this.at(path), content);
  }

  /** Writes beside and renames over, as editors do. */
  async replace(path: string, content: string | Uint8Array): Promise<void> {
    await this.write(`${path}.tmp-beside~`, content);
    await rename(this.at(`${path}.tmp-beside~`), this.at(path));
  }

  /** The same size and the same modification time, other content. */
  async rewriteKeepingMtime(path: string, content: string | Uint8Array): Promise<void> {
    const { atime, mtime } = await stat(this.at(path));
    await writeFile(this.at(path), content);
    await utimes(this.at(path), atime, mtime);
  }

  async move(from: string, to: string): Promise<void> {
    await mkdir(dirname(this.at(to)), { recursive: true });
    await rename(this.at(from), this.at(to));
  }

  async remove(path: string): Promise<void> {
    await rm(this.at(path), { recursive: true });
  }

  read(path: string): Promise<Buffer> {
    return readFile(this.at(path));
  }
}

/** Content that nobody else has. */
export function randomContent(sizeBytes: number): Buffer {
  return randomBytes(sizeBytes);
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export const MIB = 1024 * 1024;
