import type { CliCommand } from '../command.ts';
import { isConfirmed, tellDone, type Context, type Run } from '../context.ts';
import { formatTable, formatTarget, formatTime } from '../format.ts';
import { parseAccountName, parseNewBucketName } from '../parse.ts';
import { quote, usageError } from '../usage.ts';

/** `bucket`: the buckets of an account. */
export function addBucketCommands(program: CliCommand, run: Run): void {
  const bucket = program
    .command('bucket')
    .description('List, create and delete buckets.')
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
}

async function listBuckets(context: Context, account: string): Promise<undefined> {
  const client = await context.client();
  const buckets = await client.call('bucket.list', { account }, context.signal);
  if (context.out.isJson) await context.out.json(buckets);
  else if (buckets.length === 0) await context.out.note(`There is no bucket that ${account} can see.`);
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
  context.signal.throwIfAborted();
  if (isSure) {
    const client = await context.client();
    await client.call('bucket.delete', target, context.signal);
    await tellDone(context, `Deleted the bucket ${formatTarget(target)}.`, { ...target, deleted: true });
  } else await tellDone(context, 'Nothing was deleted.', { ...target, deleted: false });
  return undefined;
}
