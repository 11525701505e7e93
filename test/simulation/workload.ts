import { isHoldRight } from './checks.ts';
import type { Computer } from './computer.ts';
import { BUCKET } from './server.ts';
import type { Team } from './team.ts';

/** The time in which people work and things go wrong. */
export class Workload {
  readonly #team: Team;

  constructor(team: Team) {
    this.#team = team;
  }

  async run(): Promise<void> {
    const { world, computers, people, others, tinkering, focus } = this.#team;
    const { chance, scheduler, faults, judge } = world;
    others.putBesides();
    this.#fillBefore();
    for (const computer of computers) await drive(this.#team, computer.setUp());
    if (chance.hits(0.7)) await scheduler.run(chance.between(0, 10_000), () => judge.hasFailed);
    if (focus.name === 'emptied') return;
    faults.isOn = chance.hits(0.85);
    const acts = chance.int(5, 40);
    const pace = chance.pick([300, 1_500, 5_000]);
    for (let act = 0; act < acts && !judge.hasFailed; act++) {
      await scheduler.run(chance.between(0, focus.paceMs ?? pace), () => judge.hasFailed);
      if (chance.hits(0.15)) tinkering.act(chance.pick(computers));
      if (chance.hits(0.75)) people.act(chance.pick(computers));
      else others.act();
      focus.act();
      if (faults.isOn && chance.hits(0.12)) this.#mishap(chance.pick(computers));
      for (const computer of computers) if (chance.hits(0.1)) review(computer, this.#team);
    }
    if (chance.hits(0.5)) await scheduler.run(chance.between(0, 60_000), () => judge.hasFailed);
  }

  /** What is there before anybody syncs, some of it on several sides. */
  #fillBefore(): void {
    const { world, computers, people, others } = this.#team;
    const { chance } = world;
    for (let count = chance.int(0, 8); count > 0; count--) {
      if (chance.hits(0.5)) people.act(chance.pick(computers));
      else others.act();
    }
    for (const key of world.server.paths()) {
      const content = world.server.current(key)?.content ?? '';
      for (const computer of computers) if (chance.hits(0.3)) people.write(computer, key, content);
    }
  }

  #mishap(computer: Computer): void {
    const { chance, scheduler, server, trace } = this.#team.world;
    const what = chance.weighted({
      crash: 3,
      restart: 1,
      backUp: 1,
      outage: 1,
      expire: 1,
      unmount: 0.7,
      full: 1,
      readOnly: 0.5,
      clock: 0.7,
      overflow: 1,
    });
    trace.add(computer.kind.name, `MISHAP ${what}`);
    const { fs } = computer.disk;
    switch (what) {
      case 'crash': {
        computer.crash();
        return;
      }
      case 'restart': {
        computer.restart();
        return;
      }
      case 'backUp': {
        computer.backUp();
        return;
      }
      case 'outage':
        server.isDown = true;
        return void scheduler.after(chance.between(100, 40_000), () => (server.isDown = false));
      case 'expire': {
        server.store.expireUploads(BUCKET);
        return;
      }
      case 'unmount':
        computer.disk.unmount(scheduler.elapsedMs);
        return void scheduler.after(chance.between(100, 90_000), () => computer.disk.mount());
      case 'full':
        fs.capacityBytes = 0;
        return void scheduler.after(chance.between(100, 20_000), () => (fs.capacityBytes = Infinity));
      case 'readOnly':
        fs.readOnly = true;
        return void scheduler.after(chance.between(100, 20_000), () => (fs.readOnly = false));
      case 'clock':
        // A disk with coarse times would show the same time twice.
        if (computer.kind.disk.mtimeGranularityMs === undefined) computer.setClock(chance.int(-4_000_000, 4_000_000));
        return;
      case 'overflow': {
        computer.overflow();
        return;
      }
    }
  }
}

/** A person looks whether a plan is held: approves one that is right, and has a wrong one looked at again. */
export function review(computer: Computer, { world }: Team): void {
  if (!computer.isAlive) return;
  const hold = computer.state.folders.byId(computer.folderId)?.hold;
  if (hold === undefined || hold.approved) return;
  if (isHoldRight(computer, world.server)) computer.approve(hold.revision);
  else computer.lookAgain();
}

/** Lets the world go on until `work` is done. */
export async function drive<T>({ world }: Team, work: Promise<T>): Promise<T> {
  const progress = { isOver: false };
  const watched = work.finally(() => (progress.isOver = true));
  watched.catch(() => undefined);
  await world.scheduler.run(600_000, () => progress.isOver);
  if (!progress.isOver) throw new Error('It is not done after ten minutes');
  return watched;
}
