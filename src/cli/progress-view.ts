import type { EngineStatus } from '../api/index.ts';
import type { Context } from './context.ts';
import { countOf, visible } from './format.ts';
import type { OnAway, OnProgress } from './host.ts';
import { progressLine, RateMeter, type ProgressState } from './progress.ts';
import { untilAborted } from './until-aborted.ts';

const REDRAW_MS = 200;

/** A status line that is drawn anew at most five times a second until it is stopped. */
export interface ProgressView {
  stop(): Promise<void>;
}

/** Follows one object on its way. */
export function showTransfer(context: Context, label: string): ProgressView & { readonly onProgress: OnProgress } {
  const { clock } = context.io;
  const meter = new RateMeter();
  let state: ProgressState = { doneBytes: 0, totalBytes: undefined, label };
  const end = redraw(context, () => {
    meter.add(clock.monotonic(), state.doneBytes);
    return progressLine(state, meter.rate());
  });
  return {
    onProgress(doneBytes, totalBytes) {
      state = { doneBytes, totalBytes, label };
    },
    async stop() {
      end();
    },
  };
}

/** Says of a server that goes away meanwhile that it is waited for, or a script would hang without a word. */
export function tellAway({ out }: Pick<Context, 'out'>): OnAway {
  return ({ message }) => void out.note(`${visible(message)} Waiting for the server ...`);
}

/** Follows the folders with these ids. Where no line can be drawn, the engine is not asked. */
export async function showSync(context: Context, ids: ReadonlySet<string>): Promise<ProgressView> {
  if (!context.out.showsStatus) return { stop: async () => undefined };
  const view = showStatus(context);
  const client = await context.client();
  const stop = new AbortController();
  const follow = async () => {
    const signal = AbortSignal.any([context.signal, stop.signal]);
    for await (const status of untilAborted(client.stream('status.watch', {}, signal), signal)) {
      view.update(onlyFolders(status, ids));
    }
  };
  // The line is a comfort: what goes wrong with the engine is told by the call that it accompanies.
  const followed = follow().catch(() => undefined);
  return {
    async stop() {
      stop.abort();
      await followed;
      await view.stop();
    },
  };
}

/** Shows each status that it is given. */
export function showStatus(context: Context): ProgressView & { update(status: EngineStatus): void } {
  let latest: EngineStatus | undefined;
  const end = redraw(context, () => (latest === undefined ? '' : syncLine(latest)));
  return {
    update(status) {
      latest = status;
    },
    async stop() {
      end();
    },
  };
}

/** The status of the chosen folders alone. */
export function onlyFolders(status: EngineStatus, ids: ReadonlySet<string>): EngineStatus {
  return { ...status, folders: status.folders.filter(({ folder }) => ids.has(folder.id)) };
}

/** The line for a sync: counts of all folders that are at work; empty when none is. */
export function syncLine({ folders, bytesPerSecond }: EngineStatus): string {
  const busy = folders.filter(({ state }) => state === 'syncing' || state === 'comparing' || state === 'starting');
  if (busy.length === 0) return '';
  const sum = (of: (status: (typeof busy)[number]) => number) => busy.reduce((total, status) => total + of(status), 0);
  const total = sum(({ planned }) => planned.files);
  if (total === 0)
    return `Comparing: ${countOf(
      sum(({ filesScanned }) => filesScanned),
      'file',
    )} looked at`;
  const state: ProgressState = {
    doneBytes: sum(({ done }) => done.bytes),
    totalBytes: sum(({ planned }) => planned.bytes),
    files: { done: sum(({ done }) => done.files), total },
    label: '',
  };
  const rate = bytesPerSecond.up + bytesPerSecond.down;
  return progressLine(state, rate > 0 ? rate : undefined);
}

function redraw(context: Context, line: () => string): () => void {
  if (!context.out.showsStatus) return () => undefined;
  const stop = context.io.clock.every(REDRAW_MS, () => context.out.status(line()));
  return () => {
    stop();
    context.out.status('');
  };
}
