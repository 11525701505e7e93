import type { ListItem } from '../../api/index.ts';
import type { CliCommand } from '../command.ts';
import { isConfirmed, requireYes, tellDone, type Context, type Run } from '../context.ts';
import { formatSize, formatTarget, formatTime, visible } from '../format.ts';
import { parseObjectTarget, parsePrefixTarget } from '../parse.ts';

const SIZE_COLUMNS = 8;
const TIME_COLUMNS = 16;

/** `ls` and `rm`: what is in a bucket. */
export function addObjectCommands(program: CliCommand, run: Run): void {
  program
    .command('ls')
    .description('List what is in a bucket: size, time and key.')
    .argument('<account:bucket[/prefix]>', 'where to look; end a prefix with "/" to look below it')
    .option('-r, --recursive', 'list everything below, not one level')
    .examples(
      ['rustfs-sync ls home:photos/2026/', 'Show one level'],
      ['rustfs-sync ls home:photos --recursive --json', 'Print every object as a line of JSON'],
    )
    .action(run(list));

  program
    .command('rm')
    .description('Remove an object. A folder that syncs it may bring it back.')
    .argument('<account:bucket/key>', 'the object')
    .option('-y, --yes', 'do not ask; a script has to say it')
    .examples(['rustfs-sync rm home:photos/2026/blurred.jpg', 'Remove one object'])
    .action(run(remove));
}

async function list(context: Context, text: string, options: { readonly recursive?: true }): Promise<undefined> {
  const { out, signal } = context;
  const target = parsePrefixTarget(text);
  const client = await context.client();
  const { account, bucket, prefix } = target;
  const items = client.stream(
    'object.list',
    { account, bucket, prefix, recursive: options.recursive ?? false },
    signal,
  );
  let isEmpty = true;
  for await (const item of items) {
    isEmpty = false;
    if (out.isJson) await out.json(item);
    else await out.line(listLine(item));
    if (signal.aborted) break;
  }
  signal.throwIfAborted();
  if (isEmpty) await out.note(`There is nothing under ${visible(formatTarget(target, prefix))}.`);
  return undefined;
}

function listLine(item: ListItem): string {
  const isObject = item.kind === 'object';
  const size = isObject ? formatSize(item.sizeBytes) : '-';
  const time = isObject ? formatTime(item.lastModifiedMs) : '-';
  return `${size.padStart(SIZE_COLUMNS)}  ${time.padEnd(TIME_COLUMNS)}  ${visible(item.key)}`;
}

async function remove(context: Context, text: string, options: { readonly yes?: true }): Promise<undefined> {
  const target = parseObjectTarget(text);
  const shown = visible(formatTarget(target, target.key));
  requireYes(context, `This removes ${shown}, for good where the bucket keeps no versions`, options.yes);
  const isSure = await isConfirmed(context, `Remove ${shown}?`, options.yes);
  if (isSure) {
    const client = await context.client();
    await client.call('object.remove', target, context.signal);
    await tellDone(context, `Removed ${shown}.`, { ...target, removed: true });
  } else await tellDone(context, 'Nothing was removed.', { ...target, removed: false });
  return undefined;
}
