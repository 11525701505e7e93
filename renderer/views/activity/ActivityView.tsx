import {
  ArrowDown,
  ArrowUp,
  CircleEqual,
  CornerUpRight,
  HardDriveUpload,
  History,
  SearchX,
  Split,
  Trash2,
  type LucideIcon,
} from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import type { ActivityInfo } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { restOfList, useLive } from '../../engine/use-live.ts';
import { useFormats, type Formats } from '../../i18n/format.ts';
import { useText, type Translate } from '../../i18n/index.ts';
import { useNow } from '../../i18n/use-now.ts';
import { useFolderNames } from '../../store/folder-names.ts';
import { Empty } from '../../ui/Empty.tsx';
import { SearchField } from '../../ui/Field.tsx';
import type { Column } from '../../ui/grid/VirtualGrid.tsx';
import { ListView } from '../ListView.tsx';
import '../transfers/transfers.css';

const MOST_ROWS = 5_000;

const ICONS: Readonly<Record<ActivityInfo['kind'], LucideIcon>> = {
  uploaded: ArrowUp,
  downloaded: ArrowDown,
  'deleted-remote': Trash2,
  'deleted-local': Trash2,
  released: HardDriveUpload,
  adopted: CircleEqual,
  moved: CornerUpRight,
  conflict: Split,
};

const keyOf = ({ atMs, folderId, path, kind }: ActivityInfo) => `${atMs}/${folderId}/${kind}/${path}`;
const nameOf = ({ path }: ActivityInfo) => path;

/** What happened, when and where. */
export function ActivityView() {
  const t = useText();
  const formats = useFormats();
  const nowMs = useNow(10_000);
  const names = useFolderNames();
  const [wanted, setWanted] = useState('');
  const text = useDeferredValue(wanted.trim());
  const { data, error } = useLive(
    `activity/${text}`,
    () => engine().call('activity.list', { limit: MOST_ROWS, text }),
    restOfList,
  );
  // While the engine looks for something else, what it found before stays.
  const [known, setKnown] = useState<readonly ActivityInfo[]>();
  if (data !== undefined && data !== known) setKnown(data);
  const columns = useMemo(() => columnsOf(t, formats, names, nowMs), [t, formats, names, nowMs]);
  return (
    <ListView
      label={t('views.activity')}
      about={t('activity.about')}
      tools={<SearchField label={t('activity.search')} value={wanted} onChange={setWanted} />}
      error={error}
      columns={columns}
      rows={data ?? known}
      keyOf={keyOf}
      nameOf={nameOf}
      empty={
        text === '' ? (
          <Empty icon={History} title={t('activity.empty')} text={t('activity.empty.text')} />
        ) : (
          <Empty icon={SearchX} title={t('activity.not-found', { text })} />
        )
      }
    />
  );
}

function columnsOf(
  t: Translate,
  formats: Formats,
  names: ReadonlyMap<string, string>,
  nowMs: number,
): readonly Column<ActivityInfo>[] {
  return [
    {
      id: 'when',
      title: t('activity.when'),
      width: '6.5rem',
      cell: ({ atMs }) => (
        <span className="muted" title={formats.time(atMs)}>
          {formats.since(atMs, nowMs)}
        </span>
      ),
    },
    {
      id: 'what',
      title: t('activity.what'),
      width: 'minmax(7rem, 1fr)',
      cell: ({ kind }) => {
        const Icon = ICONS[kind];
        return (
          <span
            className="direction"
            data-tone={kind === 'uploaded' ? 'up' : kind === 'downloaded' ? 'down' : undefined}
          >
            <Icon className="icon" aria-hidden />
            <span className="ellipsis">{t(`activity.kind.${kind}`)}</span>
          </span>
        );
      },
    },
    {
      id: 'path',
      title: t('activity.path'),
      width: 'minmax(8rem, 3fr)',
      cell: ({ path, detail }) => (
        <span title={detail === '' ? path : `${path}\n${detail}`}>
          {path}
          {detail === '' ? null : <span className="muted"> · {detail}</span>}
        </span>
      ),
    },
    {
      id: 'folder',
      fromRem: 42,
      title: t('activity.folder'),
      width: 'minmax(4rem, 9rem)',
      cell: ({ folderId }) => <span className="muted">{names.get(folderId) ?? ''}</span>,
    },
    {
      id: 'size',
      fromRem: 34,
      title: t('activity.size'),
      width: '5rem',
      align: 'end',
      cell: ({ sizeBytes, kind }) => (kind.startsWith('deleted') ? '' : formats.size(sizeBytes)),
    },
  ];
}
