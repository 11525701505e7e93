import { isInternalKey, pathOfKey } from '../../src/core/paths.ts';
import type { PlanItem } from '../../src/core/plan.ts';
import type { ProblemRow } from '../../src/state/index.ts';
import type { Computer } from './computer.ts';
import { nameOfContent } from './contents.ts';
import { beginnings } from './disk.ts';
import { foldCase } from '../support/memory-tree.ts';
import type { Judge } from './judge.ts';
import type { Server } from './server.ts';

/** How a computer and the bucket differ where they should not, in words; nothing when they are in step. */
export function differences(computer: Computer, server: Server): string[] {
  const { mode } = computer.kind;
  const { wishes } = computer;
  const local = computer.disk.tree();
  const remote = remoteTree(server);
  const problems = computer.problems();
  const found: string[] = [];
  for (const path of new Set([...local.keys(), ...remote.keys()])) {
    const [mine, theirs] = [local.get(path), remote.get(path)];
    if (wishes.ignores(path)) continue;
    if (!wishes.keeps(path)) {
      const isExplained = problems.some(
        (one) => isLeftHere(one, path, computer) || excuses(one, path, computer, local, remote),
      );
      if (mine !== undefined && !isExplained)
        found.push(`${computer.kind.name}: ${path} is still here although it is not chosen`);
      continue;
    }
    if (mine === theirs) continue;
    // Who only uploads leaves alone what others have in the bucket; who only downloads, what is made here.
    if (mode === 'upload' && mine === undefined && !isToBeDeleted(computer, path, server)) continue;
    if (mode === 'download' && theirs === undefined) continue;
    if (problems.some((problem) => excuses(problem, path, computer, local, remote))) continue;
    // The old name of what can not get its new one stays, on the side that is to follow.
    if (
      (mine === undefined || theirs === undefined) &&
      planOf(computer).some(({ from, path: to }) => from === path && isClash(problems, to, computer, local, remote))
    )
      continue;
    // So does that of what looks as if it had moved there, and was edited since: only another look at it would tell.
    if (
      mine === undefined &&
      [...local].some(([to, { length }]) => length === theirs?.length && isClash(problems, to, computer, local, remote))
    )
      continue;
    found.push(`${computer.kind.name}: ${path} is ${describe(mine)} on disk and ${describe(theirs)} in the bucket`);
  }
  return found;
}

/** Files that were sent and refused, though a listing showed what is in their way; to be asked after a whole comparison. */
export function sentInVain(computer: Computer, server: Server): string[] {
  const local = computer.disk.tree();
  const remote = remoteTree(server);
  return computer
    .problems()
    .filter(({ code, source, path }) => code === 'type-clash' && source === 'transfer' && local.has(path))
    .filter(({ path }) => !remote.has(path) && hasClash(path, computer, new Map(), remote))
    .map(({ path }) => `${computer.kind.name}: ${path} was sent, although the bucket can not hold it`);
}

/**
 * Uploads that are left on the server and that nobody will go on with: of no file that is told to wait, or that a symbolic link
 * hides. Who lost the notes of them can not know, nor who had a clock with which a real server would have taken no upload.
 */
export function leftUploads(computers: readonly Computer[], server: Server): string[] {
  if (computers.some(({ hasLostState, hadWrongClock }) => hasLostState || hadWrongClock)) return [];
  const problems = computers.flatMap((computer) => computer.problems());
  const waits = (path: string) =>
    problems.some((one) => one.path === path || (one.code === 'symlink' && isAbove(one.path, path)));
  return server
    .uploadPaths()
    .filter((path) => !waits(path))
    .map((path) => `An upload of ${path} was left on the server`);
}

/** The pauses between two attempts grow up to an hour: a world is over before so many of them fit into it. */
const MOST_ATTEMPTS = 20;

/** Files that fail and are tried again and again without a pause between. */
export function triedTooOften(computer: Computer): string[] {
  return computer
    .problems()
    .filter(({ source, retryAtMs }) => source === 'transfer' && retryAtMs !== undefined)
    .filter(({ attempts }) => attempts > MOST_ATTEMPTS)
    .map(({ path, code, attempts }) => `${computer.kind.name}: ${path} was tried ${attempts} times (${code})`);
}

function remoteTree(server: Server): Map<string, string> {
  const tree = new Map<string, string>();
  for (const key of server.paths()) {
    if (pathOfKey('', key).kind === 'path') tree.set(key, server.current(key)?.content ?? '');
  }
  return tree;
}

function describe(content: string | undefined): string {
  return content === undefined ? 'absent' : nameOfContent(content);
}

/** Whether a problem that a person was told of is the reason for a difference, and is true. */
function excuses(
  problem: ProblemRow,
  path: string,
  computer: Computer,
  local: ReadonlyMap<string, string>,
  remote: ReadonlyMap<string, string>,
): boolean {
  const { mode, disk } = computer.kind;
  switch (problem.code) {
    case 'type-clash':
      return isRelated(problem.path, path) && hasClash(path, computer, local, remote);
    case 'symlink':
      return problem.path === computer.wishes.linkAt(path);
    case 'unicode-clash':
      return isRelated(problem.path, path) && hasTwoForms(problem.path, computer);
    case 'conflict':
      return mode !== 'two-way' && problem.path === path && local.has(path) && remote.has(path);
    case 'remote-changed':
      return mode === 'upload' && problem.path === path && remote.has(path);
    case 'local-changed':
      return mode === 'download' && problem.path === path && local.has(path);
    case 'case-clash':
      // Two names that are one to this disk: only one of them can be here.
      return (
        disk.caseInsensitive === true &&
        problem.path === path &&
        hasTwin(path, [...local.keys(), ...remote.keys(), ...linksOf(computer)])
      );
    default:
      return false;
  }
}

/** Whether an object that a computer sent is to go, since its file has. Perhaps only the hourly comparison finds that. */
function isToBeDeleted({ kind, state, folderId }: Computer, path: string, server: Server): boolean {
  const base = kind.mirrorDeletes ? state.base.get(folderId, path) : undefined;
  const object = server.current(path);
  return base?.retained === false && object !== undefined && base.etag === server.store.shownEtag(object.etag);
}

/** Whether a problem says that what is not chosen stays. Of two names that are one in NFC, it is told of both. */
function isLeftHere({ code, path: told }: ProblemRow, path: string, computer: Computer): boolean {
  if (code !== 'not-chosen') return false;
  return told === path || (isRelated(told, path) && hasTwoForms(told, computer));
}

function linksOf({ disk }: Computer): string[] {
  return disk.links().map((link) => link.normalize('NFC'));
}

/** Whether the disk has two entries that are this path in NFC. A directory hides another one though nothing is in it. */
function hasTwoForms(path: string, { disk }: Computer): boolean {
  return (
    [...disk.paths(), ...disk.directories(), ...disk.links()].filter((one) => one.normalize('NFC') === path).length > 1
  );
}

/** Whether the bucket can not hold a path, and a person was told. Of a name that is there twice they are told that alone. */
function isClash(
  problems: readonly ProblemRow[],
  path: string,
  computer: Computer,
  local: ReadonlyMap<string, string>,
  remote: ReadonlyMap<string, string>,
): boolean {
  return (
    problems.some((one) => one.path === path && (one.code === 'type-clash' || one.code === 'unicode-clash')) &&
    hasClash(path, computer, local, remote)
  );
}

/** Whether something lies below this path, or this below something. */
function hasClash(
  path: string,
  computer: Computer,
  local: ReadonlyMap<string, string>,
  remote: ReadonlyMap<string, string>,
): boolean {
  // To some disk the two may be one name.
  const folded = foldCase(path);
  return [...local.keys(), ...remote.keys(), ...linksOf(computer)]
    .map(foldCase)
    .some((other) => isAbove(other, folded) || isAbove(folded, other));
}

/** Whether some of these differ from a path, or from a directory above it, in nothing but case. */
function hasTwin(path: string, others: readonly string[]): boolean {
  return beginnings(path).some((own) =>
    others.some((other) => beginnings(other).some((one) => one !== own && foldCase(one) === foldCase(own))),
  );
}

function isAbove(directory: string, path: string): boolean {
  return path.startsWith(`${directory}/`);
}

function isRelated(a: string, b: string): boolean {
  return a === b || isAbove(a, b) || isAbove(b, a);
}

/** Every content that nobody gave up is there to be seen: as a file on a computer, or as an object. */
export function checkNothingLost(judge: Judge, computers: readonly Computer[], server: Server): void {
  const seen = new Set<string>();
  for (const { disk } of computers) {
    for (const path of disk.paths()) {
      const content = disk.content(path) ?? '';
      judge.mustBeWritten(content, path);
      seen.add(content);
    }
  }
  for (const key of server.paths()) seen.add(server.current(key)?.content ?? '');
  for (const content of judge.ledger.owed()) {
    if (seen.has(content)) continue;
    const rest = judge.isAnywhere(content) ? 'lies in a trash or an old version alone' : 'is nowhere any more';
    judge.breach(`${nameOfContent(content)}, which nobody gave up, ${rest}`);
  }
}

/** Rows of a plan that are waiting although no problem says why. */
export function unexplainedPlan(computer: Computer): string[] {
  const told = new Set(computer.problems().map(({ path }) => path));
  return planOf(computer)
    .filter(({ path }) => !told.has(path))
    .map(({ kind, path }) => `${computer.kind.name} still plans to ${kind} ${path}`);
}

export function planOf({ state, folderId }: Computer): PlanItem[] {
  const { plans } = state;
  return plans
    .phases(folderId)
    .flatMap((phase) => [
      ...plans.page(folderId, phase, 'small', '', 1_000),
      ...plans.page(folderId, phase, 'large', '', 1_000),
    ]);
}

/** Whether each deletion of a held plan is of something that is really gone on the other side. */
export function isHoldRight(computer: Computer, server: Server): boolean {
  const local = computer.disk.isMounted ? computer.disk.tree() : undefined;
  if (local === undefined) return false;
  return planOf(computer).every(({ kind, path }) => {
    if (kind === 'delete-local') return server.current(path) === undefined;
    if (kind === 'delete-remote') return !local.has(path) && !isInternalKey(path);
    return true;
  });
}
