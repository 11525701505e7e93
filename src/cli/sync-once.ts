import type { FolderInfo, FolderStatus, ProblemInfo, SyncOutcome } from '../api/index.ts';
import type { Context } from './context.ts';
import { exitCodeOfOutcome, type ExitCode } from './exit-codes.ts';
import { folderLine } from './commands/folder.ts';
import { countOf, visible } from './format.ts';
import { summaryLine } from './progress.ts';
import { onlyFolders, showSync } from './progress-view.ts';
import { holdLines, problemCount, keptProblemLines, reasonLines } from './status-text.ts';

/** So many problems are told in full; the rest is a number. */
const SHOWN_PROBLEMS = 20;
/** The most that one question for problems may ask for. */
const MOST_PROBLEMS = 100_000;

interface Report {
  readonly outcome: SyncOutcome;
  readonly durationMs: number;
  readonly folders: readonly FolderStatus[];
  readonly problems: readonly ProblemInfo[];
  readonly otherProblems: number;
}

/** Syncs these folders until they are in sync or can not be without a person, then tells how it went. */
export async function syncOnce(context: Context, folders: readonly FolderInfo[]): Promise<ExitCode> {
  const ids = folders.map(({ id }) => id);
  const client = await context.client();
  const { clock } = context.io;
  const startMs = clock.monotonic();
  const view = await showSync(context, new Set(ids));
  context.lastWords('Stopped. `rustfs-sync activity` lists what was done, and the next sync goes on from there.');
  let outcome: SyncOutcome;
  try {
    outcome = await client.call('sync.once', { ids }, context.signal);
  } finally {
    await view.stop();
  }
  const durationMs = clock.monotonic() - startMs;
  // Whoever calls it off waits for no more than what was done.
  const report =
    outcome.result === 'stopped'
      ? { outcome, durationMs, folders: [], problems: [], otherProblems: 0 }
      : await makeReport(context, outcome, ids, durationMs);
  if (context.out.isJson) await printJson(context, report);
  await tellReport(context, report);
  return exitCodeOfOutcome(outcome.result);
}

async function makeReport(
  context: Context,
  outcome: SyncOutcome,
  ids: readonly string[],
  durationMs: number,
): Promise<Report> {
  const client = await context.client();
  const status = onlyFolders(await client.call('status.get', {}, context.signal), new Set(ids));
  const problems: ProblemInfo[] = [];
  for (const { folder, problems: counts } of status.folders) {
    const wanted = SHOWN_PROBLEMS - problems.length;
    if (wanted <= 0 || counts.warning + counts.error === 0) continue;
    // Notices leave nothing to do, but come in the same list.
    const limit = Math.min(MOST_PROBLEMS, counts.notice + wanted);
    const listed = await client.call('problem.list', { folderId: folder.id, limit }, context.signal);
    problems.push(...listed.filter(({ severity }) => severity !== 'notice').slice(0, wanted));
  }
  const otherProblems = Math.max(0, problemCount(status) - problems.length);
  return { outcome, durationMs, folders: status.folders, problems, otherProblems };
}

async function printJson({ out }: Context, report: Report): Promise<void> {
  const { outcome, durationMs, folders, problems, otherProblems } = report;
  const states = folders.map(({ folder, state, reason, advice, code, hold }) => ({
    id: folder.id,
    state,
    reason,
    advice,
    code,
    ...(hold !== undefined && { hold }),
  }));
  await out.json({ ...outcome, durationMs: Math.round(durationMs), folders: states, problems, otherProblems });
}

/** The end of the run in words, on stderr. What a person has to act on is told with --quiet too. */
async function tellReport({ out }: Context, report: Report): Promise<void> {
  const { outcome, durationMs, folders, problems, otherProblems } = report;
  for (const line of workLines(outcome, durationMs)) await out.note(line);
  if (outcome.error !== undefined) await out.error(outcome.error);
  for (const status of folders) {
    const lines = [...(outcome.error === undefined ? reasonLines(status, out.language) : []), ...holdLines(status)];
    if (lines.length === 0) continue;
    await out.warn(folderLine(status.folder));
    for (const line of lines) await out.warn(`  ${line}`);
  }
  for (const problem of problems) {
    const folder = folders.find((each) => each.folder.id === problem.folderId)?.folder;
    for (const line of keptProblemLines(problem, folder, out.language, (text, colour) => out.paintError(text, colour)))
      await out.warn(line);
  }
  if (otherProblems > 0) {
    await out.warn(`${countOf(otherProblems, 'other problem')}: \`rustfs-sync problems\` lists them.`);
  }
  await out.note(endSentence(outcome, folders, problems.length + otherProblems));
}

function workLines(outcome: SyncOutcome, durationMs: number): string[] {
  const { uploadedFiles, uploadedBytes, downloadedFiles, downloadedBytes } = outcome;
  const { deletedFiles, movedFiles, releasedFiles } = outcome;
  const lines: string[] = [];
  if (uploadedFiles > 0) lines.push(summaryLine('Uploaded', countOf(uploadedFiles, 'file'), uploadedBytes, durationMs));
  if (downloadedFiles > 0) {
    lines.push(summaryLine('Downloaded', countOf(downloadedFiles, 'file'), downloadedBytes, durationMs));
  }
  if (movedFiles > 0) lines.push(`Moved ${countOf(movedFiles, 'file')} without sending them again.`);
  if (deletedFiles > 0)
    lines.push(`Deleted ${countOf(deletedFiles, 'file')}: kept in the trash, or as an old version in the bucket.`);
  if (releasedFiles > 0)
    lines.push(`Took ${countOf(releasedFiles, 'file')} off this computer: not chosen for it, kept in the bucket.`);
  return lines;
}

function endSentence({ result }: SyncOutcome, folders: readonly FolderStatus[], problems: number): string {
  switch (result) {
    case 'in-sync':
      return 'Everything is in sync.';
    case 'problems':
      return problems > 0 ? `Done, with ${countOf(problems, 'problem')} left.` : 'Not everything is in sync.';
    case 'held':
      return 'A plan is held until you approve it.';
    case 'unreachable':
    case 'stopped':
      return 'Not everything is in sync.';
    case 'paused': {
      const paused = folders.filter(({ state }) => state === 'paused').map(({ folder }) => visible(folder.id));
      if (paused.length === 0) return `All but what you set aside is in sync. \`rustfs-sync transfers\` lists it.`;
      return `Not synced, since paused: ${paused.join(', ')}. \`rustfs-sync folder resume ID\` lets a folder go on.`;
    }
  }
}
