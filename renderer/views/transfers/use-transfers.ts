import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { ProblemInfo } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { useLive } from '../../engine/use-live.ts';
import { useErrorText } from '../../i18n/error-text.ts';
import { nameOfPath } from '../../shell/FolderList.tsx';
import { useApp } from '../../store/store.ts';
import { failedRow, handRow, runningRow, waitingRow, type TransferRow } from './rows.ts';

/** Waiting files that are listed; of the others the number is told. */
const MOST_WAITING = 10_000;
/** A list of so many is not asked for again at every change: it would keep both sides busy with nothing else. */
const LONG_LIST = 500;
const LONG_LIST_FOR_MS = 2_000;

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
  const folders = useApp((state) => state.status?.folders);
  const uploads = useApp((state) => state.uploads);
  const names = useMemo(
    () => new Map(folders?.map(({ folder }) => [folder.id, nameOfPath(folder.localRoot)])),
    [folders],
  );
  const waitingList = useRef(new WaitingList());
  const { data, reload } = useLive('transfers', async () => {
    const [running, waiting, problems] = await Promise.all([
      engine().call('transfer.list', {}),
      waitingList.current.ask(() => reload()),
      engine().call('problem.list', { limit: 2_000 }),
    ]);
    return { running, waiting, failed: problems.filter(isFailedTransfer), nowMs: Date.now() };
  });
  useEffect(() => {
    const list = waitingList.current;
    return () => list.stop();
  }, []);
  const reloadAll = useCallback(() => {
    waitingList.current.forget();
    reload();
  }, [reload]);
  const rows = useMemo(() => {
    const byHand = uploads.map((upload) => handRow(upload, data?.nowMs ?? 0));
    return withoutDoubles([
      ...byHand.filter(({ state }) => state === 'running'),
      ...(data?.running ?? []).map((transfer) => runningRow(transfer, names, words)),
      ...(data?.failed ?? []).map((problem) => failedRow(problem, names, words)),
      ...byHand.filter(({ state }) => state === 'failed'),
      ...byHand.filter(({ state }) => state === 'waiting'),
      ...(data?.waiting.items ?? []).map((item) => waitingRow(item, names)),
      ...byHand.filter(({ state }) => state === 'done' || state === 'cancelled'),
    ]);
  }, [data, uploads, names, words]);
  return {
    rows,
    waitingFiles: data?.waiting.files ?? 0,
    waitingBytes: data?.waiting.bytes ?? 0,
    isLoaded: data !== undefined,
    reload: reloadAll,
  };
}

type Waiting = Awaited<ReturnType<typeof askWaiting>>;
const askWaiting = () => engine().call('transfer.waiting', { limit: MOST_WAITING });

/** The files that wait, kept for a moment where they are many. */
class WaitingList {
  #kept: { readonly waiting: Waiting; readonly atMs: number } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param askAgain called once what is kept is too old, so that the last change is not missed. */
  async ask(askAgain: () => void): Promise<Waiting> {
    const ageMs = Date.now() - (this.#kept?.atMs ?? 0);
    if (this.#kept !== undefined && ageMs < LONG_LIST_FOR_MS) {
      this.stop();
      this.#timer = setTimeout(askAgain, LONG_LIST_FOR_MS - ageMs);
      return this.#kept.waiting;
    }
    const waiting = await askWaiting();
    this.#kept = waiting.items.length < LONG_LIST ? undefined : { waiting, atMs: Date.now() };
    return waiting;
  }

  forget(): void {
    this.#kept = undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
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
