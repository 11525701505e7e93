import { Cloud, File, Laptop } from 'lucide-react';
import type { TrashItem } from '../../src/api/index.ts';
import type { Formats } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Column } from '../ui/grid/VirtualGrid.tsx';

interface Parts {
  readonly t: Translate;
  readonly formats: Formats;
  readonly nowMs: number;
}

export function trashColumns({ t, formats, nowMs }: Parts): readonly Column<TrashItem>[] {
  return [
    {
      id: 'path',
      title: t('trash.path'),
      width: 'minmax(6rem, 1fr)',
      cell: ({ path, location }) => (
        <span className="file-name" title={location}>
          <File className="icon file-icon" aria-hidden />
          <span className="ellipsis">{path}</span>
        </span>
      ),
    },
    {
      id: 'why',
      title: t('trash.why'),
      width: 'minmax(6rem, 11rem)',
      fromRem: 46,
      cell: ({ reason }) => <span className="muted">{t(`trash.reason.${reason}`)}</span>,
    },
    {
      id: 'place',
      title: t('trash.place'),
      width: '8rem',
      cell: ({ place }) => {
        const Icon = place === 'computer' ? Laptop : Cloud;
        return (
          <span className="state">
            <Icon className="icon" aria-hidden />
            <span className="ellipsis">{t(`trash.place.${place}`)}</span>
          </span>
        );
      },
    },
    {
      id: 'size',
      title: t('files.size'),
      width: '5rem',
      align: 'end',
      cell: ({ sizeBytes }) => formats.size(sizeBytes),
    },
    {
      id: 'when',
      title: t('trash.when'),
      width: '7rem',
      cell: ({ trashedMs }) => (
        <span className="muted" title={formats.time(trashedMs)}>
          {formats.since(trashedMs, nowMs)}
        </span>
      ),
    },
  ];
}
