import { useCallback, useMemo } from 'react';
import type { ProblemInfo } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { restOfList, useLive } from '../../engine/use-live.ts';
import { useErrorText } from '../../i18n/error-text.ts';
import { useFolderNames } from '../../store/folder-names.ts';
import { useApp } from '../../store/store.ts';
import { downloadRow, failedRow, handRow, runningRow, waitingRow, type TransferRow } from './rows.ts';

/** Waiting files that are listed; of the others the number is told. */
const MOST_WAITING = 10_000;

export interface Transfers {
  readonly rows: readonly TransferRow[];
  readonly waitingFiles: number;
  readonly waitingBytes: number;
  readonly isLoaded: boolean;
  /** Asks for all of it now. */
  readonly reload: () => void;
}

/** What is running, waiting and failed, over all folders and what is sent by hand. */
export function useTransfers(): Transfers {
  const words = useErrorText();
  const uploads = useApp((state) => state.uploads);
  const downloads = useApp((state) => state.downloads);
  const names = useFolderNames();
  const waiting = useLive(
    'waiting',
    () => engine().call('transfer.waiting', { limit: MOST_WAITING }),
    ({ items }) => restOfList(items),
  );
  const moving = useLive('moving', async () => {
    const [running, problems] = await Promise.all([
      engine().call('transfer.list', {}),
      engine().call('problem.list', { limit: 2_000 }),
    ]);
    return { running, failed: problems.filter(isFailedTransfer), nowMs: Date.now() };
  });
  const { reload: reloadWaiting } = waiting;
  const { reload: reloadMoving } = moving;
  const reload = useCallback(() => {
    reloadWaiting();
    reloadMoving();
  }, [reloadWaiting, reloadMoving]);
  const waitingItems = waiting.data?.items;
  const waitingRows = useMemo(() => waitingItems?.map((item) => waitingRow(item, names)) ?? [], [waitingItems, names]);
  const rows = useMemo(() => {
    const { running = [], failed = [], nowMs = 0 } = moving.data ?? {};
    const byHand = [
      ...uploads.map((upload) => handRow(upload, nowMs)),
      ...downloads.map((download) => downloadRow(download, nowMs, words)),
    ];
    return withoutDoubles([
      ...byHand.filter(({ state }) => state === 'running'),
      ...running.map((transfer) => runningRow(transfer, names, words)),
      ...failed.map((problem) => failedRow(problem, names, words)),
      ...byHand.filter(({ state }) => state === 'failed' || state === 'taken'),
      ...byHand.filter(({ state }) => state === 'waiting'),
      ...waitingRows,
      // What was sent last is looked for first.
      ...byHand.filter(({ state }) => state === 'done' || state === 'cancelled').toReversed(),
    ]);
  }, [moving.data, waitingRows, uploads, downloads, names, words]);
  return {
    rows,
    waitingFiles: waiting.data?.files ?? 0,
    waitingBytes: waiting.data?.bytes ?? 0,
    isLoaded: waiting.data !== undefined && moving.data !== undefined,
    reload,
  };
}

/** The answers are of slightly different moments: of a file that is in two of them, the first one is shown. */
function withoutDoubles(rows: readonly TransferRow[]): TransferRow[] {
  const seen = new Set<string>();
  return rows.filter(({ key }) => {
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** A file whose transfer failed is tried again by itself, or is an error. */
function isFailedTransfer({ path, severity, retryAtMs }: ProblemInfo): boolean {
  return path !== '' && (severity === 'error' || retryAtMs !== undefined);
}
