import type { ActivityInfo, EngineStatus, ProblemInfo, RemoteClient, SettingsInfo } from '../src/api/index.ts';
import { pause } from './pause.ts';

/** What the shell shows of the engine. */
export interface EngineView {
  readonly status: EngineStatus;
  readonly activity: readonly ActivityInfo[];
  readonly problems: readonly ProblemInfo[];
  readonly settings: Pick<SettingsInfo, 'language' | 'notifications'>;
}

/** The engine tells of changes ten times a second; an icon and a menu do with less. */
const LOOK_EVERY_MS = 1_000;
/** A line to the engine that broke is made again after so long. */
const AGAIN_MS = 1_000;
/** The menu shows five files; more of them are deletions and moves. */
const ACTIVITY_LIMIT = 50;

/**
 * Keeps what the shell shows up to date, over every engine that comes and goes.
 *
 * @param connect makes a new line to the engine.
 * @param show gets the present view, or undefined while there is no engine.
 */
export async function watchEngine(
  connect: () => RemoteClient,
  show: (view: EngineView | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const client = connect();
    const onAbort = () => client.close();
    signal.addEventListener('abort', onAbort);
    try {
      for await (const status of client.stream('status.watch', {}, signal)) {
        show(await look(client, status, signal));
        // What changes meanwhile is left out: the stream gives the state of then, not all states.
        await pause(LOOK_EVERY_MS, signal);
      }
    } catch {
      // Whatever it was, it is shown as an engine that is not there, and the next line may do better.
    }
    signal.removeEventListener('abort', onAbort);
    client.close();
    // At the end of the app nobody looks any more.
    show(undefined);
    await pause(AGAIN_MS, signal);
  }
}

async function look(client: RemoteClient, status: EngineStatus, signal: AbortSignal): Promise<EngineView> {
  const hasProblems = status.folders.some(({ problems: { warning, error } }) => warning + error > 0);
  const [activity, problems, settings] = await Promise.all([
    client.call('activity.list', { limit: ACTIVITY_LIMIT }, signal),
    hasProblems ? client.call('problem.list', {}, signal) : [],
    client.call('setting.get', {}, signal),
  ]);
  return { status, activity, problems, settings };
}
