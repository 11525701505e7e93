import './transfers.css';
import { ArrowLeftRight, Eraser, Pause, Play, RotateCw, X } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { engine } from '../../engine/engine.ts';
import { useFormats } from '../../i18n/format.ts';
import { useText } from '../../i18n/index.ts';
import { useNow } from '../../i18n/use-now.ts';
import { attempt } from '../../store/attempt.ts';
import { refreshConfiguration } from '../../store/server-events.ts';
import { openView, useApp } from '../../store/store.ts';
import { cancelUpload, clearUploads, isUnderWay, retryUpload } from '../../store/uploads.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty, Loading } from '../../ui/Empty.tsx';
import { VirtualGrid } from '../../ui/grid/VirtualGrid.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { fileName } from '../files/names.ts';
import { transferColumns } from './columns.tsx';
import type { TransferRow } from './rows.ts';
import { ThroughputChart } from './ThroughputChart.tsx';
import { useTransfers } from './use-transfers.ts';

const keyOf = ({ key }: TransferRow) => key;
const nameOf = ({ path }: TransferRow) => fileName(path);

/** What is on its way, what waits, what failed and what was sent by hand. */
export function TransfersView() {
  const t = useText();
  const formats = useFormats();
  const nowMs = useNow(1_000);
  const { rows, waitingFiles, waitingBytes, isLoaded } = useTransfers();
  const columns = useMemo(() => transferColumns(t, formats, nowMs), [t, formats, nowMs]);
  const menu = useCallback((chosen: readonly TransferRow[]) => menuOf(chosen, t), [t]);
  return (
    <>
      <ThroughputChart />
      <div className="toolbar">
        <p className="spread ellipsis numeric" role="status">
          {!isLoaded
            ? ''
            : waitingFiles === 0
              ? t('transfers.none-waiting')
              : t('transfers.summary', {
                  count: waitingFiles,
                  files: formats.number(waitingFiles),
                  bytes: formats.size(waitingBytes),
                })}
        </p>
        <Actions rows={rows} />
      </div>
      <VirtualGrid
        label={t('views.transfers')}
        columns={columns}
        rows={rows}
        keyOf={keyOf}
        nameOf={nameOf}
        menu={menu}
        menuLabel={t('transfers.actions')}
        empty={
          isLoaded ? (
            <Empty icon={ArrowLeftRight} title={t('transfers.empty')} text={t('transfers.empty.text')}>
              <Button onPress={() => openView('activity')}>{t('transfers.see-activity')}</Button>
            </Empty>
          ) : (
            <Loading text={t('common.loading')} />
          )
        }
      />
    </>
  );
}

function Actions({ rows }: { readonly rows: readonly TransferRow[] }) {
  const t = useText();
  const isPaused = useApp((state) => state.status?.paused ?? false);
  const hasFolders = useApp((state) => (state.status?.folders.length ?? 0) > 0);
  const uploads = useApp((state) => state.uploads);
  const failedFolders = new Set(
    rows.flatMap(({ state, folderId }) => (state === 'failed' && folderId !== undefined ? [folderId] : [])),
  );
  return (
    <>
      {uploads.some((upload) => !isUnderWay(upload)) ? (
        <Button variant="quiet" icon={Eraser} onPress={clearUploads}>
          {t('transfers.clear')}
        </Button>
      ) : null}
      {failedFolders.size === 0 ? null : (
        <Button
          variant="quiet"
          icon={RotateCw}
          onPress={() =>
            attempt(t('transfers.retrying'), () =>
              Promise.all([...failedFolders].map((folderId) => engine().call('transfer.retry', { folderId }))),
            )
          }
        >
          {t('transfers.retry-all')}
        </Button>
      )}
      {hasFolders ? (
        <Button
          icon={isPaused ? Play : Pause}
          onPress={() =>
            attempt('', async () => {
              await engine().call('setting.set', { paused: !isPaused });
              await refreshConfiguration();
            })
          }
        >
          {t(isPaused ? 'transfers.resume-all' : 'transfers.pause-all')}
        </Button>
      ) : null}
    </>
  );
}

function menuOf(chosen: readonly TransferRow[], t: ReturnType<typeof useText>): readonly MenuEntry[] {
  const failed = chosen.filter(({ state }) => state === 'failed' || state === 'cancelled');
  const byHand = chosen.filter(
    ({ uploadId, state }) => uploadId !== undefined && (state === 'running' || state === 'waiting'),
  );
  return [
    {
      id: 'retry',
      label: t('transfers.retry'),
      icon: RotateCw,
      isDisabled: failed.length === 0,
      onAction: () => attempt('', () => Promise.all(failed.map(retry))),
    },
    {
      id: 'cancel',
      label: t('transfers.cancel'),
      icon: X,
      isDisabled: byHand.length === 0,
      onAction: () => {
        for (const { uploadId } of byHand) if (uploadId !== undefined) cancelUpload(uploadId);
      },
    },
    {
      id: 'copy',
      label: t('transfers.copy-path'),
      onAction: () =>
        attempt(t('transfers.path-copied'), () =>
          navigator.clipboard.writeText(chosen.map(({ path }) => path).join('\n')),
        ),
    },
  ];
}

async function retry({ folderId, uploadId, path }: TransferRow): Promise<void> {
  if (uploadId !== undefined) retryUpload(uploadId);
  else if (folderId !== undefined) await engine().call('transfer.retry', { folderId, path });
}
