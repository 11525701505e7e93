import type { Client, UnfinishedUpload } from '../../api/index.ts';
import { SyncError } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import { isConfirmed, requireYes, tellDone, type Context, type Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { countOf, formatDuration, formatSize, formatTable, formatTarget, formatTime, visible } from '../format.ts';
import { parseAge, parsePrefixTarget, type PrefixTarget } from '../parse.ts';
import { quote } from '../usage.ts';

interface UploadsOptions {
  readonly abort?: string;
  readonly olderThan?: number;
  readonly yes?: true;
}

/** `uploads`: multipart uploads that were begun and never finished; their parts take space on the server. */
export function addUploadsCommand(program: CliCommand, run: Run): void {
  program
    .command('uploads')
    .description('List unfinished multipart uploads, whose parts take space on the server, or abort them.')
    .argument('<account:bucket[/prefix]>', 'where to look')
    .option('--abort <upload_id|all>', 'abort this one, or all but those that a folder here will finish')
    .option('--older-than <age>', 'only those begun before that: 24h, 7d', parseAge)
    .option('-y, --yes', 'do not ask; with --abort all a script has to say it')
    .examples(
      ['rustfs-sync uploads home:photos', 'See what is unfinished, how old it is, and what it holds'],
      ['rustfs-sync uploads home:photos --older-than 7d --abort all', 'Free the space of what was given up'],
    )
    .action(run(uploads));
}

async function uploads(context: Context, text: string, options: UploadsOptions): Promise<ExitCode | undefined> {
  const target = parsePrefixTarget(text);
  if (options.abort === 'all') {
    requireYes(context, 'This ends uploads that others may still be at', options.yes);
  }
  const client = await context.client();
  const olderThanMs = options.olderThan;
  const input = { ...target, ...(olderThanMs !== undefined && { olderThanMs }) };
  const found = await client.call('upload.list', input, context.signal);
  if (options.abort === undefined) await print(context, target, found);
  else await abort(context, client, target, found, options.abort, options.yes);
  return undefined;
}

async function print({ out, io }: Context, target: PrefixTarget, found: readonly UnfinishedUpload[]): Promise<void> {
  if (out.isJson) return out.json(found);
  if (found.length === 0) {
    return out.note(`There is no unfinished upload under ${visible(formatTarget(target, target.prefix))}.`);
  }
  const right = { align: 'right' as const };
  const titles = [
    { title: 'STARTED' },
    { title: 'AGE', ...right },
    { title: 'SIZE', ...right },
    { title: 'UPLOAD ID' },
    { title: '' },
    { title: 'KEY' },
  ];
  const nowMs = io.clock.now();
  const rows = found.map((upload) => [
    formatTime(upload.initiatedMs),
    formatDuration(Math.max(0, nowMs - upload.initiatedMs)),
    upload.sizeBytes === undefined ? '?' : formatSize(upload.sizeBytes),
    upload.uploadId,
    fateOf(upload),
    upload.key,
  ]);
  await out.lines(formatTable(titles, rows));
}

/** What becomes of it if nobody does anything. */
function fateOf({ ours, folderId }: UnfinishedUpload): string {
  if (folderId !== undefined) return 'goes on';
  return ours ? 'put by hand' : '';
}

async function abort(
  context: Context,
  client: Client,
  target: PrefixTarget,
  found: readonly UnfinishedUpload[],
  which: string,
  yes: true | undefined,
): Promise<void> {
  const chosen = found.filter((each) => (which === 'all' ? each.folderId === undefined : each.uploadId === which));
  if (chosen.length === 0 && which !== 'all') {
    throw new SyncError({
      code: 'no-such-upload',
      message: `There is no unfinished upload with the id ${quote(which)} under ${formatTarget(target, target.prefix)}.`,
      advice: 'The same command without --abort lists those that there are.',
    });
  }
  const question = `Abort ${countOf(chosen.length, 'unfinished upload')}, which others may still be at?`;
  const isSure = chosen.length === 0 || (await isConfirmed(context, question, yes));
  const { account, bucket } = target;
  const aborted = isSure ? chosen : [];
  for (const { key, uploadId } of aborted) {
    await client.call('upload.abort', { account, bucket, key, uploadId }, context.signal);
  }
  const freedBytes = aborted.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  const sentence = `Aborted ${countOf(aborted.length, 'unfinished upload')}, ${formatSize(freedBytes)} freed.`;
  await tellDone(context, sentence, { aborted, freedBytes });
  const left = which === 'all' ? found.length - chosen.length : 0;
  if (left > 0) await context.out.note(`${countOf(left, 'upload')} that a folder here will finish, left alone.`);
}
