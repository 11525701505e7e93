import { IGNORE_FILE } from '../../src/core/filters.ts';
import type { BucketPeople } from './bucket-people.ts';
import type { Chance } from './chance.ts';
import type { Computer } from './computer.ts';
import { beginnings } from './disk.ts';
import { IGNORE_TEXTS } from './ignoring.ts';
import type { World } from './life.ts';
import type { People } from './people.ts';
import { CHOICES } from './tinkering.ts';

/** Hazards that come rarely by chance, of which a world can be full, and what people do there. */
export const FOCUSES = {
  reads: 'files are written to in the middle of being read',
  unreadable: 'directories can not be read for a while',
  rules: 'rules that leave files out come and go, and meanwhile so do the files',
  choosing: 'what is kept on a computer changes all the time, and so does what is not',
  kinds: 'what is a file here is a directory there',
  emptied: 'a side is emptied, and its engine is killed and hurried while it looks what to make of that',
} as const;

export type FocusName = keyof typeof FOCUSES;

export function isFocusName(name: string): name is FocusName {
  return Object.hasOwn(FOCUSES, name);
}

/** A directory is closed for so long: files are old enough by then that nobody deletes them for any other reason. */
const HIDDEN_MS = 60_000;
/** The longest time between two things that happen, where it takes a while for them to tell. */
const PACE_MS = 10_000;

/** So many of all reads meet somebody who writes. */
const TORN_READS = 0.2;

/** In these people do nothing that they do not do elsewhere. */
const WITHOUT_ACTS: ReadonlySet<FocusName | undefined> = new Set([undefined, 'reads', 'emptied']);

/** Fills a world with one hazard, beside all that happens in any. Draws no chance in a world without a focus. */
export class Focus {
  readonly name: FocusName | undefined;
  readonly #world: World;
  readonly #people: People;
  readonly #others: BucketPeople;
  readonly #computers: readonly Computer[];

  constructor(
    name: FocusName | undefined,
    world: World,
    people: People,
    others: BucketPeople,
    computers: readonly Computer[],
  ) {
    this.name = name;
    this.#world = world;
    this.#people = people;
    this.#others = others;
    this.#computers = computers;
    if (name !== 'reads') return;
    for (const computer of computers) computer.disk.onRead = (path) => this.#tear(computer, path);
  }

  /** The longest pause between two things that people do, in milliseconds, where not that of the world. */
  get paceMs(): number | undefined {
    return WITHOUT_ACTS.has(this.name) ? undefined : PACE_MS;
  }

  /** Something of what the world is full of happens, if it is full of anything. */
  act(): void {
    if (WITHOUT_ACTS.has(this.name)) return;
    const { chance } = this.#world;
    const computer = chance.pick(this.#computers);
    if (!computer.disk.isMounted || !chance.hits(0.6)) return;
    if (this.name === 'unreadable') this.#hide(computer, chance);
    else if (this.name === 'choosing') this.#choose(computer, chance);
    else if (this.name === 'rules') this.#rule(computer, chance);
    else if (chance.hits(0.6)) this.#people.clash(computer);
    else this.#others.clash(computer.disk.paths());
  }

  /** Part of the file is read as it was, part as somebody writes it just now. */
  #tear(computer: Computer, path: string): void {
    const { chance, scheduler, faults } = this.#world;
    if (!faults.isOn || !chance.hits(TORN_READS)) return;
    const whole = this.#people.beginToWrite(computer, path);
    if (whole === undefined) return;
    scheduler.after(0.01, () => this.#people.endWriting(computer, path, whole));
  }

  /** A directory can not be read for a while; meanwhile somebody looks into it all the same. */
  #hide(computer: Computer, chance: Chance): void {
    const { scheduler } = this.#world;
    const directories = computer.disk.paths().flatMap((path) => beginnings(path).slice(0, -1));
    if (directories.length === 0) return;
    const path = chance.pick(directories);
    this.#people.setReadable(computer, path, false);
    this.#people.busy += 1;
    scheduler.after(chance.between(100, HIDDEN_MS), () => computer.overflow());
    scheduler.after(HIDDEN_MS, () => {
      this.#people.busy -= 1;
      if (computer.disk.isMounted) this.#people.setReadable(computer, path, true);
    });
  }

  /** A rule leaves something out for a while. Some of that goes, here or in the bucket, once the engine knows of the rule. */
  #rule(computer: Computer, chance: Chance): void {
    const { judge, scheduler, server } = this.#world;
    const { disk, wishes } = computer;
    this.#people.put(computer, IGNORE_FILE, judge.ledger.know(chance.pick(IGNORE_TEXTS)));
    scheduler.after(chance.between(1_000, 30_000), () => {
      const left = disk.paths().filter((path) => wishes.isKnownIgnored(path.normalize('NFC')));
      if (disk.isMounted && left.length > 0) this.#people.remove(computer, chance.pick(left));
    });
    const endsMs = chance.between(20_000, 60_000);
    scheduler.after(endsMs - chance.between(0, 10_000), () => {
      const left = server.paths().filter((path) => wishes.isKnownIgnored(path));
      if (left.length > 0) this.#others.remove(chance.pick(left));
    });
    scheduler.after(endsMs, () => {
      if (disk.isMounted) this.#people.remove(computer, IGNORE_FILE);
    });
  }

  /** Another part is chosen. Some of what is not goes before the engine takes it away. */
  #choose(computer: Computer, chance: Chance): void {
    computer.select(chance.pick(CHOICES));
    this.#world.scheduler.after(chance.between(0, 1_000), () => {
      const left = computer.disk.paths().filter((path) => !computer.wishes.keeps(path.normalize('NFC')));
      if (left.length > 0) this.#people.remove(computer, chance.pick(left));
    });
  }
}
