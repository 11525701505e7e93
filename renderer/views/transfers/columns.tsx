import {
  ArrowDown,
  ArrowUp,
  CircleX,
  CornerUpRight,
  ScanSearch,
  Trash2,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import type { Formats } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/index.ts';
import { useNow } from '../../i18n/use-now.ts';
import { Meter } from '../../ui/Empty.tsx';
import type { Column } from '../../ui/grid/VirtualGrid.tsx';
import { fileName } from '../files/names.ts';
import { takenActions } from './actions.ts';
import type { TransferKind, TransferRow } from './rows.ts';

const ICONS: Readonly<Record<TransferKind, LucideIcon>> = {
  up: ArrowUp,
  down: ArrowDown,
  move: CornerUpRight,
  delete: Trash2,
  check: ScanSearch,
};

export function transferColumns(t: Translate, formats: Formats): readonly Column<TransferRow>[] {
  return [
    {
      id: 'name',
      title: t('transfers.name'),
      width: 'minmax(6rem, 3fr)',
      cell: ({ kind, path, state, where }) => {
        const Icon = state === 'failed' ? CircleX : state === 'taken' ? TriangleAlert : ICONS[kind];
        return (
          <span
            className="direction"
            data-tone={state === 'failed' ? 'bad' : state === 'taken' ? 'warn' : kind}
            title={`${where}: ${path}`}
          >
            <Icon className="icon" aria-label={t(`transfers.kind.${kind}`)} />
            <span className="ellipsis">{fileName(path)}</span>
          </span>
        );
      },
    },
    {
      id: 'where',
      fromRem: 42,
      title: t('transfers.where'),
      width: 'minmax(4rem, 9rem)',
      cell: ({ where }) => <span className="muted">{where}</span>,
    },
    {
      id: 'state',
      title: t('transfers.state'),
      width: 'minmax(8.5rem, 2fr)',
      cell: (row) => <State row={row} t={t} formats={formats} />,
    },
    {
      id: 'parts',
      fromRem: 52,
      title: t('transfers.parts'),
      width: '4.5rem',
      align: 'end',
      cell: ({ parts }) => (parts === undefined ? '' : `${formats.number(parts.done)}/${formats.number(parts.total)}`),
    },
    {
      id: 'size',
      title: t('transfers.size'),
      width: '5rem',
      align: 'end',
      cell: ({ sizeBytes, kind }) => (kind === 'delete' || sizeBytes === 0 ? '' : formats.size(sizeBytes)),
    },
    {
      id: 'speed',
      fromRem: 34,
      title: t('transfers.speed'),
      width: '5.5rem',
      align: 'end',
      cell: ({ bytesPerSecond }) => (bytesPerSecond < 1 ? '' : formats.rate(bytesPerSecond)),
    },
  ];
}

interface StateProps {
  readonly row: TransferRow;
  readonly t: Translate;
  readonly formats: Formats;
}

function State({ row, t, formats }: StateProps) {
  const { state, sizeBytes, doneBytes, bytesPerSecond, kind } = row;
  const details = detailsOf(row, t, formats);
  // What was begun may still wait for its turn on the wire.
  if (state === 'waiting' || (state === 'running' && doneBytes === 0 && sizeBytes > 0)) {
    return <span className="muted">{t(`transfers.waiting.${kind}`)}</span>;
  }
  if (state === 'running') {
    const share = sizeBytes === 0 ? 1 : doneBytes / sizeBytes;
    const left = bytesPerSecond > 1 ? formats.duration(((sizeBytes - doneBytes) / bytesPerSecond) * 1000) : '';
    const text =
      left === '' ? formats.percent(share) : t('transfers.percent-left', { percent: formats.percent(share), left });
    return (
      <span className="progress-cell numeric" title={details}>
        <Meter share={share} label={t('transfers.progress', { name: fileName(row.path) })} />
        <span className="ellipsis">{text}</span>
      </span>
    );
  }
  if (state === 'failed') return <Failed row={row} t={t} formats={formats} />;
  if (state === 'taken') return <Taken row={row} t={t} />;
  const explained = state === 'cancelled' && row.folderId !== undefined ? t('transfers.cancelled.text') : details;
  return (
    <span className="muted" title={explained}>
      {t(`transfers.${state}`)}
    </span>
  );
}

function Taken({ row, t }: Pick<StateProps, 'row' | 't'>) {
  return (
    <span className="taken" title={t('transfers.taken')}>
      <span className="taken-actions">
        {takenActions([row], t).map(({ id, label, onAction }) => (
          // The keyboard has the menu; these are for hands that point.
          <button
            key={id}
            type="button"
            tabIndex={-1}
            className="link"
            onClick={(event) => {
              event.stopPropagation();
              onAction();
            }}
          >
            {label}
          </button>
        ))}
      </span>
      <span>{t('transfers.taken')}</span>
    </span>
  );
}

function Failed({ row: { message, advice, retryAtMs }, t, formats }: StateProps) {
  const nowMs = useNow(1_000);
  const again =
    retryAtMs === undefined || retryAtMs <= nowMs ? '' : t('transfers.again', { when: formats.ago(retryAtMs, nowMs) });
  const text = [message, advice, again].filter((part) => part !== '').join(' ');
  return <span title={text}>{text}</span>;
}

/** What an expert wants to know of a transfer: attempt and failure before it, parts, and until when it can go on. */
function detailsOf({ attempt, message, advice, parts }: TransferRow, t: Translate, formats: Formats): string {
  const lines: string[] = [];
  if (parts !== undefined) {
    const values = { count: parts.total, done: formats.number(parts.done), total: formats.number(parts.total) };
    lines.push(t('transfers.parts-done', values));
    lines.push(t('transfers.resumable', { when: formats.time(parts.untilMs) }));
  }
  if (attempt > 1) lines.push(`${t('transfers.attempt', { number: formats.number(attempt) })} ${message} ${advice}`);
  return lines.join('\n');
}
