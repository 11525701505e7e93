import './transfers.css';
import { ArrowLeftRight, Eraser, RotateCw } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { desktopShell } from '../../engine/desktop-bridge.ts';
import { engine } from '../../engine/engine.ts';
import { useFormats } from '../../i18n/format.ts';
import { useText } from '../../i18n/index.ts';
import { PauseButton } from '../../shell/PauseButton.tsx';
import { attempt } from '../../store/attempt.ts';
import { openView, useApp } from '../../store/store.ts';
import { isUnderWay } from '../../store/upload-queue.ts';
import { handUploads } from '../../store/uploads.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { Empty, Loading } from '../../ui/Empty.tsx';
import { VirtualGrid } from '../../ui/grid/VirtualGrid.tsx';
import { fileName } from '../files/names.ts';
import { actionsFor, copyAction } from './actions.ts';
import { transferColumns } from './columns.tsx';
import type { TransferRow } from './rows.ts';
import { ThroughputChart } from './ThroughputChart.tsx';
import { useTransfers } from './use-transfers.ts';

const keyOf = ({ key }: TransferRow) => key;
const NONE: ReadonlySet<string> = new Set();
const nameOf = ({ path }: TransferRow) => fileName(path);

/** What is on its way, what waits, what failed and what was sent by hand. */
export function TransfersView() {
  const t = useText();
  const formats = useFormats();
  const { rows, waitingFiles, waitingBytes, isLoaded, reload } = useTransfers();
  const [selected, setSelected] = useState<ReadonlySet<string>>(NONE);
  const columns = useMemo(() => transferColumns(t, formats), [t, formats]);
  const menu = useCallback(
    (chosen: readonly TransferRow[]) => [...actionsFor(chosen, t, reload), 'line' as const, copyAction(chosen, t)],
    [t, reload],
  );
  const chosen = selected.size === 0 ? [] : rows.filter(({ key }) => selected.has(key));
  return (
    <>
      <ThroughputChart />
      <div className="toolbar">
        <p className="spread ellipsis numeric" role="status">
          {!isLoaded || rows.length === 0
            ? ''
            : waitingFiles === 0
              ? t('transfers.none-waiting')
              : t('transfers.summary', {
                  count: waitingFiles,
                  files: formats.number(waitingFiles),
                  bytes: formats.size(waitingBytes),
                })}
        </p>
        <span role="group" aria-label={t('transfers.of-selected')} className="transfer-actions">
          {chosen.length === 0
            ? null
            : actionsFor(chosen, t, reload).map(({ id, label, icon, whyNot, onAction }) =>
                icon === undefined || whyNot !== undefined ? null : (
                  <IconButton key={id} icon={icon} label={label} onPress={onAction} />
                ),
              )}
        </span>
        <Actions rows={rows} />
      </div>
      <VirtualGrid
        label={t('views.transfers')}
        columns={columns}
        rows={rows}
        keyOf={keyOf}
        nameOf={nameOf}
        onSelection={(now) => setSelected(new Set(now.map(keyOf)))}
        onDelete={(now) =>
          actionsFor(now, t, reload)
            .find(({ id }) => id === 'cancel')
            ?.onAction()
        }
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
  const uploads = useApp((state) => state.uploads);
  const downloads = useApp((state) => state.downloads);
  const failedFolders = new Set(
    rows.flatMap(({ state, folderId }) => (state === 'failed' && folderId !== undefined ? [folderId] : [])),
  );
  return (
    <>
      {[...uploads, ...downloads].some((each) => !isUnderWay(each)) ? (
        <Button
          variant="quiet"
          icon={Eraser}
          onPress={() => {
            handUploads.clear();
            desktopShell()?.steerDownloads({ type: 'clear' });
          }}
        >
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
      <PauseButton />
    </>
  );
}
