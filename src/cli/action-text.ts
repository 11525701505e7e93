import type { PlannedAction, PreviewItem } from '../api/index.ts';
import { countOf, formatSize, visible } from './format.ts';

const ACTIONS: readonly (readonly [action: PlannedAction, word: string, summary: string])[] = [
  ['upload', 'upload', 'to upload'],
  ['download', 'download', 'to download'],
  ['move-remote', 'move', 'to move in the bucket'],
  ['move-local', 'rename', 'to move here'],
  ['delete-remote', 'delete', 'to delete in the bucket'],
  ['delete-local', 'trash', 'to move to the trash here'],
  ['reconcile', 'compare', 'to compare, as both sides have it'],
  ['confirm-local', 'check', 'to check for changes'],
];
const WORDS = new Map(ACTIONS.map(([action, word]) => [action, word]));

/** What the actions of each kind add up to. */
export type ActionTotals = ReadonlyMap<PlannedAction, { readonly files: number; readonly bytes: number }>;

/** `upload    a/b.txt  1.5 kB`, `move      old → new  1.5 kB`. */
export function actionLine(item: Extract<PreviewItem, { kind: 'action' }>): string {
  const word = (WORDS.get(item.action) ?? item.action).padEnd(8);
  const path = item.from === undefined ? item.path : `${item.from} → ${item.path}`;
  return `${word}  ${visible(path)}  ${formatSize(item.sizeBytes)}`;
}

/** `2 files to upload (2.0 kB)` for each kind that there is. */
export function actionTotals(totals: ActionTotals): string[] {
  return ACTIONS.flatMap(([action, , summary]) => {
    const total = totals.get(action);
    return total === undefined ? [] : [`${countOf(total.files, 'file')} ${summary} (${formatSize(total.bytes)})`];
  });
}
