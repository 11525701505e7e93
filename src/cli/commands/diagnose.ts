import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SyncError } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import { formatTime } from '../format.ts';
import { usageError } from '../usage.ts';

interface DiagnoseOptions {
  readonly out?: string;
  readonly withNames?: true;
}

/** `diagnose`: one file for whoever helps. */
export function addDiagnoseCommand(program: CliCommand, run: Run): void {
  program
    .command('diagnose')
    .description('Write a report for whoever helps you: one text file to read and then send.')
    .option('--out <file>', 'where to write it, - for stdout (default: a new file in this directory)')
    .option('--with-names', 'with names of files, buckets and servers, which often tell what is wrong')
    .addHelpText(
      'after',
      `
It has versions, settings, counts, problems by their codes, what the doctor
finds, crashes and the last lines of the log. Never in it: secret keys, access
keys and signatures; without --with-names neither names, paths and addresses.`,
    )
    .examples(
      ['rustfs-sync diagnose', 'Write the report into this directory'],
      ['rustfs-sync diagnose --with-names --out report.txt', 'With names, for somebody you trust'],
    )
    .action(run(diagnose));
}

async function diagnose(context: Context, options: DiagnoseOptions): Promise<undefined> {
  const { io, out, signal } = context;
  const client = await context.client();
  const { text } = await client.call('diagnostics.make', { withNames: options.withNames ?? false }, signal);
  if (options.out === '-') {
    await (out.isJson ? out.json({ text }) : out.line(text.trimEnd()));
    return undefined;
  }
  const stamp = formatTime(io.clock.now()).replace(/[ :]/g, '-');
  const file = path.resolve(io.cwd, options.out ?? `rustfs-sync-diagnostics-${stamp}.txt`);
  await writeNew(file, text);
  await tellDone(context, `Wrote ${file}. Read it before you send it.`, { file });
  return undefined;
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'EEXIST') throw usageError(`The file ${file} is there already.`, 'Name another one with --out.');
    throw new SyncError({
      code: 'disk-error',
      message: `${file} can not be written (${code}).`,
      advice: 'Name another place with --out.',
      cause: error,
    });
  }
}

/** Tells once of crashes of the program, where a person looks at how things stand. */
export async function tellCrashes(context: Context): Promise<void> {
  const { out, signal } = context;
  if (out.isJson) return;
  const client = await context.client();
  const crashes = await client.call('crash.untold', {}, signal);
  const last = crashes.at(-1);
  if (last === undefined) return;
  await out.warn(`RustFS Sync met a defect of its own at ${formatTime(last.atMs)} and was ended. Nothing was lost.`);
  await out.warn('  To report it: rustfs-sync diagnose');
}
