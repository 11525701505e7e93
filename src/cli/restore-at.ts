import type { Client, RestoreItem } from '../api/index.ts';
import { unreachable } from '../core/errors.ts';
import { isConfirmed, type Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import { countOf, formatSize, formatTarget, formatMoment, listInWords, visible } from './format.ts';
import { tellWhereItGoes, type Target } from './target.ts';

type Totals = Extract<RestoreItem, { kind: 'total' }>;

interface RestoreAtOptions {
  readonly atMs: number;
  readonly removeNewer: boolean;
  readonly yes: true | undefined;
}

/** `restore --at`: shows what it would do and asks, unless it is told to go ahead; then does it. */
export async function restoreAt(
  context: Context,
  client: Client,
  target: Target,
  { atMs, removeNewer, yes }: RestoreAtOptions,
): Promise<ExitCode> {
  const { account, bucket, key } = target;
  const request = { account, bucket, key, atMs, removeNewer };
  const shown = visible(formatTarget(target, key));
  // The whole time, to the second, so that it can be given again.
  await context.out.note(`${shown} as it was at ${new Date(atMs).toISOString()} (${formatMoment(atMs)} here):`);
  let seenUntilMs: number | undefined;
  if (yes !== true) {
    const preview = await run(context, client, request);
    await context.out.note(`${previewSentence(preview)} Nothing was changed yet.`);
    if (preview.restoreObjects + preview.removeObjects === 0) return 0;
    if (!context.io.isTTY.stdin) {
      await context.out.note('To do it, say --yes.');
      return 0;
    }
    if (!(await isConfirmed(context, 'Do it?', yes))) return 0;
    ({ seenUntilMs } = preview);
  }
  context.lastWords('Stopped. What was restored stays; run it again with the same time, and it goes on.');
  const done = await run(context, client, {
    ...request,
    apply: true,
    ...(seenUntilMs !== undefined && { seenUntilMs }),
  });
  await context.out.note(doneSentence(done));
  if (done.restoreObjects > 0) await tellWhereItGoes(context, target);
  return done.failedObjects + done.changedObjects > 0 ? 3 : 0;
}

/** Prints each item of a preview or of the work itself. */
async function run(
  { out, signal }: Context,
  client: Client,
  request: Parameters<typeof client.stream<'version.restoreAt'>>[1],
): Promise<Totals> {
  let totals: Totals | undefined;
  for await (const item of client.stream('version.restoreAt', request, signal)) {
    if (item.kind === 'total') totals = item;
    if (out.isJson) await out.json({ ...item, applied: request.apply === true });
    else if (item.kind !== 'total') await out.lines(itemLines(item));
  }
  signal.throwIfAborted();
  if (totals === undefined) throw new Error('The engine ended without its totals.');
  return totals;
}

function itemLines(item: Exclude<RestoreItem, Totals>): string[] {
  const key = visible(item.key);
  switch (item.kind) {
    case 'restore':
      return [
        `${item.replaces ? 'restore ' : 'undelete'}  ${key}  ${formatSize(item.sizeBytes)}, of ${formatMoment(item.lastModifiedMs)}`,
      ];
    case 'remove':
      return [`remove    ${key}  ${formatSize(item.sizeBytes)}, of ${formatMoment(item.lastModifiedMs)}`];
    case 'newer':
      return [`keep      ${key}  did not exist then`];
    case 'changed':
      return [`keep      ${key}  somebody else changed it meanwhile`];
    case 'failed':
      return [`failed    ${key}`, `  ${visible(item.message)}`, `  ${visible(item.advice)}`];
    default:
      return unreachable(item);
  }
}

function previewSentence(totals: Totals): string {
  const { restoreObjects, restoreBytes, removeObjects, newerObjects, unchangedObjects } = totals;
  const parts = [
    ...(restoreObjects > 0 ? [`${countOf(restoreObjects, 'object')} to restore (${formatSize(restoreBytes)})`] : []),
    ...(removeObjects > 0 ? [`${countOf(removeObjects, 'object')} to remove`] : []),
    ...(newerObjects > 0 ? [`${countOf(newerObjects, 'newer object')} to keep (--remove-newer deletes them)`] : []),
    ...(unchangedObjects > 0 ? [`${countOf(unchangedObjects, 'object')} unchanged`] : []),
  ];
  return parts.length === 0 ? 'There is nothing, and there was nothing.' : `${listInWords(parts)}.`;
}

function doneSentence(totals: Totals): string {
  const { restoreObjects, restoreBytes, removeObjects, changedObjects, failedObjects } = totals;
  const parts = [`Restored ${countOf(restoreObjects, 'object')}, ${formatSize(restoreBytes)}`];
  if (removeObjects > 0) parts.push(`${countOf(removeObjects, 'object')} removed`);
  if (changedObjects > 0) parts.push(`${countOf(changedObjects, 'object')} changed meanwhile and kept`);
  if (failedObjects > 0) parts.push(`${countOf(failedObjects, 'object')} failed: run it again with the same time`);
  return `${parts.join('; ')}.`;
}
