import type { Client, VersionInfo } from '../../api/index.ts';
import { hasCode } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { formatSize, formatTarget, formatMoment, visible } from '../format.ts';
import { parseMoment } from '../parse.ts';
import { restoreAt } from '../restore-at.ts';
import { locateTarget, tellWhereItGoes, type Target } from '../target.ts';
import { quote, usageError } from '../usage.ts';

const SIZE_COLUMNS = 8;
const ID_COLUMNS = 36;
const PLACE = 'local_path|account:bucket/key';

interface RestoreOptions {
  readonly version?: string;
  readonly at?: string;
  readonly removeNewer?: true;
  readonly yes?: true;
}

/** `versions` and `restore`: what a versioned bucket still has of what was overwritten or deleted. */
export function addVersionCommands(program: CliCommand, run: Run): void {
  program
    .command('versions')
    .description('List the versions of an object, or of everything in a folder, and when each was deleted.')
    .argument(`<${PLACE}>`, 'a path in a synced folder, there or not, or a key')
    .addHelpText('after', '\nEach line: time, size, * for the present version, the version id, the key.')
    .examples(
      ['rustfs-sync versions ~/Pictures/boat.jpg', 'Show what there is of a file, also after it was deleted'],
      ['rustfs-sync versions home:photos/2026/', 'Show the versions of everything below 2026/'],
    )
    .action(run(listVersions));

  program
    .command('restore')
    .description('Bring back an old version of an object, or a whole folder as it was at a moment.')
    .argument(`<${PLACE}>`, 'what to bring back')
    .option('--version <id>', 'this version, as `versions` shows it')
    .option('--at <time>', "everything as it was then: '2h ago', 2026-11-22, '2026-11-22 10:15'")
    .option('--remove-newer', 'with --at: delete what did not exist then; its versions stay')
    .option('-y, --yes', 'with --at: do it, without showing it first')
    .addHelpText(
      'after',
      `
What is there now becomes an old version: nothing is lost, and a restore can be
undone by another one. Of what has no version, as in a prefix that is left out
of versioning, a copy goes into the bucket's trash first. A folder that syncs
both ways, or downloads, brings the result to this computer. With --at you see
first what would be done; a script has to say --yes. Broken off, it goes on when
it is run again with the same time. Times are those of the server.
Exit codes: 0 done, 3 something was not restored.`,
    )
    .examples(
      ['rustfs-sync restore ~/Pictures/boat.jpg --version 3f2a', 'Bring back one version'],
      ["rustfs-sync restore ~/Pictures/2026 --at '2h ago'", 'See what a folder was two hours ago, and bring that back'],
    )
    .action(run(restore));
}

async function listVersions(context: Context, text: string): Promise<undefined> {
  const { out, signal } = context;
  const client = await context.client();
  const { account, bucket, key } = await locateTarget(context, client, text);
  const target = { account, bucket, key };
  let isEmpty = true;
  for await (const version of client.stream('version.list', target, signal)) {
    isEmpty = false;
    if (out.isJson) await out.json(version);
    else await out.line(versionLine(version));
    if (signal.aborted) break;
  }
  signal.throwIfAborted();
  if (isEmpty) await out.note(`There is nothing under ${visible(formatTarget(target, key))}, and there was nothing.`);
  await tellVersioning(context, client, target);
  return undefined;
}

function versionLine(version: VersionInfo): string {
  const size = version.kind === 'object' ? formatSize(version.sizeBytes) : 'deleted';
  const mark = version.isLatest ? '*' : ' ';
  const id = visible(version.versionId).padEnd(ID_COLUMNS);
  return `${formatMoment(version.lastModifiedMs)}  ${size.padStart(SIZE_COLUMNS)}  ${mark} ${id}  ${visible(version.key)}`;
}

/** Says so where a bucket keeps no versions, and how that is changed. What was listed stands whether or not one may ask. */
async function tellVersioning(
  { out, signal }: Context,
  client: Client,
  { account, bucket }: { account: string; bucket: string },
): Promise<void> {
  const status = await askVersioning(client, { account, bucket }, signal);
  if (status === undefined || status === 'enabled') return;
  const what = status === 'off' ? 'keeps no versions: only what is there now can be shown' : 'keeps no new versions';
  await out.note(`The bucket ${formatTarget({ account, bucket })} ${what}.`);
  await out.note(`  To keep them from now on: rustfs-sync bucket versioning ${account} ${bucket} on`);
}

/** Undefined where the server does not know versions, or does not let this key ask. */
async function askVersioning(
  client: Client,
  target: { account: string; bucket: string },
  signal: AbortSignal,
): Promise<'enabled' | 'suspended' | 'off' | undefined> {
  try {
    return (await client.call('bucket.versioning', target, signal)).status;
  } catch (error) {
    if (hasCode(error, 'not-supported', 'access-denied')) return undefined;
    throw error;
  }
}

async function restore(context: Context, text: string, options: RestoreOptions): Promise<ExitCode | undefined> {
  const { version, at } = options;
  if ((version === undefined) === (at === undefined)) {
    throw usageError(
      version === undefined
        ? '`rustfs-sync restore` needs one of --version and --at.'
        : '`rustfs-sync restore` takes one of --version and --at, and not both.',
      '`rustfs-sync versions` shows what there is.',
    );
  }
  if (at === undefined && options.removeNewer === true) {
    throw usageError('--remove-newer goes with --at.', 'Leave it out to bring back one version.');
  }
  const atMs = at === undefined ? undefined : parseMoment(at, context.io.clock.now());
  const client = await context.client();
  const target = await locateTarget(context, client, text);
  if (atMs !== undefined) {
    return restoreAt(context, client, target, { atMs, removeNewer: options.removeNewer ?? false, yes: options.yes });
  }
  await restoreVersion(context, client, target, version ?? '');
  return undefined;
}

async function restoreVersion(context: Context, client: Client, target: Target, versionId: string): Promise<void> {
  const { account, bucket, key } = target;
  if (key === '' || key.endsWith('/')) {
    throw usageError(
      `${quote(formatTarget(target, key))} is a folder, and a version is one object's.`,
      "Give a file, or bring back the whole folder with --at '2h ago'.",
    );
  }
  const done = await client.call('version.restore', { account, bucket, key, versionId }, context.signal);
  const shown = visible(formatTarget(target, key));
  const sentence = done.restored ? `Restored ${shown}, ${formatSize(done.sizeBytes)}.` : `${shown} is that already.`;
  await tellDone(context, sentence, { account, bucket, key, versionId, ...done });
  if (done.restored) await tellWhereItGoes(context, target);
}
