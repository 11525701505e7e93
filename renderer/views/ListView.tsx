import type { ReactNode } from 'react';
import type { SyncError } from '../../src/api/index.ts';
import { useText } from '../i18n/index.ts';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { VirtualGrid, type VirtualGridProps } from '../ui/grid/VirtualGrid.tsx';

/** A view that is one list of the engine's: what it is about, what went wrong, and the list or what there is in place of it. */
export function ListView<T>({
  about,
  tools,
  error,
  rows,
  ...grid
}: Omit<VirtualGridProps<T>, 'rows'> & {
  readonly about: string;
  readonly tools?: ReactNode;
  readonly error: SyncError | undefined;
  /** Undefined until they are known. */
  readonly rows: readonly T[] | undefined;
}) {
  const t = useText();
  return (
    <>
      <div className="toolbar">
        <p className="spread muted ellipsis">{about}</p>
        {tools}
      </div>
      {error === undefined ? null : (
        <div className="page">
          <ErrorNote error={error} />
        </div>
      )}
      <VirtualGrid
        {...grid}
        rows={rows ?? []}
        empty={rows === undefined ? <Loading text={t('common.loading')} /> : grid.empty}
      />
    </>
  );
}
