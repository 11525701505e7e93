import type { EngineStatus, FolderInfo, FolderStatus, ProblemInfo } from '../api/index.ts';
import type { Language } from '../api/texts/index.ts';
import { folderLine } from './commands/folder.ts';
import { countOf, formatCount, formatSize, formatTarget, formatTime, listInWords, visible } from './format.ts';
import type { Colour, Output } from './output.ts';
import { toldLines, wordsOf } from './words.ts';

type State = FolderStatus['state'];

const STATES: Readonly<Record<State, { readonly shape: string; readonly words: string; readonly colour: Colour }>> = {
  'in-sync': { shape: '✓', words: 'in sync', colour: 'green' },
  starting: { shape: '…', words: 'starting', colour: 'dim' },
  comparing: { shape: '…', words: 'comparing', colour: 'dim' },
  syncing: { shape: '↻', words: 'syncing', colour: 'bold' },
  attention: { shape: '!', words: 'problems', colour: 'yellow' },
  'not-running': { shape: '-', words: 'off', colour: 'dim' },
  paused: { shape: '-', words: 'paused', colour: 'dim' },
  offline: { shape: '!', words: 'offline', colour: 'yellow' },
  held: { shape: '!', words: 'held', colour: 'yellow' },
  stopped: { shape: '✗', words: 'stopped', colour: 'red' },
};

/** `✓ in sync    /home/me/Pictures → home:photos/`. */
export function stateLine(out: Output, status: FolderStatus): string {
  const { shape, words, colour } = STATES[status.state];
  return `${out.paint(`${shape} ${words.padEnd(9)}`, colour)}  ${folderLine(status.folder)}`;
}

/** What there is to say below the state: counts, the reason and what to do, the hold, problems. */
export function statusDetails(status: FolderStatus, language: Language): string[] {
  const { folder, problems } = status;
  const lines = [`id ${folder.id}, ${folder.mode}, ${countOf(status.filesInSync, 'file')} in sync`];
  if (folder.chosen !== undefined) {
    lines.push(`only a part is kept on this computer: \`rustfs-sync folder select ${folder.id}\``);
  }
  if (status.lastFullPassMs !== undefined) lines.push(`last compared in full ${formatTime(status.lastFullPassMs)}`);
  const left = status.planned.files - status.done.files;
  if (left > 0) lines.push(`${countOf(left, 'file')} to go, ${formatSize(status.planned.bytes - status.done.bytes)}`);
  lines.push(...stateLines(status, language));
  lines.push(...holdLines(status));
  if (status.setAside !== undefined) {
    const { paused, cancelled } = status.setAside;
    const counts = [
      ...(paused > 0 ? [`${countOf(paused, 'file')} paused`] : []),
      ...(cancelled > 0 ? [`${countOf(cancelled, 'file')} cancelled`] : []),
    ];
    lines.push(`${listInWords(counts)}: \`rustfs-sync transfers\``);
  }
  const count = problems.warning + problems.error;
  if (count > 0) lines.push(`${countOf(count, 'problem')}: \`rustfs-sync problems --folder ${folder.id}\``);
  return lines;
}

/** Why a folder is in its state, what to do, and what happens by itself. Of a folder that is watched. */
export function stateLines(status: FolderStatus, language: Language): string[] {
  return [...reasonLines(status, language), ...(status.state === 'offline' ? [wordsOf(language).goesOn] : [])];
}

/** Why a folder is in its state, and what to do; empty where the state says it all. */
export function reasonLines({ code, reason, advice }: FolderStatus, language: Language): string[] {
  if (reason === '') return advice === '' ? [] : [visible(advice)];
  return toldLines({ code, message: reason, advice }, language).map(visible);
}

/** What the brake holds, and how to go on; empty when it holds nothing. A plan that was approved is held no more. */
export function holdLines({ folder, state, hold }: Pick<FolderStatus, 'folder' | 'state' | 'hold'>): string[] {
  if (state !== 'held' || hold === undefined) return [];
  return [holdSentence(hold), `Look at it: rustfs-sync plan show ${folder.id}`, ...holdChoices(folder.id)];
}

/** Why a plan is held. */
export function holdSentence(hold: NonNullable<FolderStatus['hold']>): string {
  const known = countOf(hold.known, 'file');
  const what =
    hold.reason === 'replaces-all'
      ? `replace ${formatCount(hold.replacements)} of ${known}`
      : `delete ${formatCount(hold.deletions)} of ${known}`;
  const because = hold.reason === 'disk-changed' ? ', and its disk is another one than before' : '';
  return `It is held, since it would ${what}${because}. Nothing of that was done.`;
}

/** What can become of a held plan. Without the revision that was seen, approving shows it first. */
export function holdChoices(folderId: string, seen?: number): string[] {
  return [
    `If it is what you want: rustfs-sync plan approve ${folderId}${seen === undefined ? '' : ` --seen ${seen}`}`,
    `If not, undo what caused it: rustfs-sync plan revert ${folderId}`,
  ];
}

const SEVERITY_COLOURS: Readonly<Record<ProblemInfo['severity'], Colour>> = {
  notice: 'dim',
  warning: 'yellow',
  error: 'red',
};

/** A problem in lines: where, what, and what to do. `paint` colours for the stream that they go to. */
export function problemLines(
  problem: Pick<ProblemInfo, 'severity' | 'path' | 'code' | 'message' | 'advice'> & { readonly command?: string },
  folder: FolderInfo | undefined,
  language: Language,
  paint: (text: string, colour: Colour) => string,
): string[] {
  const words = wordsOf(language);
  const place = problem.path === '' ? (folder?.localRoot ?? words.wholeFolder) : problem.path;
  const severity = paint(words.severities[problem.severity], SEVERITY_COLOURS[problem.severity]);
  return [`${severity}  ${visible(place)}`, ...toldLines(problem, language).map((line) => `  ${visible(line)}`)];
}

/** A problem that the engine keeps; of a conflict with the other version and the id to resolve it by. */
export function keptProblemLines(
  problem: ProblemInfo,
  folder: FolderInfo | undefined,
  language: Language,
  paint: (text: string, colour: Colour) => string,
): string[] {
  if (problem.code !== 'conflict-copy') return problemLines(problem, folder, language, paint);
  // A command to be copied as it stands.
  const command = `rustfs-sync problems resolve ${problem.id} --keep mine|theirs|both`;
  const lines = problemLines({ ...problem, command }, folder, language, paint);
  return [...lines, `  ${wordsOf(language).conflict(visible(problem.detail), problem.id)}`];
}

/** How many warnings and errors there are in these folders. Notices are not counted: they leave nothing to do. */
export function problemCount(status: EngineStatus): number {
  return status.folders.reduce((count, { problems }) => count + problems.warning + problems.error, 0);
}

/** `/home/me/Pictures → home:photos/ (k3jq7x2m)`, for lists of folders in messages. */
export function folderWithId(folder: FolderInfo): string {
  return visible(`${folder.id} (${folder.localRoot} to ${formatTarget(folder, folder.prefix)})`);
}
