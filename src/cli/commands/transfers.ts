import type { Client, LocatedObject, TransferInfo, WaitingTransfer } from '../../api/index.ts';
import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import { countOf, formatDuration, formatRate, formatSize, formatTable, formatTime, visible } from '../format.ts';
import { localPath } from '../local-file.ts';
import { quote, usageError } from '../usage.ts';

/** `transfers` and what is done with single ones. */
export function addTransfersCommand(program: CliCommand, run: Run): void {
  const transfers = program
    .command('transfers')
    .description('List the files that are on their way now, and those that you set aside.')
    .examples(
      ['rustfs-sync transfers', 'Show what is being sent and received'],
      ['rustfs-sync transfers pause ~/Videos/film.mov', 'Let the others go first'],
    )
    .action(run(listTransfers));
  for (const name of ['first', 'pause', 'resume', 'cancel'] as const) {
    transfers
      .command(name)
      .argument('<file>', `a file in a synced folder${name === 'first' ? '; it need not be there yet' : ''}`)
      .description(ACTIONS[name].description)
      .examples([`rustfs-sync transfers ${name} ~/Videos/film.mov`, ACTIONS[name].example])
      .action(run((context: Context, file: string) => control(context, name, file)));
  }
}

const ACTIONS = {
  first: {
    description: 'Send or fetch this file before all others that wait.',
    example: 'It is the next one to begin',
    done: 'goes before all others that wait',
  },
  pause: {
    description: 'Stop this file until it is resumed; what was sent of it stays.',
    example: 'It waits until it is resumed, after a restart too',
    done: 'is paused until `rustfs-sync transfers resume`',
  },
  resume: {
    description: 'Let a file go on that was paused or cancelled.',
    example: 'It goes on from where it stopped',
    done: 'goes on',
  },
  cancel: {
    description: 'Call off the transfer of this file as it is now. Nothing is deleted on either side.',
    example: 'It is left out until it changes',
    done: 'is left as it is, until it changes or `rustfs-sync transfers resume`',
  },
} as const;

/** What to do about a file that does not wait: its next change is not known yet, and could not be told from others. */
const PAUSE_INSTEAD = '; `rustfs-sync folder pause` holds back all that is to come';

async function control(context: Context, name: keyof typeof ACTIONS, file: string): Promise<undefined> {
  const client = await context.client();
  const located = await client.call('object.locate', { path: localPath(context.io.cwd, file) }, context.signal);
  if (located.path === '' || located.path.endsWith('/')) {
    throw usageError(`${quote(file)} is a folder.`, 'Name a single file; a whole folder has `folder pause`.');
  }
  const { folderId, path: below } = located;
  const isDone = await act(client, name, { folderId, path: below }, context.signal);
  const isInSync = (name === 'first' || !isDone) && (await isKnownInSync(client, located, context.signal));
  const what = isDone ? doneWords(name, isInSync) : whyNothing(name, isInSync);
  const text = `${visible(below)} ${what}.`;
  await tellDone(context, text, { folderId, path: below, done: isDone });
  return undefined;
}

async function isKnownInSync(
  client: Client,
  { account, bucket, key }: LocatedObject,
  signal: AbortSignal,
): Promise<boolean> {
  const [item] = await client.call('object.states', { account, bucket, keys: [key] }, signal);
  return item?.state === 'in-sync';
}

/** What is in sync may have been edited a moment ago: then it goes first, and else nothing does. */
function doneWords(name: keyof typeof ACTIONS, isInSync: boolean): string {
  const { done } = ACTIONS[name];
  return name === 'first' && isInSync ? `is in sync; if it was just changed, it ${done}` : done;
}

/** Why there was nothing to do it to. */
function whyNothing(name: keyof typeof ACTIONS, isInSync: boolean): string {
  if (name === 'resume') return 'was neither paused nor cancelled';
  const why = isInSync ? 'is in sync' : 'does not wait to be sent or fetched';
  return `${why}: there is nothing to ${name}${name === 'pause' ? PAUSE_INSTEAD : ''}`;
}

/** @returns whether there was something to do it to. */
async function act(
  client: Client,
  name: keyof typeof ACTIONS,
  file: { readonly folderId: string; readonly path: string },
  signal: AbortSignal,
): Promise<boolean> {
  if (name !== 'first') return (await client.call(`transfer.${name}`, file, signal)).files > 0;
  await client.call('transfer.first', file, signal);
  return true;
}

async function listTransfers(context: Context): Promise<undefined> {
  const { out, io } = context;
  const client = await context.client();
  const running = await client.call('transfer.list', {}, context.signal);
  const { items, files, bytes } = await client.call('transfer.waiting', { limit: 1 }, context.signal);
  const asked = items.filter(({ wish }) => wish !== undefined);
  if (out.isJson) {
    await out.json({ running, asked, waiting: { files, bytes } });
    return undefined;
  }
  if (running.length > 0) await out.lines(runningTable(running, io.clock.now()));
  for (const transfer of running) await out.lines(detailLines(transfer));
  for (const item of asked) await out.line(askedLine(item));
  if (files > 0) await out.line(`${countOf(files, 'file')} to go, ${formatSize(bytes)}.`);
  if (running.length + asked.length + files === 0) await out.note('Nothing is on its way.');
  return undefined;
}

function runningTable(running: readonly TransferInfo[], nowMs: number): string[] {
  const right = { align: 'right' as const };
  const titles = [
    { title: '' },
    { title: 'DONE', ...right },
    { title: 'SIZE', ...right },
    { title: '%', ...right },
    { title: 'PARTS', ...right },
    { title: 'SPEED', ...right },
    { title: 'FOR', ...right },
    { title: 'LEFT', ...right },
    { title: 'PATH' },
  ];
  return formatTable(
    titles,
    running.map((transfer) => transferRow(transfer, nowMs)),
  );
}

function transferRow(transfer: TransferInfo, nowMs: number): string[] {
  const { direction, sizeBytes, doneBytes, startedMs, parts, bytesPerSecond } = transfer;
  const percent = sizeBytes === 0 ? 100 : Math.floor((doneBytes / sizeBytes) * 100);
  return [
    direction,
    formatSize(doneBytes),
    formatSize(sizeBytes),
    String(percent),
    parts === undefined ? '' : `${parts.done}/${parts.total}`,
    bytesPerSecond === 0 ? '' : formatRate(bytesPerSecond),
    formatDuration(Math.max(0, nowMs - startedMs)),
    bytesPerSecond === 0 ? '' : formatDuration(((sizeBytes - doneBytes) / bytesPerSecond) * 1_000),
    transfer.path,
  ];
}

/** What there is to say of a transfer beside its numbers: earlier failures, and until when it can go on. */
function detailLines({ path: name, attempt, lastError, parts }: TransferInfo): string[] {
  const lines: string[] = [];
  if (lastError !== undefined) {
    lines.push(`${visible(name)}: attempt ${attempt}. ${visible(lastError.message)} ${visible(lastError.advice)}`);
  }
  if (parts !== undefined && parts.done > 0) {
    lines.push(`${visible(name)}: an interruption can be gone on from until ${formatTime(parts.untilMs)}.`);
  }
  return lines;
}

function askedLine({ path: name, wish, sizeBytes, parts }: WaitingTransfer): string {
  const state = wish === 'first' ? 'next' : (wish ?? '');
  const done =
    parts === undefined
      ? ''
      : `, ${parts.done} of ${countOf(parts.total, 'part')}, can be gone on from until ${formatTime(parts.untilMs)}`;
  return `${state}  ${formatSize(sizeBytes)}  ${visible(name)}${done}`;
}
