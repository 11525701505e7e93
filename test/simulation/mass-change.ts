import type { Computer } from './computer.ts';
import type { Team } from './team.ts';

/** By then everybody has noticed: a listing comes every half minute. */
const NOTICED_MS = 90_000;

/**
 * After all are in step, a side is emptied: a person deletes all files of a computer, or all objects. Nobody else's files
 * and objects may go before a person has approved that (safety rule 3).
 *
 * @returns whether there was something to empty.
 */
export async function emptyASide(team: Team): Promise<boolean> {
  const { world, computers, people, others } = team;
  const { chance, scheduler, judge, server, trace } = world;
  const computer = chance.pick(computers);
  const isInBucket = chance.hits(0.5);
  const held = computers.filter((one) => (isInBucket ? followsBucket(one) : one === computer && followsDisk(one)));
  const before = server.paths().length;
  if (judge.hasFailed || before < 2 || held.length === 0) return false;
  // Files that base does not know make a side larger than the brake takes it for.
  if (computers.some((one) => one.disk.paths().length !== before || one.problems().length > 0)) return false;

  trace.add('world', `EMPTY ${isInBucket ? 'the bucket' : computer.kind.name}`);
  if (isInBucket) for (const key of server.paths()) others.remove(key);
  else for (const path of computer.disk.paths()) people.remove(computer, path);
  await scheduler.run(NOTICED_MS, () => judge.hasFailed);
  if (!isInBucket && server.paths().length === 0)
    judge.breach(`${computer.kind.name} emptied the bucket and nobody was asked`);
  for (const one of isInBucket ? held : []) {
    if (one.disk.paths().length === 0) judge.breach(`${one.kind.name} lost all its files and nobody was asked`);
  }
  return true;
}

function followsBucket({ kind }: Computer): boolean {
  return kind.mode === 'two-way' || (kind.mode === 'download' && kind.mirrorDeletes);
}

function followsDisk({ kind }: Computer): boolean {
  return kind.mode === 'two-way' || (kind.mode === 'upload' && kind.mirrorDeletes);
}
