import { Ellipsis } from 'lucide-react';
import { memo } from 'react';
import type { SelectMode } from './selection.ts';
import type { Column } from './VirtualGrid.tsx';

interface GridRowProps<T> {
  readonly id: string;
  readonly row: T;
  readonly index: number;
  /** Of its upper edge, in pixels from that of the list. */
  readonly offset: number;
  readonly columns: readonly Column<T>[];
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly onChoose: (index: number, mode: SelectMode) => void;
  readonly onOpen: (row: T) => void;
  readonly onMenu: ((index: number, x: number, y: number) => void) | undefined;
  readonly menuLabel: string | undefined;
}

/** Drawn again when something of it changes, and not with every step of a scroll or every answer of the engine. */
export const GridRow = memo(DrawnRow, isTheSame) as typeof DrawnRow;

function isTheSame<T>(old: GridRowProps<T>, props: GridRowProps<T>): boolean {
  return hasSameFields(old, { ...props, row: old.row }) && hasSameFields(old.row, props.row);
}

/** Two objects of the same kind. */
function hasSameFields<O>(one: O, other: O): boolean {
  for (const name in one) if (!Object.is(one[name], other[name])) return false;
  return true;
}

function DrawnRow<T>(props: GridRowProps<T>) {
  const { id, row, index, offset, columns, isSelected, isActive, onChoose, onOpen, onMenu, menuLabel } = props;
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-active={isActive ? '' : undefined}
      className="grid-row"
      style={{ transform: `translateY(${offset}px)` }}
      onClick={(event) => onChoose(index, modeOf(event))}
      onDoubleClick={() => onOpen(row)}
      onContextMenu={(event) => {
        if (onMenu === undefined) return;
        event.preventDefault();
        onMenu(index, event.clientX, event.clientY);
      }}
    >
      {columns.map((column) => (
        <div key={column.id} role="gridcell" data-align={column.align}>
          {column.cell(row)}
        </div>
      ))}
      {onMenu === undefined ? null : (
        <div role="gridcell" className="row-actions">
          {/* The keyboard has the menu key; this one is for hands that point. */}
          <button
            type="button"
            tabIndex={-1}
            className="button"
            data-variant="quiet"
            data-icon-only=""
            aria-label={menuLabel}
            onClick={(event) => {
              event.stopPropagation();
              const { left, bottom } = event.currentTarget.getBoundingClientRect();
              onMenu(index, left, bottom);
            }}
          >
            <Ellipsis className="icon" aria-hidden />
          </button>
        </div>
      )}
    </div>
  );
}

function modeOf(event: React.MouseEvent): SelectMode {
  if (event.shiftKey) return 'range';
  return event.ctrlKey || event.metaKey ? 'toggle' : 'one';
}
