import type { VersioningState } from '../../api/index.ts';
import type { CliCommand } from '../command.ts';
import { isConfirmed, tellDone, type Context, type Run } from '../context.ts';
import { formatTable, formatTarget, formatTime } from '../format.ts';
import { parseAccountName, parseNewBucketName } from '../parse.ts';
import { quote, usageError } from '../usage.ts';

/** `bucket`: the buckets of an account. */
export function addBucketCommands(program: CliCommand, run: Run): void {
  const bucket = program
    .command('bucket')
    .description('List, create and delete buckets, and turn their versioning on and off.')
    .helpCommand(false)
    .examples(['rustfs-sync bucket list home', 'Show the buckets of the account "home"']);

  bucket
    .command('list')
    .description('List the buckets that the account can see.')
    .argument('<account>', 'name of the account', parseAccountName)
    .examples(['rustfs-sync bucket list home', 'Show the buckets of the account "home"'])
    .action(run(listBuckets));

  bucket
    .command('create')
    .description('Create a bucket.')
    .argument('<account>', 'name of the account', parseAccountName)
    .argument('<bucket>', 'name of the new bucket', parseNewBucketName)
    .examples(['rustfs-sync bucket create home photos', 'Create the bucket "photos"'])
    .action(run(createBucket));

  bucket
    .command('delete')
    .description('Delete an empty bucket.')
    .argument('<account>', 'name of the account', parseAccountName)
    .argument('<bucket>', 'name of the bucket')
    .option('-y, --yes', 'do not ask')
    .examples(['rustfs-sync bucket delete home old-photos', 'Delete the bucket "old-photos", which has to be empty'])
    .action(run(deleteBucket));

  bucket
    .command('versioning')
    .description('Say whether a bucket keeps what is overwritten and deleted, and turn that on or off.')
    .argument('<account>', 'name of the account', parseAccountName)
    .argument('<bucket>', 'name of the bucket')
    .argument('[change]', 'on, off, or status (the default)', parseVersioning)
    .examples(
      ['rustfs-sync bucket versioning home photos', 'See whether "photos" keeps versions'],
      ['rustfs-sync bucket versioning home photos on', 'Keep old versions from now on'],
    )
    .action(run(versioning));
}

type VersioningChange = 'on' | 'off' | 'status';

const VERSIONING: Readonly<Record<VersioningState, string>> = {
  enabled: 'keeps versions: what is overwritten or deleted can be brought back',
  suspended: 'keeps no new versions: those that it has stay',
  off: 'keeps no versions: what is overwritten or deleted is gone',
};

async function versioning(
  context: Context,
  account: string,
  bucket: string,
  change: VersioningChange = 'status',
): Promise<undefined> {
  const target = { account, bucket };
  const client = await context.client();
  const { status } =
    change === 'status'
      ? await client.call('bucket.versioning', target, context.signal)
      : await client.call('bucket.setVersioning', { ...target, on: change === 'on' }, context.signal);
  if (context.out.isJson) await context.out.json({ ...target, versioning: status });
  else await context.out.line(`The bucket ${formatTarget(target)} ${VERSIONING[status]}.`);
  return undefined;
}

function parseVersioning(text: string): VersioningChange {
  if (text === 'on' || text === 'off' || text === 'status') return text;
  throw usageError(`${quote(text)} is none of the choices.`, 'Say on, off or status.');
}

async function listBuckets(context: Context, account: string): Promise<undefined> {
  const client = await context.client();
  const buckets = await client.call('bucket.list', { account }, context.signal);
  if (context.out.isJson) await context.out.json(buckets);
  else if (buckets.length === 0)
    await context.out.note(
      `There is no bucket that ${account} can see. \`rustfs-sync bucket create ${account} NAME\` makes one.`,
    );
  else {
    const rows = buckets.map(({ name, createdMs }) => [name, formatTime(createdMs)]);
    await context.out.lines(formatTable([{ title: 'BUCKET' }, { title: 'CREATED' }], rows));
  }
  return undefined;
}

async function createBucket(context: Context, account: string, bucket: string): Promise<undefined> {
  const target = { account, bucket };
  const client = await context.client();
  await client.call('bucket.create', target, context.signal);
  await tellDone(context, `Created the bucket ${formatTarget(target)}.`, { ...target, created: true });
  return undefined;
}

async function deleteBucket(
  context: Context,
  account: string,
  bucket: string,
  options: { readonly yes?: true },
): Promise<undefined> {
  if (/[/:]/.test(bucket)) {
    throw usageError(
      `${quote(bucket)} can not be the name of a bucket.`,
      'Give the name alone, without colons and slashes.',
    );
  }
  const target = { account, bucket };
  const isSure = await isConfirmed(context, `Delete the bucket ${formatTarget(target)}?`, options.yes);
  if (isSure) {
    const client = await context.client();
    await client.call('bucket.delete', target, context.signal);
    await tellDone(context, `Deleted the bucket ${formatTarget(target)}.`, { ...target, deleted: true });
  } else await tellDone(context, 'Nothing was deleted.', { ...target, deleted: false });
  return undefined;
}
