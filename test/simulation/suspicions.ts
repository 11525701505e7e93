import type { SyncMode } from '../../src/core/decide.ts';
import { IGNORE_FILE } from '../../src/core/filters.ts';
import { TRASH_DIRECTORY } from '../../src/core/trash-path.ts';
import type { Disk } from './disk.ts';
import { nameOfContent } from './contents.ts';
import type { Life } from './life.ts';
import type { Wishes } from './wishes.ts';

/** What came about only a moment before could not have been seen: a request takes up to so long. */
const UNSEEN_MS = 20_000;
/** What was planned while a disk was mounted may still be carried out for so long. */
const PLANNED_MS = 120_000;
/** A file that is replaced is away for no longer than this, and what was deleted wrongly is not back so soon. */
const REPLACING_MS = 12_000;

/**
 * Watches what one life of an engine takes away, for deletions that nobody asked for: a file whose object is there, an
 * object whose file is there, anything while the folder's disk is not mounted.
 */
export class Suspicions {
  readonly #life: Life;
  readonly #disk: Disk;
  readonly #wishes: Wishes;
  readonly #mode: SyncMode;
  readonly #trashed = new Map<string, { isOver: boolean }>();

  constructor(life: Life, disk: Disk, wishes: Wishes, mode: SyncMode) {
    this.#life = life;
    this.#disk = disk;
    this.#wishes = wishes;
    this.#mode = mode;
  }

  /** A file went to the trash: to be replaced, or because its object is gone. */
  trashed(diskPath: string, content: string): void {
    const path = diskPath.normalize('NFC');
    const { server, scheduler, judge } = this.#life.world;
    this.#wishes.noteGone(diskPath, content);
    if (this.#wishes.givenUp.has(path)) {
      judge.ledger.released(content);
      return;
    }
    this.#mustNotBeLeftAlone(path, content, 'took away');
    // What is not to be kept here goes because its object is there.
    if (!this.#wishes.keeps(path)) return;
    const goneMs = this.#wishes.objectGoneApartMs(path);
    // To a listing that was out of date it was there when the rule was gone already.
    if (goneMs !== undefined && server.staleListedMs < goneMs)
      judge.breach(`${this.#life.name} took ${path} away, whose object went while a rule left it out`);
    const before = server.current(path);
    // An older version goes when a newer one is to come, even if that then does not find room.
    if (before === undefined || before.content !== content || scheduler.elapsedMs - before.sinceMs < UNSEEN_MS) return;
    const suspicion = { isOver: false };
    this.#trashed.set(path, suspicion);
    scheduler.after(REPLACING_MS, () => {
      const now = server.current(path);
      if (suspicion.isOver || !this.#life.isAlive || now !== before || this.#disk.content(diskPath) !== undefined)
        return;
      // Replaced in vain: the one that was to come may be on its way still. Only an equal object makes it a deletion.
      judge.breach(`${this.#life.name} took ${path} away although its object ${nameOfContent(now.content)} is there`);
    });
  }

  /** Whether a private path lies in the trash to be kept, rather than on its way out because it is not chosen. */
  isTrash(privatePath: string): boolean {
    if (!privatePath.startsWith(TRASH_DIRECTORY)) return false;
    // Below the directory with the time.
    const path = privatePath.slice(TRASH_DIRECTORY.length + 1).replace(/^[^/]*\//, '');
    return this.#wishes.keeps(path.normalize('NFC'));
  }

  /** What a rule leaves out, or what has a link in its place, is not there to be compared: nothing of it may go. */
  #mustNotBeLeftAlone(path: string, content: string, what: string): void {
    const { judge } = this.#life.world;
    const why = this.#isOld() && judge.ledger.isOwed(content) ? this.#wishes.whyLeftAlone(path) : undefined;
    if (why !== undefined) judge.breach(`${this.#life.name} ${what} ${path} although ${why}`);
  }

  #isOld(): boolean {
    return this.#life.world.scheduler.elapsedMs - this.#wishes.changedMs > PLANNED_MS;
  }

  /** The engine reads a file for what it says. */
  reading(diskPath: string): void {
    if (diskPath === IGNORE_FILE) this.#wishes.noteRulesRead();
  }

  /** The engine lists the bucket. */
  listing(): void {
    this.#wishes.noteListing();
  }

  /** A file got its name. */
  placed(diskPath: string): void {
    const path = diskPath.normalize('NFC');
    const suspicion = this.#trashed.get(path);
    if (suspicion !== undefined) suspicion.isOver = true;
  }

  /** An object is about to be deleted. */
  deleting(key: string): void {
    const { server, scheduler, judge } = this.#life.world;
    const keyPath = server.pathOf(key);
    const object = keyPath === undefined ? undefined : server.current(keyPath);
    if (keyPath === undefined || object === undefined) return;
    this.#mustNotBeLeftAlone(keyPath, object.content, 'deleted the object');
    const whyGone = this.#wishes.whyGone(keyPath);
    if (whyGone !== undefined && this.#mode !== 'upload')
      judge.breach(`${this.#life.name} deleted the object ${key}, whose file went while ${whyGone}`);
    if (!this.#wishes.keeps(keyPath) && this.#isOld() && judge.ledger.isOwed(object.content))
      judge.breach(`${this.#life.name} deleted the object ${key}, which is not chosen for it`);
    if (this.#disk.unmountedSinceMs !== undefined && scheduler.elapsedMs - this.#disk.unmountedSinceMs > PLANNED_MS) {
      judge.breach(`${this.#life.name} deleted the object ${key} while the disk was not mounted`);
      return;
    }
    for (const path of this.#disk.paths()) {
      if (path.normalize('NFC') !== keyPath || this.#disk.content(path) !== object.content) continue;
      const { ctimeNs } = this.#disk.fs.statNow(this.#disk.at(path));
      const ageMs = this.#life.now() - Number(ctimeNs / 1_000_000n);
      if (Math.abs(ageMs) < UNSEEN_MS || scheduler.elapsedMs - object.sinceMs < UNSEEN_MS) continue;
      judge.breach(`${this.#life.name} deleted the object ${key} although its file is there`);
    }
  }
}
