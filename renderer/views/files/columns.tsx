import type { ItemState, PageItem } from '../../../src/api/index.ts';
import { useFormats, type Formats } from '../../i18n/format.ts';
import { useErrorText } from '../../i18n/error-text.ts';
import { useText, type Translate } from '../../i18n/index.ts';
import { openDialog } from '../../store/store.ts';
import type { Place } from '../../store/types.ts';
import type { Column } from '../../ui/grid/VirtualGrid.tsx';
import { StateMark } from '../../ui/StateMark.tsx';
import { FileIcon } from './FileIcon.tsx';
import { nameOf } from './names.ts';

interface Parts {
  readonly t: Translate;
  readonly formats: Formats;
  readonly place: Place;
  readonly states: ReadonlyMap<string, ItemState>;
  /** How many each object has; undefined in a bucket that keeps none. */
  readonly versions: ReadonlyMap<string, number> | undefined;
  readonly nowMs: number;
}

export function fileColumns({ t, formats, place, states, versions, nowMs }: Parts): readonly Column<PageItem>[] {
  return [
    {
      id: 'name',
      title: t('files.name'),
      width: 'minmax(5.5rem, 3fr)',
      cell: (item) => (
        <span className="file-name" title={nameOf(item, place)}>
          <FileIcon item={item} />
          <span className="ellipsis">{nameOf(item, place)}</span>
        </span>
      ),
    },
    {
      id: 'state',
      title: t('files.state'),
      width: 'minmax(6.5rem, 1fr)',
      cell: (item) => <State state={states.get(item.key)} t={t} formats={formats} />,
    },
    {
      id: 'size',
      fromRem: 24,
      title: t('files.size'),
      width: '5rem',
      align: 'end',
      cell: (item) => (item.kind === 'prefix' ? '' : formats.size(item.sizeBytes)),
    },
    {
      id: 'modified',
      fromRem: 34,
      title: t('files.modified'),
      width: '7rem',
      cell: (item) =>
        item.kind === 'object' ? (
          <span className="muted" title={formats.time(item.lastModifiedMs)}>
            {formats.since(item.lastModifiedMs, nowMs)}
          </span>
        ) : (
          ''
        ),
    },
    ...(versions === undefined
      ? []
      : [
          {
            id: 'versions',
            fromRem: 40,
            title: t('files.versions'),
            width: '4.5rem',
            align: 'end',
            cell: (item: PageItem) => <Versions item={item} count={versions.get(item.key)} place={place} />,
          } as const,
        ]),
  ];
}

/** One alone is nothing to look at. The keyboard has the menu for it; the number is for hands that point. */
function Versions({
  item,
  count,
  place,
}: {
  readonly item: PageItem;
  readonly count: number | undefined;
  readonly place: Place;
}) {
  const t = useText();
  const { number } = useFormats();
  if (count === undefined || count < 2) return null;
  return (
    <button
      type="button"
      tabIndex={-1}
      className="link"
      aria-label={t('files.versions-of', { count, versions: number(count), name: nameOf(item, place) })}
      onClick={() => openDialog({ kind: 'versions', place, objectKey: item.key })}
    >
      {number(count)}
    </button>
  );
}

function State({
  state,
  t,
  formats,
}: {
  readonly state: ItemState | undefined;
  readonly t: Translate;
  readonly formats: Formats;
}) {
  const textOf = useErrorText();
  if (state === undefined) return null;
  const { state: name, doneBytes, sizeBytes, reason, code } = state;
  const isMoving = (name === 'uploading' || name === 'downloading') && doneBytes > 0;
  const text = isMoving
    ? t(`state.${name}-percent`, { percent: formats.percent(doneBytes / sizeBytes) })
    : t(`state.${name}`);
  if (reason === '') return <StateMark state={name} text={text} />;
  const told =
    code === 'cancelled'
      ? t('transfers.cancelled.text')
      : textOf({ code, message: reason, advice: '', detail: '' }).message;
  return <StateMark state={name} text={text} title={told} />;
}
