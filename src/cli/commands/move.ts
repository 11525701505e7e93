import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { formatSize, formatTarget, visible } from '../format.ts';
import { parseObjectTarget } from '../parse.ts';
import { usageError } from '../usage.ts';

/** `mv`: another key for an object, or another prefix for all below one. */
export function addMoveCommand(program: CliCommand, run: Run): void {
  program
    .command('mv')
    .description('Rename an object in its bucket, or all below a prefix that ends in "/". Overwrites nothing.')
    .argument('<account:bucket/key>', 'what to rename')
    .argument('<account:bucket/new-key>', 'its new key, in the same bucket')
    .examples(
      ['rustfs-sync mv home:photos/img1.jpg home:photos/2026/boat.jpg', 'Rename one object'],
      ['rustfs-sync mv home:photos/2025/ home:photos/old/2025/', 'Move a whole folder; run it again to go on'],
    )
    .action(run(move));
}

async function move(context: Context, from: string, to: string): Promise<ExitCode | undefined> {
  const source = parseObjectTarget(from);
  const target = parseObjectTarget(to);
  if (source.account !== target.account || source.bucket !== target.bucket) {
    throw usageError('Both have to be in one bucket.', 'Copy to another one with `get` and `put`.');
  }
  const isPrefix = source.key.endsWith('/');
  if (isPrefix !== target.key.endsWith('/')) {
    throw usageError(
      'A folder can only become a folder, and an object an object.',
      'End both in a slash, or neither of them.',
    );
  }
  const { account, bucket, key } = source;
  const client = await context.client();
  const shown = `${visible(formatTarget(source, key))} to ${visible(formatTarget(target, target.key))}`;
  const told = { account, bucket, key, newKey: target.key };
  if (!isPrefix) {
    await client.call('object.move', told, context.signal);
    await tellDone(context, `Moved ${shown}.`, { ...told, moved: true });
    return undefined;
  }
  let done = { objects: 0, bytes: 0, left: 0 };
  const request = { account, bucket, prefix: key, newPrefix: target.key };
  for await (const { phase, ...sum } of client.stream('object.movePrefix', request, context.signal)) {
    if (phase === 'done') done = sum;
  }
  context.signal.throwIfAborted();
  const count = done.objects === 1 ? '1 object' : `${done.objects} objects`;
  await tellDone(context, `Moved ${shown}: ${count}, ${formatSize(done.bytes)}.`, { ...told, ...done });
  if (done.left === 0) return undefined;
  await context.out.note(`${done.left} changed meanwhile and stayed. Look at them, then run it again.`);
  return 3;
}
