import { IGNORE_FILE } from '../../src/core/filters.ts';
import type { Computer } from './computer.ts';
import { IGNORE_TEXTS } from './ignoring.ts';
import type { World } from './life.ts';
import type { People } from './people.ts';

/** What people do beside writing files, and how often in a world where they do so at all. */
const HABITS = { ignore: 2, select: 2, pause: 1.5, resolve: 3, first: 2, share: 2, hardLink: 1, link: 1.5, unlink: 1 };
type Habit = keyof typeof HABITS;

/** What is chosen to be kept on a computer; null for everything. */
export const CHOICES: readonly (readonly string[] | null)[] = [
  null,
  null,
  ['docs'],
  ['m', 'a'],
  ['docs/old', 'c'],
  ['docs-b'],
];

/** What people do to settings, with conflicts that they are told of, and with links. */
export class Tinkering {
  readonly #world: World;
  readonly #people: People;
  readonly #habits: Readonly<Partial<Record<Habit, number>>>;

  constructor(world: World, people: People) {
    this.#world = world;
    this.#people = people;
    const { chance } = world;
    const all = Object.entries(HABITS) as [Habit, number][];
    this.#habits = Object.fromEntries(all.filter(([habit]) => chance.hits(habit === 'resolve' ? 0.6 : 0.2)));
  }

  /** For the description of a world. */
  toJSON(): readonly string[] {
    return Object.keys(this.#habits);
  }

  /** Somebody does something of this at a computer, if the people of this world do any of it. */
  act(computer: Computer): void {
    const { chance } = this.#world;
    if (Object.keys(this.#habits).length === 0 || !computer.disk.isMounted) return;
    const what = chance.weighted(this.#habits as Readonly<Record<Habit, number>>);
    const acts: Record<Habit, () => void> = {
      ignore: () => this.#ignore(computer),
      select: () => computer.select(chance.pick(CHOICES)),
      pause: () => this.#pause(computer),
      resolve: () => this.#resolve(computer),
      first: () => this.#first(computer),
      share: () => this.#share(computer),
      hardLink: () => this.#people.hardLink(computer),
      link: () => this.#people.link(computer),
      unlink: () => this.#people.unlink(computer),
    };
    acts[what]();
  }

  #ignore(computer: Computer): void {
    const { chance, judge } = this.#world;
    if (chance.hits(0.3)) this.#people.remove(computer, IGNORE_FILE);
    // The same rules may be written at two places at once, so that nobody is owed them.
    else this.#people.put(computer, IGNORE_FILE, judge.ledger.know(chance.pick(IGNORE_TEXTS)));
  }

  #pause(computer: Computer): void {
    const { chance, scheduler } = this.#world;
    computer.pause();
    scheduler.after(chance.between(1_000, 120_000), () => computer.resume());
  }

  #first(computer: Computer): void {
    const { chance, server } = this.#world;
    const paths = [...computer.disk.paths().map((path) => path.normalize('NFC')), ...server.paths()];
    if (paths.length > 0) computer.first(chance.pick(paths));
  }

  #share(computer: Computer): void {
    const paths = computer.disk.paths();
    if (paths.length > 0) computer.share(this.#world.chance.pick(paths));
  }

  #resolve(computer: Computer): void {
    const { chance } = this.#world;
    const conflicts = computer.isAlive ? computer.problems().filter(({ code }) => code === 'conflict-copy') : [];
    if (conflicts.length > 0) computer.resolve(chance.pick(conflicts), chance.pick(['mine', 'theirs', 'both']));
  }
}
