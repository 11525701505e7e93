import type { Client, TrashItem } from '../../api/index.ts';
import type { CliCommand } from '../command.ts';
import { isConfirmed, requireYes, tellDone, type Context, type Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { countOf, formatSize, formatTime, visible } from '../format.ts';
import { parseAge } from '../parse.ts';

const SIZE_COLUMNS = 8;

const PLACES: Readonly<Record<TrashItem['place'], string>> = { computer: 'here', bucket: 'bucket' };

const REASONS: Readonly<Record<TrashItem['reason'], string>> = {
  'deleted-in-bucket': 'deleted in the bucket',
  'replaced-by-bucket': "replaced by the bucket's",
  'deleted-here': 'deleted here',
  unknown: '',
};
const REASON_COLUMNS = Math.max(...Object.values(REASONS).map((reason) => reason.length));

interface EmptyOptions {
  readonly olderThan?: number;
  readonly yes?: true;
}

/** `trash`: what syncing deleted or replaced, on this computer and in the bucket. */
export function addTrashCommands(program: CliCommand, run: Run): void {
  const trash = program
    .command('trash')
    .description('List, restore and empty what syncing deleted or replaced; it is kept for 30 days.')
    .helpCommand(false)
    .examples(['rustfs-sync trash list', 'Show what can be got back']);

  trash
    .command('list')
    .description('List what is in the trash: on this computer first, then in the bucket.')
    .argument('[id|all]', 'id of a folder (default: all)')
    .addHelpText(
      'after',
      `
Each line: when, size, where it lies (here: .rustfs-sync/trash in the folder;
bucket: .rustfs-sync-trash/), why where that is still known, and what
\`trash restore\` takes: the id of the folder and the entry. A bucket
that keeps versions has what was deleted there among them instead: see
\`rustfs-sync versions\`.`,
    )
    .examples(
      ['rustfs-sync trash list', 'Show the trash of all folders'],
      ['rustfs-sync trash list k3jq7x2m --json', 'Print a line of JSON for each entry'],
    )
    .action(run(list));

  trash
    .command('restore')
    .description('Take entries out of the trash. Never replaces anything: a taken name gets another one beside it.')
    .argument('<id>', 'id of the folder')
    .argument('<entry...>', 'as `trash list` shows it')
    .examples([
      'rustfs-sync trash restore k3jq7x2m 2026-11-22T101500Z-abcd/2026/boat.jpg',
      'Put a file back where it was',
    ])
    .action(run(restore));

  trash
    .command('empty')
    .description('Remove for good what is in the trash of a folder, on this computer and in the bucket.')
    .argument('<id>', 'id of the folder')
    .option('--older-than <time>', 'only what has been there for longer: 12h, 7d', parseAge)
    .option('-y, --yes', 'do not ask; a script has to say it')
    .examples(['rustfs-sync trash empty k3jq7x2m --older-than 7d', 'Remove what has been there for a week'])
    .action(run(empty));
}

async function list(context: Context, id: string | undefined): Promise<undefined> {
  const { out, signal } = context;
  const client = await context.client();
  let entries = 0;
  let bytes = 0;
  for await (const item of entriesOf(client, id, signal)) {
    entries += 1;
    bytes += item.sizeBytes;
    if (out.isJson) await out.json(item);
    else await out.line(trashLine(item));
    if (signal.aborted) break;
  }
  signal.throwIfAborted();
  await out.note(
    entries === 0 ? 'There is nothing in the trash.' : `${entriesInWords(entries)}, ${formatSize(bytes)}.`,
  );
  return undefined;
}

function entriesOf(client: Client, id: string | undefined, signal: AbortSignal): AsyncIterable<TrashItem> {
  return client.stream('trash.list', id === undefined || id === 'all' ? {} : { id }, signal);
}

function trashLine({ trashedMs, sizeBytes, place, reason, folderId, entry }: TrashItem): string {
  const size = formatSize(sizeBytes).padStart(SIZE_COLUMNS);
  const where = PLACES[place].padEnd(PLACES.bucket.length);
  const why = REASONS[reason].padEnd(REASON_COLUMNS);
  return `${formatTime(trashedMs)}  ${size}  ${where}  ${why}  ${folderId}  ${visible(entry)}`;
}

async function restore(context: Context, id: string, entries: readonly string[]): Promise<undefined> {
  context.lastWords('Stopped. `rustfs-sync trash list` shows what is still in the trash.');
  const client = await context.client();
  for (const entry of entries) {
    const done = await client.call('trash.restore', { id, entry }, context.signal);
    const where = done.place === 'bucket' ? ' in the bucket' : '';
    const beside = done.isBeside ? ', beside what has its name now' : '';
    await tellDone(context, `Restored ${visible(done.path)}${where}${beside}.`, { id, entry, ...done });
  }
  return undefined;
}

async function empty(context: Context, id: string, options: EmptyOptions): Promise<ExitCode | undefined> {
  const { out, signal } = context;
  const what = options.olderThan === undefined ? 'everything' : 'what is that old';
  requireYes(context, `This removes ${what} in the trash of ${visible(id)} for good`, options.yes);
  const isSure = await isConfirmed(context, `Remove ${what} in the trash of ${visible(id)} for good?`, options.yes);
  if (!isSure) {
    await tellDone(context, 'Nothing was removed.', { id, removed: false });
    return undefined;
  }
  const client = await context.client();
  const age = options.olderThan === undefined ? {} : { olderThanMs: options.olderThan };
  const { computer, bucket, problems } = await client.call('trash.empty', { id, ...age }, signal);
  const sentence =
    `Removed ${entriesInWords(computer.removedFiles)} here (${formatSize(computer.freedBytes)}) and ` +
    `${entriesInWords(bucket.removedFiles)} in the bucket (${formatSize(bucket.freedBytes)}).`;
  await tellDone(context, sentence, { id, removed: true, computer, bucket, problems });
  for (const problem of problems) await out.error(problem);
  return problems.length > 0 ? 3 : undefined;
}

function entriesInWords(count: number): string {
  return countOf(count, 'entry', 'entries');
}
