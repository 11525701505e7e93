import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react';
import { ContextMenu, type MenuEntry } from '../Menu.tsx';
import { useHandler } from '../use-handler.ts';
import { GridRow } from './GridRow.tsx';
import { mostDrawn, within } from './row-window.ts';
import { NOTHING_SELECTED, prune, select, type SelectMode, type Selection } from './selection.ts';
import { useGridKeys } from './use-grid-keys.ts';
import { useScroller } from './use-scroller.ts';

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
  /** Whether the focus is in the list or around it, or was in what it replaces: then the keyboard stays in the list. */
  readonly hasFocus?: RefObject<boolean>;
  readonly empty: ReactNode;
}

/** So many rows before the end it is time for the next page. */
const EARLY_ROWS = 12;

/**
 * A list of any length: rows are drawn while they are in sight alone. The keyboard works as in a file manager: arrows, page
 * and end keys, Shift for ranges, Ctrl for single rows, letters to find a name, Enter, Delete, F2, the menu key.
 */
export function VirtualGrid<T>(props: VirtualGridProps<T>) {
  const { label, rows, keyOf, onOpen, menu, onEnd, onRange, onSelection, empty } = props;
  const id = useId();
  const scroller = useScroller();
  const { rowHeight, widthRem } = scroller;
  const columns = useMemo(
    () => props.columns.filter(({ fromRem = 0 }) => fromRem <= widthRem),
    [props.columns, widthRem],
  );
  const keys = useMemo(() => rows.map(keyOf), [rows, keyOf]);
  const [stored, setSelection] = useState<Selection>(NOTHING_SELECTED);
  const selection = useMemo(() => prune(stored, keys), [stored, keys]);
  const [menuAt, setMenuAt] = useState<{ readonly x: number; readonly y: number }>();
  const menuAnchor = useRef<HTMLSpanElement>(null);
  const { first, end } = within(scroller.drawn, rows.length);
  const last = Math.max(0, end - 1);
  // A row that goes out of sight becomes one that comes into it: next to nothing of it has to be made anew.
  const places = Math.max(end - first, mostDrawn(scroller.height, rowHeight));
  useEffect(() => {
    onRange?.(first, last);
    if (last >= rows.length - 1 - EARLY_ROWS) onEnd?.();
  }, [first, last, rows.length, onRange, onEnd]);

  const chosenRows = (keysOfRows: ReadonlySet<string>) => rows.filter((_, index) => keysOfRows.has(keys[index] ?? ''));
  const choose = (index: number, mode: SelectMode) => setSelection(select(selection, keys, index, mode));
  // Also when rows are gone, or hidden by a search: nothing is to be done to what does not show as selected.
  const tellSelection = useHandler(() => onSelection?.(chosenRows(selection.keys)));
  useEffect(tellSelection, [tellSelection, selection]);
  const activeIndex = selection.active === undefined ? -1 : keys.indexOf(selection.active);
  const onKeyDown = useGridKeys({
    props,
    selection,
    activeIndex,
    keys,
    change: setSelection,
    choose,
    chosenRows: () => chosenRows(selection.keys),
    scrollTo: scroller.scrollTo,
    pageRows: () => Math.max(1, Math.floor(scroller.height / rowHeight) - 1),
    openMenu: () => {
      const row = scroller.element.current?.querySelector('[data-active]')?.getBoundingClientRect();
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

  const { hasFocus } = props;
  const isEmpty = rows.length === 0;
  const emptiness = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (hasFocus?.current !== true || document.activeElement !== document.body) return;
    (isEmpty ? emptiness : scroller.element).current?.focus({ preventScroll: true });
  }, [hasFocus, isEmpty, scroller.element]);

  const tracks = columns.map(({ width }) => width).join(' ');
  const template = { '--columns': menu === undefined ? tracks : `${tracks} var(--space-6)` } as React.CSSProperties;
  if (isEmpty) {
    return (
      <div ref={emptiness} className="grid-empty" tabIndex={-1} onKeyDown={onKeyDown}>
        {empty}
      </div>
    );
  }
  return (
    <>
      <div
        ref={scroller.attach}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-multiselectable
        aria-activedescendant={activeIndex >= first && activeIndex < end ? `${id}-${activeIndex}` : undefined}
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
        <div role="rowgroup" className="grid-body" style={{ blockSize: `${rows.length * rowHeight}px` }}>
          {rows.slice(first, end).map((row, nth) => {
            const index = first + nth;
            const key = keys[index] ?? '';
            return (
              <GridRow
                key={index % places}
                id={`${id}-${index}`}
                row={row}
                index={index}
                offset={index * rowHeight}
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
              scroller.element.current?.focus({ preventScroll: true });
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
