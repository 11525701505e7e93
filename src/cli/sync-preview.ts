import type { FolderInfo, FolderStatus, PreviewItem } from '../api/index.ts';
import { unreachable } from '../core/errors.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import { countOf, formatSize, listInWords, visible } from './format.ts';
import { folderLine } from './commands/folder.ts';
import { holdLines, problemLines } from './status-text.ts';

type Action = Extract<PreviewItem, { kind: 'action' }>['action'];

const ACTIONS: readonly (readonly [action: Action, word: string, summary: string])[] = [
  ['upload', 'upload', 'to upload'],
  ['download', 'download', 'to download'],
  ['delete-remote', 'delete', 'to delete in the bucket'],
  ['delete-local', 'trash', 'to move to the trash here'],
  ['reconcile', 'compare', 'to compare, as both sides have it'],
  ['confirm-local', 'check', 'to check for changes'],
];
const WORDS = new Map(ACTIONS.map(([action, word]) => [action, word]));

interface Totals {
  readonly actions: Map<Action, { files: number; bytes: number }>;
  problems: number;
  held: boolean;
}

/** Prints what a sync of these folders would do, line by line as it is found; changes nothing. */
export async function previewSync(context: Context, folders: readonly FolderInfo[]): Promise<ExitCode> {
  const { out, signal } = context;
  const client = await context.client();
  const totals: Totals = { actions: new Map(), problems: 0, held: false };
  for (const folder of folders) {
    if (folders.length > 1) await out.note(folderLine(folder));
    for await (const item of client.stream('folder.preview', { id: folder.id }, signal)) {
      count(totals, item);
      if (out.isJson) await out.json({ folderId: folder.id, ...item });
      else await printItem(context, folder, item);
    }
  }
  signal.throwIfAborted();
  if (out.isJson)
    await out.json({ kind: 'total', actions: Object.fromEntries(totals.actions), problems: totals.problems });
  await out.note(totalSentence(totals));
  await out.note('Nothing was changed.');
  return totals.held ? 4 : totals.problems > 0 ? 3 : 0;
}

function count(totals: Totals, item: PreviewItem): void {
  if (item.kind === 'held') totals.held = true;
  else if (item.kind === 'problem') totals.problems += item.severity === 'notice' ? 0 : 1;
  else {
    const { files, bytes } = totals.actions.get(item.action) ?? { files: 0, bytes: 0 };
    totals.actions.set(item.action, { files: files + 1, bytes: bytes + item.sizeBytes });
  }
}

async function printItem({ out }: Context, folder: FolderInfo, item: PreviewItem): Promise<void> {
  switch (item.kind) {
    case 'action': {
      const word = (WORDS.get(item.action) ?? item.action).padEnd(8);
      await out.line(`${word}  ${visible(item.path)}  ${formatSize(item.sizeBytes)}`);
      return;
    }
    case 'problem':
      await out.lines(problemLines(item, folder, (text, colour) => out.paint(text, colour)));
      return;
    case 'held': {
      const state: FolderStatus['state'] = 'held';
      for (const line of holdLines({ folder, state, hold: item.hold })) await out.note(line);
      return;
    }
    default:
      unreachable(item);
  }
}

function totalSentence({ actions, problems }: Totals): string {
  const parts = ACTIONS.flatMap(([action, , summary]) => {
    const total = actions.get(action);
    return total === undefined ? [] : [`${countOf(total.files, 'file')} ${summary} (${formatSize(total.bytes)})`];
  });
  if (problems > 0) parts.push(countOf(problems, 'problem'));
  return parts.length === 0 ? 'There is nothing to do.' : `${listInWords(parts)}.`;
}
