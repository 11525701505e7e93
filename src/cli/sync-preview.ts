import type { FolderInfo, FolderStatus, PlannedAction, PreviewItem } from '../api/index.ts';
import { unreachable } from '../core/errors.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import { actionLine, actionTotals } from './action-text.ts';
import { countOf, listInWords } from './format.ts';
import { folderLine } from './commands/folder.ts';
import { holdLines, problemLines } from './status-text.ts';

interface Totals {
  readonly actions: Map<PlannedAction, { files: number; bytes: number }>;
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
    case 'action':
      await out.line(actionLine(item));
      return;
    case 'problem':
      await out.lines(problemLines(item, folder, out.language, (text, colour) => out.paint(text, colour)));
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
  const parts = actionTotals(actions);
  if (problems > 0) parts.push(countOf(problems, 'problem'));
  return parts.length === 0 ? 'There is nothing to do.' : `${listInWords(parts)}.`;
}
