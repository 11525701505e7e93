import { IGNORE_FILE } from '../../src/core/filters.ts';
import { differences, checkNothingLost, leftUploads, sentInVain, triedTooOften, unexplainedPlan } from './checks.ts';
import type { Computer } from './computer.ts';
import { ROOT } from './disk.ts';
import { emptyASide, writeMany } from './mass-change.ts';
import type { Team } from './team.ts';
import { review } from './workload.ts';

/** How often it is looked whether all are in step. */
const ROUND_MS = 20_000;
/** After this everybody should be: the longest pause between two attempts is an hour, and so is that between full passes. */
const LONGEST_MS = 4 * 3_600_000;
/** How often all try again what failed, as long as that changes something. */
const MOST_TRIES = 3;

/** What comes after people and faults have come to rest: all get in step, and stay so. */
export class Quiescence {
  readonly #team: Team;

  constructor(team: Team) {
    this.#team = team;
  }

  async run(): Promise<void> {
    const { judge, server, chance } = this.#team.world;
    // As long as what made them fail lasts.
    for (const found of this.#team.computers.flatMap(triedTooOften)) judge.breach(found);
    this.#heal();
    await this.#untilInStep();
    await this.#untilTryingChangesNothing();
    if (!judge.hasFailed) checkNothingLost(judge, this.#team.computers, server);
    await this.#fullPassDoesNothing();
    const isFocus = this.#team.focus.name === 'emptied';
    if (isFocus && !judge.hasFailed) {
      writeMany(this.#team);
      await this.#untilInStep();
    }
    if ((isFocus || chance.hits(0.3)) && (await emptyASide(this.#team))) await this.#untilInStep();
  }

  /** Nothing fails any more, and each computer finds out in some way that it has to look. */
  #heal(): void {
    const { world, computers, people } = this.#team;
    const { chance, faults, server } = world;
    world.trace.add('world', 'QUIET');
    faults.isOn = false;
    server.isDown = false;
    for (const computer of computers) {
      const { disk } = computer;
      disk.mount();
      disk.fs.capacityBytes = Infinity;
      disk.fs.readOnly = false;
      disk.fs.makeReadable(ROOT);
      // Rules behind a link are not read, and nothing is synced without them until somebody takes the link away.
      if (disk.fs.kindOf(disk.at(IGNORE_FILE)) === 'symlink') people.removeLink(computer, IGNORE_FILE);
      // Else the hourly comparison finds it.
      computer.resume();
      const how = chance.weighted({ restart: 6, overflow: 3, patience: 0.5 });
      if (how === 'restart') computer.restart();
      if (how === 'overflow') computer.overflow();
    }
  }

  async #untilInStep(): Promise<void> {
    const { scheduler, judge } = this.#team.world;
    const untilMs = scheduler.elapsedMs + LONGEST_MS;
    let before = '';
    while (!judge.hasFailed) {
      await scheduler.run(ROUND_MS, () => judge.hasFailed);
      for (const computer of this.#team.computers) {
        review(computer, this.#team);
        computer.resume();
      }
      const now = this.#counts();
      const isStill = now === before && this.#team.people.busy === 0;
      before = now;
      if (isStill && this.#isIdle() && this.#whatIsOff().length === 0) return;
      if (scheduler.elapsedMs < untilMs) continue;
      judge.breach(`Not in step after hours of quiet:\n${this.#whatIsOff().join('\n')}\n${this.#problems()}`);
    }
  }

  /** What one of them does when it tries again may be news to the others, and a name that is free by then. */
  async #untilTryingChangesNothing(): Promise<void> {
    for (let left = MOST_TRIES; left > 0; left -= 1) {
      const before = this.#counts();
      this.#tryAgain();
      await this.#untilInStep();
      if (this.#counts() === before) return;
    }
  }

  /** What failed may succeed by now, and what only a comparison of everything finds is found; nobody need wait for it. */
  #tryAgain(): void {
    const { people, world } = this.#team;
    // Where an ETag says nothing of the content, a file that was merely touched is sent again, once that is seen.
    const hidesWork = people.hasHardLinked || world.server.traits.encrypted === true;
    for (const computer of this.#team.computers) {
      const told = computer.problems().some(({ code, severity }) => severity !== 'notice' && code !== 'conflict-copy');
      if (told) computer.restart();
      else if (hidesWork) computer.lookAgain();
    }
  }

  #isIdle(): boolean {
    return this.#team.computers.every((computer) => computer.isIdle && !isHeld(computer));
  }

  #whatIsOff(): string[] {
    const { computers, world } = this.#team;
    return computers.flatMap((computer) => {
      if (!computer.isAlive) return [`${computer.kind.name} is not running`];
      if (computer.isPaused) return [`${computer.kind.name} is paused`];
      if (isHeld(computer)) return [`${computer.kind.name} is held`];
      const idle = computer.isIdle ? [] : [`${computer.kind.name} is not idle`];
      return [...idle, ...differences(computer, world.server), ...unexplainedPlan(computer)];
    });
  }

  #problems(): string {
    return this.#team.computers
      .flatMap((computer) =>
        computer.problems().map(({ path, code }) => `${computer.kind.name}: problem ${code} ${path}`),
      )
      .join('\n');
  }

  #counts(): string {
    return this.#team.computers.map(({ work, diskChanges }) => `${work} ${diskChanges}`).join(', ');
  }

  async #fullPassDoesNothing(): Promise<void> {
    const { world, computers } = this.#team;
    const { scheduler, judge } = world;
    world.trace.add('world', 'ONCE MORE');
    const before = this.#counts();
    for (const computer of computers) computer.lookAgain();
    await scheduler.run(ROUND_MS, () => judge.hasFailed);
    if (this.#counts() !== before)
      judge.breach(`A further pass was not without effect: ${before}, then ${this.#counts()}`);
    const sent = computers.flatMap((computer) => sentInVain(computer, world.server));
    const off = [...this.#whatIsOff(), ...sent, ...leftUploads(computers, world.server)];
    if (off.length > 0) judge.breach(`Not in step after a further pass:\n${off.join('\n')}\n${this.#problems()}`);
  }
}

function isHeld({ state, folderId }: Computer): boolean {
  return state.folders.byId(folderId)?.hold !== undefined;
}
