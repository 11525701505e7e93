import type { Computer } from './computer.ts';
import type { Team } from './team.ts';

/** By then everybody has noticed: a listing comes every half minute. */
const NOTICED_MS = 90_000;
/** So many files are most of a side, even with as many new ones. */
const MANY_FILES = 24;
const MOST_NEW_FILES = 10;

/** Somebody has so many files that most of them may not go without a question even while others come. */
export function writeMany({ world, computers, people }: Team): void {
  const computer = world.chance.pick(computers);
  for (let file = 1; file <= MANY_FILES; file++) people.write(computer, `many/${file}`, world.judge.ledger.fresh(30));
}

/**
 * After all are in step, a side is emptied: a person deletes all files of a computer, or all objects. Nobody else's files
 * and objects may go before a person has approved that (safety rule 3).
 *
 * @returns whether there was something to empty.
 */
export async function emptyASide(team: Team): Promise<boolean> {
  const { world, computers, people, others } = team;
  const { chance, scheduler, faults, judge, server, trace } = world;
  const computer = chance.pick(computers);
  const isInBucket = chance.hits(0.5);
  const held = computers.filter((one) => (isInBucket ? followsBucket(one) : one === computer && followsDisk(one)));
  const before = server.paths();
  if (judge.hasFailed || before.length < 2 || held.length === 0) return false;
  // Files that base does not know make a side larger than the brake takes it for.
  if (computers.some((one) => !holdsAll(one, before) || one.problems().length > 0)) return false;

  trace.add('world', `EMPTY ${isInBucket ? 'the bucket' : computer.kind.name}`);
  if (isInBucket) for (const key of before) others.remove(key);
  else for (const path of computer.disk.paths()) people.remove(computer, path);
  if (team.focus.name === 'emptied') disturb(team, before);
  await scheduler.run(NOTICED_MS, () => judge.hasFailed);
  faults.besides = {};
  for (const one of computers) one.startsToShare = undefined;
  const left = before.filter((path) => server.current(path) !== undefined);
  if (!isInBucket && isBraked(left, before))
    judge.breach(`${computer.kind.name} emptied the bucket down to ${left.length} and nobody was asked`);
  for (const one of isInBucket ? held : []) {
    const tree = one.disk.tree();
    const kept = before.filter((path) => tree.has(path));
    if (isBraked(kept, before))
      judge.breach(`${one.kind.name} lost all its files but ${kept.length} and nobody was asked`);
  }
  return true;
}

/** Whether nothing is left, or less than half, and so few that more than ten are gone, whatever came meanwhile. */
function isBraked(left: readonly string[], before: readonly string[]): boolean {
  const gone = before.length - left.length;
  return left.length === 0 || (gone > 10 && gone > (before.length + MOST_NEW_FILES) / 2);
}

/** Meanwhile calls take long, engines are killed, and people wait for single files: of those that went, and new ones. */
function disturb({ world, computers, people }: Team, paths: readonly string[]): void {
  const { chance, scheduler, faults, judge } = world;
  faults.besides = { slow: chance.between(0, 0.5), crash: chance.hits(0.5) ? chance.between(0, 0.03) : 0 };
  let files = 0;
  const writeNew = (computer: Computer) => {
    if (files < MOST_NEW_FILES) people.write(computer, `new-${++files}`, judge.ledger.fresh(30));
    return `new-${files}`;
  };
  for (const computer of computers) computer.startsToShare = () => writeNew(computer);
  const withinMs = chance.pick([3_000, 40_000, NOTICED_MS]);
  for (let times = chance.int(0, MOST_NEW_FILES); times > 0; times--) {
    scheduler.after(chance.between(0, withinMs), () => {
      const computer = chance.pick(computers);
      computer.share(writeNew(computer));
      computer.first(chance.pick(paths));
    });
  }
}

/** Whether a computer has these files and no others. */
function holdsAll({ disk }: Computer, paths: readonly string[]): boolean {
  const tree = disk.tree();
  return tree.size === paths.length && paths.every((path) => tree.has(path));
}

function followsBucket({ kind }: Computer): boolean {
  return kind.mode === 'two-way' || (kind.mode === 'download' && kind.mirrorDeletes);
}

function followsDisk({ kind }: Computer): boolean {
  return kind.mode === 'two-way' || (kind.mode === 'upload' && kind.mirrorDeletes);
}
