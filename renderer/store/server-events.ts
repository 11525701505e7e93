import { asSyncError, type EngineStatus } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { currentLanguage, translator } from '../i18n/index.ts';
import { tellFailure } from './attempt.ts';
import { addSample, bucketChanged, notify, useApp } from './store.ts';
import { totalsOf } from './totals.ts';

const SAMPLE_EVERY_MS = 1_000;
/** What is on screen is asked for again at most so often. */
const REVISION_EVERY_MS = 400;

/** What could not be taken in is tried again after so long. */
const AGAIN_AFTER_MS = 1_000;

/**
 * Takes what the engine says into the store until the signal says that this connection is over. What goes wrong meanwhile is
 * told, once where it goes on, and ends nothing: a window that stands still looks like an engine that does nothing.
 */
export async function followEngine(signal: AbortSignal): Promise<void> {
  let told = '';
  const wentWell = () => {
    told = '';
  };
  while (!signal.aborted) {
    await takeStatuses(signal, wentWell).catch((error: unknown) => {
      const { code, message } = asSyncError(error);
      // The link tells by itself that it is lost.
      if (!signal.aborted && code !== 'engine-lost' && message !== told) tellFailure(error);
      told = message;
    });
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
  }
}

async function takeStatuses(signal: AbortSignal, wentWell: () => void): Promise<void> {
  const revise = throttled(REVISION_EVERY_MS, () => {
    useApp.setState(({ revision }) => ({ revision: revision + 1 }));
  });
  let seen: number | undefined;
  let seenBuckets: number | undefined;
  for await (const status of engine().stream('status.watch', {}, signal)) {
    useApp.setState({ status });
    revise();
    if (seenBuckets !== undefined && status.bucketsChanged !== seenBuckets) bucketChanged();
    seenBuckets = status.bucketsChanged;
    // Accounts and settings are changed at other places too: a terminal, another window.
    if (status.configured !== seen) await refreshConfiguration();
    wentWell();
    // A trial that was begun in a terminal goes on with its folder.
    if (seen === undefined && status.trial !== undefined && status.folders.length === 0) {
      useApp.setState({ isFirstRun: true });
    }
    // Only now the language is known.
    if (seen === undefined) tellCrashes().catch(tellFailure);
    seen = status.configured;
  }
}

async function tellCrashes(): Promise<void> {
  const crashes = await engine().call('crash.untold', {});
  if (crashes.length === 0) return;
  const t = translator(currentLanguage());
  notify('failed', t('crash.told'), t('crash.advice'));
}

/** Reads accounts and settings again. */
export async function refreshConfiguration(): Promise<void> {
  const [accounts, settings] = await Promise.all([engine().call('account.list', {}), engine().call('setting.get', {})]);
  useApp.setState(({ isFirstRun }) => ({ accounts, settings, isFirstRun: isFirstRun || accounts.length === 0 }));
}

/** Notes how the work goes once a second, whether or not the engine has anything to tell. */
export function sampleThroughput(): () => void {
  const timer = setInterval(() => {
    const { status } = useApp.getState();
    addSample({ atMs: Date.now(), ...speedOf(status), totals: totalsOf(status) });
  }, SAMPLE_EVERY_MS);
  return () => clearInterval(timer);
}

/** Bytes per second; nothing while nothing moves, though the engine remembers its last speed. */
export function speedOf(status: EngineStatus | undefined): { readonly up: number; readonly down: number } {
  return status === undefined || status.moving.files === 0 ? { up: 0, down: 0 } : status.bytesPerSecond;
}

function throttled(everyMs: number, work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, everyMs);
  };
}
