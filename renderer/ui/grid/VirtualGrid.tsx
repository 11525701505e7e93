import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useCallback, useEffect, useId, useMemo, useRef, useState, type ReactNode } from 'react';
import { ContextMenu, type MenuEntry } from '../Menu.tsx';
import { useHandler } from '../use-handler.ts';
import { GridRow } from './GridRow.tsx';
import { NOTHING_SELECTED, prune, select, type SelectMode, type Selection } from './selection.ts';
import { useGridKeys } from './use-grid-keys.ts';
import { useRowHeight, useWidthRem } from './use-row-height.ts';

export interface Column<T> {
  readonly id: string;
  readonly title: string;
  /** A track of a CSS grid. */
  readonly width: string;
  readonly align?: 'end';
  readonly cell: (row: T) => ReactNode;
  /** Shown only where the list is at least so wide, in rem: what one can do without in a small window. */
  readonly fromRem?: number;
  readonly onSort?: () => void;
  readonly sorted?: 'ascending' | 'descending' | undefined;
}

export interface VirtualGridProps<T> {
  /** Its name for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** What typing letters looks for. */
  readonly nameOf: (row: T) => string;
  readonly onOpen?: (row: T) => void;
  readonly onDelete?: (rows: readonly T[]) => void;
  readonly onRename?: (row: T) => void;
  /** One level up. */
  readonly onBack?: () => void;
  readonly menu?: (rows: readonly T[]) => readonly MenuEntry[];
  readonly menuLabel?: string;
  /** The last rows are in sight: time for the next page. */
  readonly onEnd?: () => void;
  /** Which rows are in sight. */
  readonly onRange?: (first: number, last: number) => void;
  readonly onSelection?: (rows: readonly T[]) => void;
  readonly empty: ReactNode;
}

const OVERSCAN_ROWS = 12;

/**
 * A list of any length: rows are drawn while they are in sight alone. The keyboard works as in a file manager: arrows, page
 * and end keys, Shift for ranges, Ctrl for single rows, letters to find a name, Enter, Delete, F2, the menu key.
 */
export function VirtualGrid<T>(props: VirtualGridProps<T>) {
  const { label, rows, keyOf, onOpen, menu, onEnd, onRange, onSelection, empty } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight();
  const [frame, widthRem] = useWidthRem();
  const columns = useMemo(
    () => props.columns.filter(({ fromRem = 0 }) => fromRem <= widthRem),
    [props.columns, widthRem],
  );
  const keys = useMemo(() => rows.map(keyOf), [rows, keyOf]);
  const [stored, setSelection] = useState<Selection>(NOTHING_SELECTED);
  const selection = useMemo(() => prune(stored, keys), [stored, keys]);
  const [menuAt, setMenuAt] = useState<{ readonly x: number; readonly y: number }>();
  const menuAnchor = useRef<HTMLSpanElement>(null);
  // The compiler of React must not remember what the virtualiser answers; nothing here is compiled by it.
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN_ROWS,
    // Another function would have the places of all rows reckoned anew, at every step of a scroll.
    getItemKey: useCallback((index: number) => keys[index] ?? index, [keys]),
    // The head of the list stays in sight above the rows.
    scrollMargin: rowHeight,
    scrollPaddingStart: rowHeight,
  });
  useEffect(() => virtual.measure(), [virtual, rowHeight]);

  const shown = virtual.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    onRange?.(first, last);
    if (last >= rows.length - 1 - OVERSCAN_ROWS) onEnd?.();
  }, [first, last, rows.length, onRange, onEnd]);

  const chosenRows = (keysOfRows: ReadonlySet<string>) => rows.filter((_, index) => keysOfRows.has(keys[index] ?? ''));
  const change = (next: Selection) => {
    setSelection(next);
    onSelection?.(chosenRows(next.keys));
  };
  const choose = (index: number, mode: SelectMode) => change(select(selection, keys, index, mode));
  const activeIndex = selection.active === undefined ? -1 : keys.indexOf(selection.active);
  const onKeyDown = useGridKeys({
    props,
    selection,
    activeIndex,
    keys,
    change,
    choose,
    chosenRows: () => chosenRows(selection.keys),
    scrollTo: (index) => virtual.scrollToIndex(index),
    pageRows: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1),
    openMenu: () => {
      const row = scroller.current?.querySelector('[data-active]')?.getBoundingClientRect();
      if (row !== undefined) setMenuAt({ x: row.left + rowHeight, y: row.bottom });
    },
  });
  const openMenuAt = (index: number, x: number, y: number) => {
    if (!selection.keys.has(keys[index] ?? '')) choose(index, 'one');
    setMenuAt({ x, y });
  };
  const onRowChoose = useHandler(choose);
  const onRowMenu = useHandler(openMenuAt);
  const onRowOpen = useHandler((row: T) => onOpen?.(row));

  const tracks = columns.map(({ width }) => width).join(' ');
  const template = { '--columns': menu === undefined ? tracks : `${tracks} var(--space-6)` } as React.CSSProperties;
  if (rows.length === 0) return <div className="grid-empty">{empty}</div>;
  return (
    <>
      <div
        ref={(element) => {
          scroller.current = element;
          return frame(element);
        }}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-multiselectable
        aria-activedescendant={activeIndex >= first && activeIndex <= last ? `${id}-${activeIndex}` : undefined}
        className="grid"
        style={template}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (event.target === event.currentTarget && selection.active === undefined) choose(first, 'move');
        }}
      >
        <div role="rowgroup" className="grid-top">
          <div role="row" aria-rowindex={1} className="grid-head">
            {columns.map((column) => (
              <ColumnHead key={column.id} column={column} />
            ))}
          </div>
        </div>
        <div role="rowgroup" className="grid-body" style={{ blockSize: `${virtual.getTotalSize()}px` }}>
          {shown.map((item) => {
            const row = rows[item.index];
            const key = keys[item.index];
            if (row === undefined || key === undefined) return null;
            return (
              <GridRow
                key={key}
                id={`${id}-${item.index}`}
                row={row}
                index={item.index}
                offset={item.start - rowHeight}
                columns={columns}
                isSelected={selection.keys.has(key)}
                isActive={selection.active === key}
                onChoose={onRowChoose}
                onOpen={onRowOpen}
                onMenu={menu === undefined ? undefined : onRowMenu}
                menuLabel={props.menuLabel}
              />
            );
          })}
        </div>
      </div>
      {menuAt === undefined || menu === undefined ? null : (
        <>
          <span ref={menuAnchor} style={{ position: 'fixed', left: menuAt.x, top: menuAt.y }} />
          <ContextMenu
            label={props.menuLabel ?? label}
            entries={menu(chosenRows(selection.keys))}
            anchor={menuAnchor}
            onClose={() => {
              setMenuAt(undefined);
              scroller.current?.focus({ preventScroll: true });
            }}
          />
        </>
      )}
    </>
  );
}

function ColumnHead<T>({ column: { title, align, onSort, sorted } }: { readonly column: Column<T> }) {
  return (
    <div role="columnheader" data-align={align} aria-sort={onSort === undefined ? undefined : (sorted ?? 'none')}>
      {onSort === undefined ? (
        title
      ) : (
        <button type="button" onClick={onSort}>
          {title}
          {sorted === undefined ? null : sorted === 'ascending' ? <ArrowUp aria-hidden /> : <ArrowDown aria-hidden />}
        </button>
      )}
    </div>
  );
}
