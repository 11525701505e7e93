import type { Fingerprint } from '../../src/core/entries.ts';
import type {
  DirectoryEntry,
  FileStat,
  FileSystem,
  Finish,
  OpenFile,
  WholeFile,
  WritableFile,
} from '../../src/core/environment.ts';
import { TRASH_DIRECTORY } from '../../src/core/trash-path.ts';
import { keyOfContent } from './contents.ts';
import { isPrivatePath, type Disk } from './disk.ts';
import type { Life } from './life.ts';
import type { Suspicions } from './suspicions.ts';

/** A computer's disk as one life of its engine has it. */
export class LifeFileSystem implements FileSystem {
  readonly #life: Life;
  readonly #disk: Disk;
  readonly #suspicions: Suspicions;

  constructor(life: Life, disk: Disk, suspicions: Suspicions) {
    this.#life = life;
    this.#disk = disk;
    this.#suspicions = suspicions;
  }

  resolveRoot(path: string): Promise<string> {
    return this.#call('resolveRoot', path, () => this.#disk.fs.resolveRoot(path));
  }

  stat(root: string, path: string): Promise<FileStat | undefined> {
    return this.#call('stat', path, () => this.#disk.fs.stat(root, path));
  }

  readDirectory(root: string, path: string): Promise<DirectoryEntry[]> {
    return this.#call('readDirectory', path, () => this.#disk.fs.readDirectory(root, path));
  }

  openFile(root: string, path: string): Promise<OpenFile> {
    return this.#call('openFile', path, () => this.#disk.fs.openFile(root, path));
  }

  flushFile(_root: string, path: string): Promise<void> {
    return this.#call('flushFile', path, () => this.#disk.fs.flushFile());
  }

  readFile(root: string, path: string, maxBytes: number): Promise<WholeFile> {
    return this.#call('readFile', path, () => this.#disk.fs.readFile(root, path, maxBytes));
  }

  readText(root: string, path: string, maxBytes: number): Promise<string | undefined> {
    return this.#call('readText', path, () => {
      this.#suspicions.reading(path);
      return this.#disk.fs.readText(root, path, maxBytes);
    });
  }

  writeText(root: string, path: string, text: string): Promise<void> {
    return this.#call('writeText', path, () => {
      this.#life.world.judge.ledger.know(text);
      return this.#disk.fs.writeText(root, path, text);
    });
  }

  openForWriting(root: string, path: string): Promise<WritableFile> {
    return this.#call('openForWriting', path, () => this.#disk.fs.openForWriting(root, path));
  }

  writeFile(root: string, path: string, bytes: Uint8Array, how: Omit<Finish, 'sizeBytes'>): Promise<FileStat> {
    return this.#call('writeFile', path, () => this.#disk.fs.writeFile(root, path, bytes, how));
  }

  async move(root: string, from: string, to: string, expect: Fingerprint): Promise<FileStat> {
    const moved = await this.#call('move', `${from} -> ${to}`, async () => {
      const content = this.#disk.content(from) ?? '';
      const stat = await this.#disk.fs.move(root, from, to, expect);
      this.#tell(from);
      this.#tell(to);
      if (to.startsWith(TRASH_DIRECTORY)) this.#suspicions.trashed(from, content);
      else this.#suspicions.placed(to);
      return stat;
    });
    return moved;
  }

  removeFile(root: string, path: string): Promise<void> {
    return this.#call('removeFile', path, async () => {
      const bytes = this.#disk.fs.contentOf(`${root}/${path}`);
      await this.#disk.fs.removeFile(root, path);
      if (bytes === undefined) return;
      const { judge } = this.#life.world;
      const what = `${this.#life.name} removed ${path}`;
      // No world lasts as long as the trash keeps files. Among downloads there may be half of a file.
      if (this.#suspicions.isTrash(path)) judge.mustBeLeft(keyOfContent(bytes), what);
      else judge.mustBeLeftIfOwed(keyOfContent(bytes), what);
    });
  }

  removeEmptyDirectory(root: string, path: string): Promise<boolean> {
    return this.#call('removeEmptyDirectory', path, async () => {
      const isGone = await this.#disk.fs.removeEmptyDirectory(root, path);
      if (isGone) this.#tell(path);
      return isGone;
    });
  }

  #tell(path: string): void {
    if (!isPrivatePath(path)) this.#disk.onChange?.(path);
  }

  async #call<T>(op: string, path: string, effect: () => Promise<T>): Promise<T> {
    await this.#life.beforeDisk(op, path);
    const result = await effect();
    await this.#life.afterDisk();
    return result;
  }
}
