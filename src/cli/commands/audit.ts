import type { AuditItem } from '../../api/index.ts';
import type { CliCommand } from '../command.ts';
import type { Context, Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { countOf, formatSize, visible } from '../format.ts';
import { parseRate } from '../parse.ts';
import { progressLine, RateMeter } from '../progress.ts';
import { problemLines } from '../status-text.ts';

/** `audit`: whether the files still hold what was synced. */
export function addAuditCommand(program: CliCommand, run: Run): void {
  program
    .command('audit')
    .description('Read every synced file and check that it still holds what was synced. Changes nothing.')
    .argument('<id>', 'id of the folder')
    .option('--rate <rate>', 'read no faster than this: 20MiB/s', (text) => parseRate(text, '--rate'))
    .addHelpText(
      'after',
      `
It finds damage by the disk (other content, though nothing wrote to the file),
silent edits (other content, the modification time set back), and files or
objects that are missing. \`rustfs-sync problems\` lists the findings, with what
to do, until the next audit or sync of the file; nothing is mended by itself.
Exit codes: 0 clean, 3 something was found.`,
    )
    .examples(
      ['rustfs-sync audit k3jq7x2m', 'Check one folder'],
      ['rustfs-sync audit k3jq7x2m --rate 20MiB/s', 'Check it in the background, slowly'],
    )
    .action(run(audit));
}

async function audit(context: Context, id: string, options: { readonly rate?: number }): Promise<ExitCode> {
  const { out, io, signal } = context;
  context.lastWords('Stopped before everything was checked. `rustfs-sync problems` lists what was found until then.');
  const client = await context.client();
  const meter = new RateMeter();
  let findings = 0;
  for await (const item of client.stream('audit.run', { id, bytesPerSecond: options.rate ?? 0 }, signal)) {
    if (item.kind === 'finding') findings += 1;
    if (item.kind === 'progress') {
      const { doneBytes, doneFiles: done, totalFiles: total, path: label } = item;
      meter.add(io.clock.monotonic(), doneBytes);
      out.status(progressLine({ doneBytes, totalBytes: undefined, files: { done, total }, label }, meter.rate()));
    } else await print(context, item);
  }
  signal.throwIfAborted();
  return findings > 0 ? 3 : 0;
}

async function print(context: Context, item: Exclude<AuditItem, { kind: 'progress' }>): Promise<void> {
  const { out } = context;
  if (out.isJson) return out.json(item);
  switch (item.kind) {
    case 'finding': {
      const severity = item.code === 'bit-rot' ? 'error' : 'warning';
      return out.lines(
        problemLines({ ...item, severity }, undefined, out.language, (text, colour) => out.paint(text, colour)),
      );
    }
    case 'unverified':
      return out.lines([`not verified  ${visible(item.path)}`, `  ${visible(item.reason)}`]);
    case 'total':
      out.status('');
      return out.line(totalSentence(item));
  }
}

function totalSentence(totals: Extract<AuditItem, { kind: 'total' }>): string {
  const { verifiedFiles, verifiedBytes, findings, unverifiedFiles, changingFiles, unsyncedFiles } = totals;
  const parts = [`${countOf(verifiedFiles, 'file')} verified (${formatSize(verifiedBytes)})`];
  parts.push(findings === 0 ? 'nothing amiss' : countOf(findings, 'finding'));
  if (unverifiedFiles > 0) parts.push(`${countOf(unverifiedFiles, 'file')} could not be verified`);
  if (changingFiles > 0) parts.push(`${countOf(changingFiles, 'file')} edited since the last sync`);
  if (unsyncedFiles > 0) parts.push(`${countOf(unsyncedFiles, 'file')} not synced yet`);
  return `${parts.join(', ')}.`;
}
