import { useMemo, useRef } from 'react';
import type { ProblemInfo } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { useLive } from '../../engine/use-live.ts';
import { useErrorText } from '../../i18n/error-text.ts';
import { nameOfPath } from '../../shell/FolderList.tsx';
import { useApp } from '../../store/store.ts';
import { failedRow, handRow, runningRow, SpeedMeter, waitingRow, type TransferRow } from './rows.ts';

/** Waiting files that are listed; of the others the number is told. */
const MOST_WAITING = 10_000;

export interface Transfers {
  readonly rows: readonly TransferRow[];
  readonly waitingFiles: number;
  readonly waitingBytes: number;
  readonly isLoaded: boolean;
}

/** What is running, waiting and failed, over all folders and what is sent by hand. */
export function useTransfers(): Transfers {
  const textOf = useErrorText();
  const folders = useApp((state) => state.status?.folders);
  const uploads = useApp((state) => state.uploads);
  const names = useMemo(
    () => new Map(folders?.map(({ folder }) => [folder.id, nameOfPath(folder.localRoot)])),
    [folders],
  );
  const meter = useRef(new SpeedMeter());
  const { data } = useLive('transfers', async () => {
    const [running, waiting, problems] = await Promise.all([
      engine().call('transfer.list', {}),
      engine().call('transfer.waiting', { limit: MOST_WAITING }),
      engine().call('problem.list', { limit: 2_000 }),
    ]);
    const nowMs = Date.now();
    const moving = running.map((transfer) => {
      const key = `${transfer.folderId}/${transfer.path}`;
      return { transfer, key, speed: meter.current.look(key, transfer.doneBytes, nowMs) };
    });
    meter.current.keep(new Set(moving.map(({ key }) => key)));
    return { moving, waiting, failed: problems.filter(isFailedTransfer), nowMs };
  });
  const rows = useMemo(() => {
    const byHand = uploads.map((upload) => handRow(upload, data?.nowMs ?? 0));
    const failed = data?.failed ?? [];
    const failedPaths = new Set(failed.map(({ folderId, path }) => `${folderId}/${path}`));
    return [
      ...byHand.filter(({ state }) => state === 'running'),
      ...(data?.moving ?? []).map(({ transfer, speed }) => runningRow(transfer, names, speed)),
      ...failed.map((problem) => failedRow(problem, names, textOf(problem).message)),
      ...byHand.filter(({ state }) => state === 'failed'),
      ...byHand.filter(({ state }) => state === 'waiting'),
      ...(data?.waiting.items ?? [])
        .filter(({ folderId, path }) => !failedPaths.has(`${folderId}/${path}`))
        .map((item) => waitingRow(item, names)),
      ...byHand.filter(({ state }) => state === 'done' || state === 'cancelled'),
    ];
  }, [data, uploads, names, textOf]);
  return {
    rows,
    waitingFiles: data?.waiting.files ?? 0,
    waitingBytes: data?.waiting.bytes ?? 0,
    isLoaded: data !== undefined,
  };
}

/** A file whose transfer failed is tried again by itself, or is an error. */
function isFailedTransfer({ path, severity, retryAtMs }: ProblemInfo): boolean {
  return path !== '' && (severity === 'error' || retryAtMs !== undefined);
}
