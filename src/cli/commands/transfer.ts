import path from 'node:path';
import { checkPath } from '../../core/paths.ts';
import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import { formatTarget, visible } from '../format.ts';
import type { GetDestination, ObjectRef, OnAway, PutSource, TransferredObject } from '../host.ts';
import { existingFile, targetFile } from '../local-file.ts';
import { parseObjectTarget, parsePutTarget } from '../parse.ts';
import { summaryLine } from '../progress.ts';
import { showTransfer, tellAway } from '../progress-view.ts';
import { quote, usageError } from '../usage.ts';

/** `put` and `get`: single objects to and from this computer. */
export function addTransferCommands(program: CliCommand, run: Run): void {
  program
    .command('put')
    .description('Upload one file, or what comes on stdin.')
    .argument('<file|->', 'the file, or - for stdin')
    .argument('<account:bucket/key>', 'where it goes; behind a "/" at the end comes the name of the file')
    .addHelpText(
      'after',
      `
An object of that name is replaced, as cp does. A bucket with versions keeps the
old one: see “rustfs-sync versions”. What somebody else writes while the upload
is under way is not replaced.`,
    )
    .examples(
      ['rustfs-sync put report.pdf home:papers/2026/', 'Upload to 2026/report.pdf'],
      ['pg_dump shop | rustfs-sync put - home:backup/shop.sql', 'Upload what a program prints'],
    )
    .action(run(put));

  program
    .command('get')
    .description('Download one object.')
    .argument('<account:bucket/key>', 'the object')
    .argument('[file]', 'file or directory to write, or - for stdout (default: the last part of the key)')
    .option('-f, --force', 'replace a file that is there')
    .examples(
      ['rustfs-sync get home:papers/2026/report.pdf', 'Download to report.pdf'],
      ['rustfs-sync get home:backup/shop.sql - | psql shop', 'Hand the content to a program'],
    )
    .action(run(get));
}

async function put(context: Context, file: string, text: string): Promise<undefined> {
  const target = parsePutTarget(text);
  const isStream = file === '-';
  if (isStream && (target.key === '' || target.key.endsWith('/'))) {
    throw usageError(
      `${quote(text)} does not name the object.`,
      'What comes on stdin has no name: give the whole key.',
    );
  }
  const source: PutSource = isStream
    ? { kind: 'stream', stream: context.io.stdin }
    : { kind: 'file', path: await existingFile(context.io.cwd, file) };
  const needsName = target.key === '' || target.key.endsWith('/');
  const object =
    needsName && source.kind === 'file' ? { ...target, key: target.key + path.basename(source.path) } : target;
  if (checkPath(object.key) !== undefined) {
    throw usageError(
      `The key ${quote(object.key)} can not be used.`,
      'It may have no empty, "." or ".." part between slashes, no line break, at most 255 bytes a part and 1,024 in all.',
    );
  }
  const done = await transfer(context, 'Uploaded', object, ({ objects, onProgress, signal, onAway }) =>
    objects.put(source, { ...object, overwrite: true }, onProgress, signal, onAway),
  );
  if (context.out.isJson) await tellDone(context, '', { ...object, ...done });
  return undefined;
}

async function get(
  context: Context,
  text: string,
  file: string | undefined,
  options: { readonly force?: true },
): Promise<undefined> {
  const object = parseObjectTarget(text);
  const { out } = context;
  if (file === '-') {
    if (out.isJson) throw usageError('--json and - exclude each other.', 'The object itself is what goes to stdout.');
    const destination: GetDestination = { kind: 'stream', write: (chunk) => out.bytes(chunk) };
    const work = ({ objects, onProgress, signal, onAway }: Work) =>
      objects.get(object, destination, onProgress, signal, onAway);
    // A progress line would stand in the middle of a content that is shown on the same terminal.
    if (!context.io.isTTY.stdout) await transfer(context, 'Downloaded', object, work);
    else {
      const { signal } = context;
      await work({
        objects: await context.objects(),
        onProgress: () => undefined,
        signal,
        onAway: tellAway(context),
      });
    }
    return undefined;
  }
  const overwrite = options.force ?? false;
  const filePath = await targetFile(context.io.cwd, object.key, file, overwrite);
  const done = await transfer(context, 'Downloaded', object, ({ objects, onProgress, signal, onAway }) =>
    objects.get(object, { kind: 'file', path: filePath, overwrite }, onProgress, signal, onAway),
  );
  if (out.isJson) await tellDone(context, '', { ...object, ...done, path: filePath });
  return undefined;
}

interface Work {
  readonly objects: Awaited<ReturnType<Context['objects']>>;
  readonly onProgress: (doneBytes: number, totalBytes: number | undefined) => void;
  readonly signal: AbortSignal;
  readonly onAway: OnAway;
}

async function transfer(
  context: Context,
  verb: string,
  object: ObjectRef,
  work: (work: Work) => Promise<TransferredObject>,
): Promise<TransferredObject> {
  const { io, out, signal } = context;
  const objects = await context.objects();
  const view = showTransfer(context, object.key);
  const startMs = io.clock.monotonic();
  let done: TransferredObject;
  try {
    done = await work({ objects, onProgress: view.onProgress, signal, onAway: tellAway(context) });
  } finally {
    await view.stop();
  }
  if (io.isTTY.stderr) {
    const what = visible(formatTarget(object, object.key));
    await out.note(summaryLine(verb, what, done.sizeBytes, io.clock.monotonic() - startMs));
  }
  return { etag: done.etag, sizeBytes: done.sizeBytes };
}
