import { IGNORE_FILE } from '../../src/core/filters.ts';
import { foldCase } from '../support/memory-tree.ts';
import type { Computer } from './computer.ts';
import type { Disk } from './disk.ts';
import { bytesOfContent, type Imagination } from './imagination.ts';
import type { World } from './life.ts';

/** What people do, and how often. */
const ACTS = {
  create: 4,
  edit: 4,
  keepMtime: 1,
  replace: 2,
  append: 1,
  slowly: 1,
  copy: 0.5,
  touch: 1,
  mode: 0.6,
  empty: 0.3,
  rename: 3,
  renameDirectory: 1,
  disguise: 0.4,
  respell: 0.7,
  remove: 2.5,
  removeDirectory: 0.4,
  toDirectory: 0.5,
  toFile: 0.4,
};
type Act = keyof typeof ACTS;

/** What people do to files at their computers. */
export class People {
  readonly #world: World;
  readonly #imagination: Imagination;
  /** What somebody is in the middle of: a file half written, a directory closed for a while. */
  busy = 0;
  /** Whether some file has two names: what happens to it under one of them no watcher tells of the other. */
  hasHardLinked = false;

  constructor(world: World, imagination: Imagination) {
    this.#world = world;
    this.#imagination = imagination;
  }

  /** Somebody does something at a computer. */
  act(computer: Computer): void {
    const { chance } = this.#world;
    const { disk } = computer;
    if (!disk.isMounted) return;
    const paths = disk.paths();
    const sending = this.#world.server.uploadPaths().filter((key) => (disk.content(key)?.length ?? 0) >= 11);
    if (sending.length > 0 && chance.hits(0.5)) {
      // Into a file that is being read just now.
      const path = chance.pick(sending);
      this.write(computer, path, this.#world.judge.ledger.fresh(disk.content(path)?.length ?? 11));
      return;
    }
    const what = chance.weighted(ACTS);
    if (what === 'create' || paths.length === 0)
      this.write(computer, this.#imagination.path(), this.#imagination.content());
    else this.#actOn(computer, what, chance.pick(paths));
  }

  #actOn(computer: Computer, what: Exclude<Act, 'create'>, path: string): void {
    const { disk } = computer;
    const imagination = this.#imagination;
    const old = disk.content(path) ?? '';
    const acts: Record<Exclude<Act, 'create'>, () => void> = {
      edit: () => this.write(computer, path, imagination.insteadOf(old)),
      keepMtime: () => this.#editKeepingTime(computer, path),
      replace: () => this.write(computer, path, imagination.insteadOf(old), 'replace'),
      append: () => this.write(computer, path, imagination.appendedTo(old)),
      slowly: () => this.#writeSlowly(computer, path),
      copy: () => this.write(computer, imagination.path(), old),
      touch: () => this.#touch(computer, path),
      mode: () => this.#changeMode(computer, path),
      empty: () => this.write(computer, path, ''),
      rename: () => this.rename(computer, path, imagination.path()),
      disguise: () => this.#disguise(computer, path, imagination.path()),
      renameDirectory: () => this.#renameDirectory(computer, path),
      respell: () => this.rename(computer, path, imagination.respelled(path)),
      remove: () => this.remove(computer, path),
      removeDirectory: () => this.#removeTree(computer, directoryOf(path)),
      toDirectory: () => {
        this.remove(computer, path);
        this.write(computer, `${path}/${imagination.name()}`, imagination.content());
      },
      toFile: () => {
        this.#removeTree(computer, directoryOf(path));
        this.write(computer, directoryOf(path), imagination.content());
      },
    };
    acts[what]();
  }

  write(computer: Computer, path: string, content: string, how: 'write' | 'replace' = 'write'): void {
    const { disk } = computer;
    if (path === '' || !disk.hasRoomFor(path)) return;
    // The same once more is no change: whoever deleted it elsewhere meant this content. Nor where it had gone meanwhile.
    const isNew = disk.content(path) !== content && !computer.hasAgreedOn(path, content);
    this.#put(disk, path, content, how);
    if (isNew) this.#world.judge.ledger.wrote(content);
    this.#did(computer, `${how} ${path} ${content.slice(0, 11)} (${content.length} bytes)`, path);
  }

  /** A file comes to the name of a directory of the bucket, or below the name of an object. */
  clash(computer: Computer): void {
    const { chance, server } = this.#world;
    const keys = server.paths();
    if (keys.length === 0) return;
    const key = chance.pick(keys);
    const isHere = computer.disk.paths().includes(key);
    if (chance.hits(0.5)) {
      if (isHere) this.remove(computer, key);
      this.write(computer, `${key}/${this.#imagination.name()}`, this.#imagination.content());
    } else if (directoryOf(key) !== '') {
      if (isHere) this.#removeTree(computer, directoryOf(key));
      this.write(computer, directoryOf(key), this.#imagination.content());
    }
  }

  /** Writes what nobody is owed. */
  put(computer: Computer, path: string, content: string): void {
    const { disk } = computer;
    if (!disk.hasRoomFor(path)) return;
    this.#put(disk, path, content, 'write');
    this.#did(computer, `write ${path} ${JSON.stringify(content)}`, path);
  }

  rename(computer: Computer, from: string, to: string): void {
    const { disk } = computer;
    if (from === to || to.startsWith(`${from}/`) || !disk.hasRoomFor(to)) return;
    const isOwn = disk.options.caseInsensitive === true && foldCase(from) === foldCase(to);
    // Of two names of one file, a rename onto the other does nothing.
    if (!isOwn && disk.isSameFile(from, to)) return;
    const replaced = isOwn ? undefined : disk.content(to);
    if (replaced !== undefined) this.#world.judge.ledger.released(replaced);
    disk.fs.rename(disk.at(from), disk.at(to));
    this.#did(computer, `rename ${from} -> ${to}`, from, to);
  }

  /** Gives some file a second name. */
  hardLink(computer: Computer): void {
    const { disk } = computer;
    const paths = disk.paths();
    const to = this.#imagination.path();
    if (paths.length === 0 || disk.options.hardLinks === false || !disk.hasRoomFor(to)) return;
    if (disk.content(to) !== undefined) return;
    const from = this.#world.chance.pick(paths);
    this.hasHardLinked = true;
    disk.fs.makeHardLink(disk.at(from), disk.at(to));
    this.#did(computer, `hard link ${from} = ${to}`, from, to);
  }

  /** Puts a symbolic link somewhere: in place of a file, or of a directory that has moved. */
  link(computer: Computer): void {
    const { disk } = computer;
    const paths = disk.paths();
    if (paths.length === 0) return;
    const path = this.#world.chance.pick(paths);
    const directory = directoryOf(path);
    if (directory !== '' && this.#world.chance.hits(0.5)) {
      this.#renameDirectory(computer, path);
      if (disk.fs.kindOf(disk.at(directory)) === undefined) this.#putLink(computer, directory);
    } else {
      this.remove(computer, path);
      this.#putLink(computer, path);
    }
  }

  #putLink(computer: Computer, path: string): void {
    const { disk } = computer;
    disk.fs.makeLink(disk.at(path), '/home/elsewhere');
    this.#did(computer, `link ${path}`, path);
  }

  unlink(computer: Computer): void {
    const { disk } = computer;
    const links = disk.links();
    if (links.length === 0) return;
    this.removeLink(computer, this.#world.chance.pick(links));
  }

  removeLink(computer: Computer, path: string): void {
    const { disk } = computer;
    disk.fs.remove(disk.at(path));
    this.#did(computer, `unlink ${path}`, path);
  }

  remove(computer: Computer, path: string): void {
    const { disk } = computer;
    const content = disk.content(path);
    if (content === undefined) return;
    computer.wishes.noteGone(path, content);
    // Who removes what is not chosen, or left out by a rule, gives up nothing of the bucket.
    const isApart = computer.wishes.whyGone(path.normalize('NFC')) !== undefined;
    if (!isApart || this.#world.server.current(path)?.content !== content) this.#world.judge.ledger.released(content);
    disk.fs.remove(disk.at(path));
    this.#did(computer, `remove ${path}`, path);
  }

  #removeTree(computer: Computer, directory: string): void {
    if (directory === '') return;
    const { disk } = computer;
    for (const path of disk.paths()) {
      if (path.startsWith(`${directory}/`)) this.#world.judge.ledger.released(disk.content(path) ?? '');
    }
    disk.fs.remove(disk.at(directory));
    this.#did(computer, `remove ${directory}/`, directory);
  }

  #renameDirectory(computer: Computer, path: string): void {
    const { disk } = computer;
    const from = directoryOf(path);
    const to = this.#imagination.path();
    if (from === '' || to === from || to.startsWith(`${from}/`) || !disk.hasRoomFor(to)) return;
    if (disk.fs.kindOf(disk.at(to)) !== undefined) return;
    disk.fs.rename(disk.at(from), disk.at(to));
    this.#did(computer, `rename ${from}/ -> ${to}/`, from, to);
  }

  /** Another content of the same size, and the modification time that the file had: only ctime tells. */
  #editKeepingTime(computer: Computer, path: string): void {
    const { disk } = computer;
    const old = disk.content(path) ?? '';
    const { mtimeNs, ctimeNs } = disk.fs.statNow(disk.at(path));
    // Within one tick of a disk's clock not even ctime tells.
    const tickNs = BigInt(disk.options.mtimeGranularityMs ?? 0) * 1_000_000n;
    const nowNs =
      BigInt(Math.round(this.#world.startMs + this.#world.scheduler.elapsedMs + computer.wallOffsetMs)) * 1_000_000n;
    if (old.length < 11 || (tickNs > 0n && nowNs - ctimeNs <= tickNs)) return;
    // Nor while the engine gives the file its name, which moves ctime as well.
    if (disk.fs.namesOf(disk.at(path)) > 1) return;
    this.write(computer, path, this.#world.judge.ledger.fresh(old.length));
    disk.fs.setModified(disk.at(path), mtimeNs);
  }

  /** Another name and another content, of the same size and with the same time: only a look at it tells. */
  #disguise(computer: Computer, from: string, to: string): void {
    this.rename(computer, from, to);
    if (computer.disk.content(to) !== undefined) this.#editKeepingTime(computer, to);
  }

  /** A program that takes its time: what is there meanwhile is nothing that anybody expects to find again. */
  #writeSlowly(computer: Computer, path: string): void {
    const { chance, judge, scheduler } = this.#world;
    const { disk } = computer;
    const whole = this.#imagination.content();
    const half = judge.ledger.know(whole.slice(0, Math.max(7, whole.length >> 1)));
    this.#put(disk, path, half, 'write');
    this.#did(computer, `begin to write ${path}`, path);
    this.busy += 1;
    scheduler.after(chance.between(50, 4_000), () => {
      this.busy -= 1;
      if (disk.isMounted) this.write(computer, path, whole);
    });
  }

  /**
   * Writes over the first half of a file, as a program does that is not done yet: what is there now nobody ever wrote.
   *
   * @returns what is to be there, for {@link People.endWriting}; undefined where there is nothing to write over.
   */
  beginToWrite(computer: Computer, path: string): string | undefined {
    const { disk } = computer;
    const { ledger } = this.#world.judge;
    const old = disk.content(path);
    if (!disk.isMounted || old === undefined || old.length < 11) return undefined;
    const whole = ledger.fresh(old.length);
    const half = old.length >> 1;
    this.busy += 1;
    this.#put(disk, path, whole.slice(0, half) + old.slice(half), 'write');
    return whole;
  }

  /** Writes the rest of what was begun. Where somebody has put something else there meanwhile, that is what stays. */
  endWriting(computer: Computer, path: string, whole: string): void {
    this.busy -= 1;
    this.write(computer, path, whole);
  }

  setReadable(computer: Computer, path: string, readable: boolean): void {
    const { disk } = computer;
    if (disk.fs.kindOf(disk.at(path)) === undefined) return;
    disk.fs.setMode(disk.at(path), { readable });
    this.#did(computer, `${readable ? 'may' : 'may not'} read ${path}`, path);
  }

  #changeMode(computer: Computer, path: string): void {
    const { chance } = this.#world;
    const { disk } = computer;
    const directory = directoryOf(path);
    const isDirectory = directory !== '' && chance.hits(0.5);
    const what = isDirectory ? directory : path;
    disk.fs.setMode(disk.at(what), { executable: chance.hits(0.5), readable: !chance.hits(0.4) });
    this.#did(computer, `mode ${what}`, what);
  }

  #touch(computer: Computer, path: string): void {
    const { chance } = this.#world;
    const { disk } = computer;
    if (chance.hits(0.7)) disk.fs.touch(disk.at(path));
    else disk.fs.setModified(disk.at(path), BigInt(this.#world.startMs - chance.int(0, 1_000_000)) * 1_000_000n);
    this.#did(computer, `touch ${path}`, path);
  }

  #put(disk: Disk, path: string, content: string, how: 'write' | 'replace'): void {
    const old = disk.content(path);
    if (old !== undefined && old !== content) this.#world.judge.ledger.released(old);
    disk.fs[how](disk.at(path), bytesOfContent(content));
  }

  #did(computer: Computer, what: string, ...paths: string[]): void {
    this.#world.trace.add(computer.kind.name, `PERSON ${what}`);
    // Links and rules move along with what they lie in.
    if (computer.disk.links().length > 0 || paths.includes(IGNORE_FILE))
      computer.wishes.changedMs = this.#world.scheduler.elapsedMs;
    for (const path of paths) computer.disk.onChange?.(path);
  }
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
