import { Copy, Link2, QrCode, Share2, Trash2 } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import type { ShareRecord } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { useLive } from '../../engine/use-live.ts';
import { useFormats } from '../../i18n/format.ts';
import { useText } from '../../i18n/index.ts';
import { useNow } from '../../i18n/use-now.ts';
import { attempt } from '../../store/attempt.ts';
import { openDialog, openView, useApp } from '../../store/store.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import type { Column } from '../../ui/grid/VirtualGrid.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { forgetShares } from '../../dialogs/EndSharesDialog.tsx';
import { itemName } from '../files/names.ts';
import { ListView } from '../ListView.tsx';

const keyOf = ({ id }: ShareRecord) => String(id);
const nameOf = ({ key }: ShareRecord) => itemName(key);

/** Every link that was made here and still works. */
export function SharesView() {
  const t = useText();
  const revision = useApp((state) => state.bucketRevision);
  const { data, error } = useLive(`shares/${revision}`, () => engine().call('share.list', {}));
  const columns = useColumns();
  const menu = useCallback(
    (chosen: readonly ShareRecord[]): readonly MenuEntry[] => [
      {
        id: 'copy',
        label: t('shares.copy'),
        icon: Copy,
        whyNot: chosen.length === 1 ? undefined : t('common.why-not.one'),
        onAction: () => {
          for (const { id } of chosen) copyLink(id, t('share.copied'));
        },
      },
      {
        id: 'show',
        label: t('shares.show'),
        icon: QrCode,
        whyNot: chosen.length === 1 ? undefined : t('common.why-not.one'),
        onAction: () => {
          for (const { id, fileName: name } of chosen) showLink(id, name);
        },
      },
      {
        id: 'forget',
        label: t('shares.forget'),
        icon: Trash2,
        tone: 'bad',
        onAction: () => takeOff(chosen, t('shares.forgotten')),
      },
    ],
    [t],
  );
  return (
    <ListView
      label={t('views.shares')}
      about={t('shares.about')}
      error={error}
      columns={columns}
      rows={data}
      keyOf={keyOf}
      nameOf={nameOf}
      onOpen={({ id }) => copyLink(id, t('share.copied'))}
      onDelete={(chosen) => takeOff(chosen, t('shares.forgotten'))}
      menu={menu}
      menuLabel={t('shares.actions')}
      empty={
        <Empty icon={Link2} title={t('shares.empty')} text={t('shares.empty.text')}>
          <Button icon={Share2} onPress={() => openView('files')}>
            {t('shares.choose')}
          </Button>
        </Empty>
      }
    />
  );
}

function useColumns(): readonly Column<ShareRecord>[] {
  const t = useText();
  const formats = useFormats();
  const nowMs = useNow(10_000);
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('shares.name'),
        width: 'minmax(8rem, 1fr)',
        cell: ({ key, bucket }) => <span title={key}>{key === '' ? bucket : key}</span>,
      },
      {
        id: 'bucket',
        fromRem: 42,
        title: t('shares.bucket'),
        width: 'minmax(4rem, 9rem)',
        cell: ({ bucket }) => <span className="muted">{bucket}</span>,
      },
      { id: 'kind', title: t('shares.kind'), width: '7rem', cell: ({ kind }) => t(`shares.kind.${kind}`) },
      {
        id: 'made',
        fromRem: 36,
        title: t('shares.made'),
        width: '7rem',
        cell: ({ createdMs }) => (
          <span className="muted" title={formats.time(createdMs)}>
            {formats.since(createdMs, nowMs)}
          </span>
        ),
      },
      {
        id: 'expires',
        title: t('shares.expires'),
        width: '7rem',
        cell: ({ expiresMs }) => <span title={formats.time(expiresMs)}>{formats.ago(expiresMs, nowMs)}</span>,
      },
    ],
    [t, formats, nowMs],
  );
}

function copyLink(id: number, done: string): void {
  attempt(done, async () => {
    const { url } = await engine().call('share.link', { id });
    await navigator.clipboard.writeText(url);
  });
}

function showLink(id: number, name: string): void {
  attempt('', async () => {
    const share = await engine().call('share.link', { id });
    openDialog({ kind: 'shared', name, share });
  });
}

/** What ends a link that somebody may have is asked first; one to an object goes on working off the list. */
function takeOff(chosen: readonly ShareRecord[], done: string): void {
  if (chosen.some(({ kind }) => kind === 'page' || kind === 'zip')) openDialog({ kind: 'end-shares', shares: chosen });
  else attempt(done, () => forgetShares(new Set(chosen)));
}
