import { useRef, type KeyboardEvent } from 'react';
import { targetOf, type SelectMode, type Selection } from './selection.ts';
import type { VirtualGridProps } from './VirtualGrid.tsx';

/** Letters typed within this time belong together. */
const TYPING_MS = 800;

interface GridKeys<T> {
  readonly props: VirtualGridProps<T>;
  readonly selection: Selection;
  readonly activeIndex: number;
  readonly keys: readonly string[];
  readonly change: (selection: Selection) => void;
  readonly choose: (index: number, mode: SelectMode) => void;
  readonly chosenRows: () => readonly T[];
  readonly scrollTo: (index: number) => void;
  readonly pageRows: () => number;
  readonly openMenu: () => void;
}

/** What the keyboard does in a grid. */
export function useGridKeys<T>(grid: GridKeys<T>): (event: KeyboardEvent) => void {
  const typed = useRef({ text: '', atMs: 0 });
  return (event) => {
    if (event.target !== event.currentTarget || event.altKey) return;
    // In the middle of a name a blank is a letter of it.
    const isTyping = event.key === ' ' && event.timeStamp - typed.current.atMs < TYPING_MS;
    const isDone = move(grid, event) || (!isTyping && act(grid, event));
    // Whatever else is done ends the name.
    if (isDone) typed.current = { text: '', atMs: 0 };
    if (isDone || find(grid, event, typed.current)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}

function move<T>(grid: GridKeys<T>, { key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  const { activeIndex, keys, selection, change, choose } = grid;
  if (key === 'a' && (ctrlKey || metaKey)) {
    change({ ...selection, keys: new Set(keys) });
    return true;
  }
  const to = targetOf(key, activeIndex, keys.length, grid.pageRows());
  if (to === undefined) return false;
  choose(to, shiftKey ? 'range' : ctrlKey || metaKey ? 'move' : 'one');
  grid.scrollTo(to);
  return true;
}

function act<T>(grid: GridKeys<T>, { key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  const { props, activeIndex, selection, change, choose } = grid;
  const active = props.rows[activeIndex];
  switch (key) {
    case 'Enter':
      if (active !== undefined) props.onOpen?.(active);
      return true;
    case ' ':
      if (activeIndex >= 0) choose(activeIndex, ctrlKey || metaKey ? 'toggle' : 'one');
      return true;
    case 'Escape':
      if (selection.keys.size === 0) return false;
      change({ ...selection, keys: new Set() });
      return true;
    case 'Backspace':
      props.onBack?.();
      return props.onBack !== undefined;
    case 'Delete':
      if (props.onDelete === undefined || selection.keys.size === 0) return false;
      props.onDelete(grid.chosenRows());
      return true;
    case 'F2':
      if (props.onRename === undefined || active === undefined) return false;
      props.onRename(active);
      return true;
    case 'ContextMenu':
    case 'F10':
      if (props.menu === undefined || activeIndex < 0 || (key === 'F10' && !shiftKey)) return false;
      if (!selection.keys.has(grid.keys[activeIndex] ?? '')) choose(activeIndex, 'one');
      grid.openMenu();
      return true;
    default:
      return false;
  }
}

/** Goes to the next row whose name begins with what is typed. */
function find<T>(grid: GridKeys<T>, event: KeyboardEvent, typed: { text: string; atMs: number }): boolean {
  const { key, ctrlKey, metaKey, timeStamp } = event;
  if (key.length !== 1 || ctrlKey || metaKey) return false;
  typed.text = timeStamp - typed.atMs < TYPING_MS ? typed.text + key.toLowerCase() : key.toLowerCase();
  typed.atMs = timeStamp;
  const { props, activeIndex } = grid;
  // The same letter again goes on to the next one of it.
  const start = typed.text.length > 1 ? Math.max(0, activeIndex) : activeIndex + 1;
  const { rows } = props;
  for (let step = 0; step < rows.length; step++) {
    const index = (start + step) % rows.length;
    const row = rows[index];
    if (row === undefined || !props.nameOf(row).toLowerCase().startsWith(typed.text)) continue;
    grid.choose(index, 'one');
    grid.scrollTo(index);
    break;
  }
  return true;
}
