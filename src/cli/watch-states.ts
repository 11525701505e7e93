import type { EngineStatus, FolderStatus } from '../api/index.ts';
import type { Context } from './context.ts';
import { countOf, formatTimeOfDay } from './format.ts';
import { showStatus } from './progress-view.ts';
import { holdLines, stateLine, stateLines } from './status-text.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * Prints each folder's state whenever it changes (with --json: each status as a line) until the stream ends or the
 * command is called off.
 *
 * @returns the last status seen.
 */
export async function watchStates(
  context: Context,
  statuses: AsyncIterable<EngineStatus>,
): Promise<EngineStatus | undefined> {
  const { out } = context;
  const view = showStatus(context);
  const shown = new Map<string, string>();
  let last: EngineStatus | undefined;
  try {
    for await (const status of untilAborted(statuses, context.signal)) {
      last = status;
      view.update(status);
      if (out.isJson) await printIfNew(context, shown, status);
      else for (const folder of status.folders) await tellIfNew(context, shown, folder);
    }
  } finally {
    await view.stop();
  }
  return last;
}

async function printIfNew({ out }: Context, shown: Map<string, string>, status: EngineStatus): Promise<void> {
  const text = JSON.stringify(status);
  if (shown.get('') === text) return;
  shown.set('', text);
  await out.line(text);
}

async function tellIfNew({ io, out }: Context, shown: Map<string, string>, status: FolderStatus): Promise<void> {
  const { folder, state, reason, hold, problems } = status;
  const isSettled = state !== 'starting' && state !== 'comparing' && state !== 'syncing';
  // While a folder is at work its problems come and go; they are worth a line once it is done.
  const count = isSettled ? problems.warning + problems.error : 0;
  const news = JSON.stringify([state, reason, hold, count]);
  if (shown.get(folder.id) === news) return;
  shown.set(folder.id, news);

  const suffix = count === 0 ? '' : `  ${countOf(count, 'problem')}`;
  await out.line(`${formatTimeOfDay(io.clock.now())}  ${stateLine(out, status)}${suffix}`);
  const details = [...stateLines(status, out.language), ...holdLines(status)];
  await out.lines(details.map((line) => `          ${line}`));
}
