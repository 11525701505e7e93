import path from 'node:path';
import type { ShareInfo, StreamInput } from '../../api/index.ts';
import { makeShare, USUAL_SHARE_SECONDS } from '../../api/make-share.ts';
import { warningText } from '../../api/texts/index.ts';
import { asSyncError, SyncError } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import type { Context, Run } from '../context.ts';
import { exitCodeOfError, type ExitCode } from '../exit-codes.ts';
import { formatDuration, formatSize, formatTime, visible } from '../format.ts';
import { isThere } from '../local-file.ts';
import { looksRemote, parseExpiry, parseObjectTarget, parsePutTarget, type ObjectTarget } from '../parse.ts';
import { ShareNotices } from '../share-notices.ts';
import { uploadBeside } from '../upload-beside.ts';
import { quote, usageError } from '../usage.ts';

export interface ShareOptions {
  readonly expires?: number;
  readonly uploadLink?: true;
  readonly name?: string;
  readonly zip?: true;
  readonly copy?: true;
  readonly uploadTo?: ObjectTarget;
  readonly wait: boolean;
}

/** What became of one of several. */
type Outcome = { readonly text: string } & ({ readonly share: ShareInfo } | { readonly error: SyncError });

/** `share`: links that work without an account. */
export function addShareCommand(program: CliCommand, run: Run): void {
  program
    .command('share')
    .description('Make links to files, objects or folders that anyone who has them can use until they expire.')
    .argument('<local_path|account:bucket/key...>', 'a file or folder in a synced folder, or an object')
    .option('--expires <time>', 'how long it works, up to 7d: 10m, 24h, 7d (default: 24h)', parseExpiry)
    .option('--copy', 'put the link on the clipboard rather than print it, and say so by a notification')
    .option('--name <file_name>', 'what the receiver saves it as')
    .option('--zip', 'share a folder as one zip rather than as a page of links')
    .option('--upload-link', 'a link to send a file to, not to get it from')
    .option('--upload-to <account:bucket/prefix>', 'upload files from outside any synced folder there', parsePutTarget)
    .option('--no-wait', 'do not wait for a file to be uploaded: share what is in the bucket now')
    .addHelpText(
      'after',
      '\nThe link alone goes to stdout. Write ./ before a local name with a colon in it.\nA file that is not uploaded yet is sent first.',
    )
    .examples(
      ['rustfs-sync share ~/Pictures/party.jpg --expires 7d', 'Make a link to a file in a synced folder'],
      ['rustfs-sync share home:photos/party.jpg', 'Make a link to an object'],
      ['rustfs-sync share ~/Pictures/2026 --zip', 'Make a link to a folder as one zip'],
      ['rustfs-sync share home:inbox/from-bob.zip --upload-link', 'Let somebody send you a file'],
    )
    .action(run(share));
}

async function share(context: Context, texts: readonly string[], options: ShareOptions): Promise<ExitCode> {
  const { out } = context;
  if (options.name !== undefined && texts.length > 1) {
    throw usageError('--name is for one file.', 'Share the files one by one.');
  }
  if (texts.includes('')) throw usageError('One of the paths is empty.', 'Name a file, a folder or an object.');
  if (options.uploadLink === true && (options.zip === true || options.uploadTo !== undefined)) {
    const other = options.zip === true ? '--zip' : '--upload-to';
    throw usageError(`--upload-link and ${other} exclude each other.`, 'A link to send a file has nothing to get.');
  }
  const notices = new ShareNotices(context, options.copy === true);
  const outcomes: Outcome[] = [];
  for (const text of texts) {
    try {
      outcomes.push({ text, share: await makeOne(context, text, options, notices) });
    } catch (thrown) {
      if (context.signal.aborted) throw thrown;
      outcomes.push({ text, error: await withOffer(context, text, asSyncError(thrown)) });
    }
  }
  const made = outcomes.flatMap((each) => ('share' in each ? [each.share] : []));
  const failed = outcomes.flatMap((each) => ('error' in each ? [each] : []));
  out.status('');
  if (options.copy === true && made.length > 0) await copyLinks(context, made, notices);
  if (failed.length > 0) await notices.failed(failed);
  const [first] = failed;
  // One error of one is told as every command tells its own.
  if (first !== undefined && texts.length === 1) throw first.error;
  if (out.isJson) await tellDocument(context, outcomes, options);
  else if (options.copy !== true) await out.lines(made.map(({ url }) => url));
  await tellAbout(context, made);
  for (const { error } of failed) await out.error(error);
  return failed.reduce<ExitCode>((worst, { error }) => {
    const code = exitCodeOfError(error.code);
    return code > worst ? code : worst;
  }, 0);
}

async function makeOne(
  context: Context,
  text: string,
  options: ShareOptions,
  notices: ShareNotices,
): Promise<ShareInfo> {
  const client = await context.client();
  const target = await targetOf(context, text, options);
  const input: StreamInput<'share.make'> = {
    target,
    expiresInSeconds: options.expires ?? USUAL_SHARE_SECONDS,
    upload: options.uploadLink ?? false,
    folderAs: options.zip === true ? 'zip' : 'page',
    wait: options.wait,
    ...(options.name !== undefined && { downloadName: options.name }),
  };
  return makeShare(client, input, context.signal, (step) => {
    const size = `${formatSize(step.doneBytes)} of ${formatSize(step.sizeBytes)}`;
    if (step.kind === 'packing') context.out.status(`Packing ${step.files} files, ${size}`);
    else {
      notices.uploading(text);
      context.out.status(step.isMoving ? `Uploading ${visible(step.path)}, ${size}` : 'Waiting for its upload ...');
    }
  });
}

async function targetOf(
  context: Context,
  text: string,
  { uploadTo }: ShareOptions,
): Promise<StreamInput<'share.make'>['target']> {
  if (looksRemote(text)) return { kind: 'object', ...parseObjectTarget(text) };
  const local = path.resolve(context.io.cwd, text);
  if (uploadTo === undefined) return { kind: 'path', path: local };
  return uploadBeside(context, local, uploadTo);
}

/** A file from anywhere can be shared: the person has to say where it is to lie. */
async function withOffer({ io }: Context, text: string, error: SyncError): Promise<SyncError> {
  if (error.code !== 'not-in-folder') return error;
  // One that is in a synced folder may be in its bucket alone; this one is nowhere.
  if (!(await isThere(path.resolve(io.cwd, text)))) {
    const advice = 'Check the spelling and where you are. An object is named as ACCOUNT:BUCKET/KEY.';
    return usageError(`There is no file ${quote(text)}.`, advice);
  }
  const advice = `${error.advice} It can also be uploaded and shared in one go.`;
  const command = 'rustfs-sync share PATH --upload-to ACCOUNT:BUCKET/PREFIX';
  return new SyncError({ ...error.toData(), advice, command, cause: error });
}

/** A link on the clipboard is in no output: what a file manager's commands print may end in a log. */
async function copyLinks(context: Context, made: readonly ShareInfo[], notices: ShareNotices): Promise<void> {
  try {
    await context.io.desktop.copy(made.map(({ url }) => url).join('\n'));
  } catch (error) {
    await notices.notCopied(asSyncError(error));
    throw error;
  }
  await notices.copied(made);
  if (!context.out.isJson)
    await context.out.note(made.length === 1 ? 'Copied the link.' : `Copied ${made.length} links.`);
}

async function tellDocument({ out }: Context, outcomes: readonly Outcome[], { copy }: ShareOptions): Promise<void> {
  const documents = outcomes.map((each) => {
    if ('error' in each) return { target: each.text, error: each.error.toData() };
    const { url, ...rest } = each.share;
    return copy === true ? { ...rest, copied: true } : { ...rest, url };
  });
  await out.json(documents.length === 1 ? documents[0] : documents);
}

async function tellAbout({ io, out }: Context, made: readonly ShareInfo[]): Promise<void> {
  const warnings = new Set(made.flatMap((each) => each.warnings.map((one) => warningText(one, out.language))));
  for (const warning of warnings) await out.caution(warning);
  const expiresMs = Math.min(...made.map((each) => each.expiresMs));
  if (made.length === 0) return;
  const remainingMs = Math.max(0, expiresMs - io.clock.now());
  const what = made.length === 1 ? 'It works' : 'They work';
  await out.note(`${what} until ${formatTime(expiresMs)}, for ${formatDuration(remainingMs)}.`);
}
