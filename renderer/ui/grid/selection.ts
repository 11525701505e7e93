/** Which rows are chosen, which one the keyboard is at, and where a range began. Keys, not places: rows come and go. */
export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly active: string | undefined;
  readonly anchor: string | undefined;
}

export const NOTHING_SELECTED: Selection = { keys: new Set(), active: undefined, anchor: undefined };

export type SelectMode = 'one' | 'toggle' | 'range' | 'move';

/** The selection after the row at `index` was clicked or moved to. */
export function select(selection: Selection, keys: readonly string[], index: number, mode: SelectMode): Selection {
  const key = keys[index];
  if (key === undefined) return selection;
  switch (mode) {
    case 'one':
      return { keys: new Set([key]), active: key, anchor: key };
    case 'move':
      return { ...selection, active: key };
    case 'toggle': {
      const chosen = new Set(selection.keys);
      if (!chosen.delete(key)) chosen.add(key);
      return { keys: chosen, active: key, anchor: key };
    }
    case 'range': {
      const began = selection.anchor === undefined ? -1 : keys.indexOf(selection.anchor);
      const from = began < 0 ? index : began;
      const range = keys.slice(Math.min(from, index), Math.max(from, index) + 1);
      return { keys: new Set(range), active: key, anchor: keys[from] };
    }
  }
}

/** Without what is not there any more. The same object when nothing of it is gone. */
export function prune(selection: Selection, keys: readonly string[]): Selection {
  if (selection.keys.size === 0 && selection.active === undefined) return selection;
  const there = new Set(keys);
  const kept = [...selection.keys].filter((key) => there.has(key));
  const active = selection.active !== undefined && there.has(selection.active) ? selection.active : undefined;
  if (kept.length === selection.keys.size && active === selection.active) return selection;
  return { keys: new Set(kept), active, anchor: active };
}

/** Where a key of the keyboard leads from a row; undefined when it leads nowhere. */
export function targetOf(key: string, from: number, rows: number, pageRows: number): number | undefined {
  const clamp = (index: number) => Math.max(0, Math.min(rows - 1, index));
  switch (key) {
    case 'ArrowDown':
      return clamp(from + 1);
    case 'ArrowUp':
      return clamp(from - 1);
    case 'PageDown':
      return clamp(from + pageRows);
    case 'PageUp':
      return clamp(from - pageRows);
    case 'Home':
      return 0;
    case 'End':
      return rows - 1;
    default:
      return undefined;
  }
}
