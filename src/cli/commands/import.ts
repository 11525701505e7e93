import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client, CommandInput } from '../../api/index.ts';
import { asSyncError, hasCode, SyncError } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import type { Context, Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { countOf, formatTable, listInWords, visible } from '../format.ts';
import { chooseRemotes, type Choice } from '../import/choose.ts';
import { mcPlaces, rclonePlaces } from '../import/places.ts';
import { readRcloneConfig } from '../import/rclone.ts';
import type { FoundRemote, Remote } from '../import/remote.ts';
import { parseAccountName } from '../parse.ts';
import { readAll, redact } from '../secret.ts';
import { quote, usageError } from '../usage.ts';

interface ImportOptions {
  readonly config?: string;
  readonly as?: string;
  readonly dryRun?: true;
  readonly storeSecretInFile?: true;
}

/** Another program whose servers and keys can be taken over. */
interface Source {
  readonly program: string;
  readonly entries: string;
  places(env: Context['io']['env']): string[];
  read(text: string, env: Context['io']['env']): Remote[] | Promise<Remote[]>;
}

const RCLONE: Source = {
  program: 'rclone',
  entries: 'remotes',
  places: rclonePlaces,
  read: readRcloneConfig,
};
const MC: Source = {
  program: 'mc',
  entries: 'aliases',
  places: mcPlaces,
  // Loaded when it is needed: help must not wait for what checks the form.
  read: async (text) => (await import('../import/mc.ts')).readMcConfig(text),
};

const MOST_CHARACTERS = 4_000_000;

/** What became of a remote. `failed` is tried again by the same command; `left-out` and `there` are not. */
interface Outcome {
  readonly remote: string;
  readonly account: string;
  readonly result: 'added' | 'would-add' | 'there' | 'left-out' | 'failed';
  readonly endpoint: string;
  readonly reason: string;
}

/** `import`: servers and keys that other programs have already. */
export function addImportCommands(program: CliCommand, run: Run): void {
  const group = program
    .command('import')
    .description('Take over servers and keys from rclone or mc.')
    .helpCommand(false)
    .examples(['rustfs-sync import rclone --dry-run', 'Show what would be taken over from rclone']);
  for (const source of [RCLONE, MC]) {
    group
      .command(source.program)
      .description(
        `Make accounts of the S3 ${source.entries} that ${source.program} has. Its own configuration stays as it is.`,
      )
      .argument('[names...]', `only these ${source.entries}`)
      .option('--config <file>', `configuration of ${source.program}, - for stdin`)
      .option('--as <account>', 'name of the account, where one remote is named', parseAccountName)
      .option('-n, --dry-run', 'show what would be added and add nothing')
      .option('--store-secret-in-file', 'keep the secrets in a file that only you can read, not in the keychain')
      .addHelpText(
        'after',
        '\nEach is added once its server has answered and taken the keys. Secret keys go\ninto the keychain and are never printed.',
      )
      .examples(
        [`rustfs-sync import ${source.program} --dry-run`, 'Show what would be added'],
        [`rustfs-sync import ${source.program} nas --as home`, 'Add one, under another name'],
      )
      .action(run((context, names: string[], options: ImportOptions) => importFrom(source, context, names, options)));
  }
}

async function importFrom(
  source: Source,
  context: Context,
  names: readonly string[],
  options: ImportOptions,
): Promise<ExitCode> {
  if (options.as !== undefined && names.length !== 1) {
    throw usageError('--as names one account.', `Name one of the ${source.entries} before it.`);
  }
  const remotes = await source.read(await readConfiguration(source, context, options.config), context.io.env);
  const found = remotes.filter((remote) => remote.kind === 'remote');
  for (const { secretAccessKey, sessionToken = '' } of found) {
    context.hideSecret(secretAccessKey);
    if (sessionToken !== '') context.hideSecret(sessionToken);
  }
  const unknown = names.filter((name) => !remotes.some((remote) => remote.name === name));
  if (unknown.length > 0) {
    throw usageError(
      `${source.program} has no ${listInWords(unknown.map(quote), 'or')}.`,
      remotes.length === 0 ? 'It has none.' : `It has ${listInWords(remotes.map(({ name }) => name))}.`,
    );
  }
  const client = await context.client();
  const accounts = await client.call('account.list', {}, context.signal);
  const wanted = names.length === 0 ? remotes : remotes.filter(({ name }) => names.includes(name));
  const outcomes: Outcome[] = [];
  for (const choice of chooseRemotes(wanted, accounts, options.as)) {
    outcomes.push(await carryOut(context, client, choice, options));
  }
  await tell(source, context, outcomes);
  return outcomes.some(({ result }) => result === 'failed') ? 3 : 0;
}

async function carryOut(context: Context, client: Client, choice: Choice, options: ImportOptions): Promise<Outcome> {
  if (choice.kind !== 'add') {
    const { remote, account, endpoint, reason } = choice;
    return { remote, account, result: choice.kind, endpoint, reason };
  }
  const { remote, account } = choice;
  const outcome = { remote: remote.name, account, endpoint: remote.endpoint };
  const notes = remote.notes.join(' ');
  if (options.dryRun === true) return { ...outcome, result: 'would-add', reason: notes };
  try {
    await client.call('account.add', inputFor(remote, account, options), context.signal);
    return { ...outcome, result: 'added', reason: notes };
  } catch (error) {
    // These hold for all that follow as well.
    if (context.signal.aborted || hasCode(error, 'no-keychain', 'engine-version', 'state-too-new')) throw error;
    const { message, advice } = asSyncError(error);
    const reason = redact(`${message} ${advice}`, [remote.secretAccessKey, remote.sessionToken ?? '']);
    return { ...outcome, result: 'failed', reason };
  }
}

function inputFor(remote: FoundRemote, account: string, options: ImportOptions): CommandInput<'account.add'> {
  const { endpoint, region, accessKeyId, secretAccessKey, sessionToken, pathStyle } = remote;
  return {
    name: account,
    endpoint,
    region,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    pathStyle,
    storeSecretInFile: options.storeSecretInFile ?? false,
  };
}

/** @throws SyncError invalid-argument when there is none, naming where it was looked for. */
async function readConfiguration(source: Source, { io }: Context, named: string | undefined): Promise<string> {
  if (named === '-') {
    const text = await readAll(io.stdin, MOST_CHARACTERS);
    if (text !== undefined && text.trim() !== '') return text;
    throw usageError(`There is no configuration of ${source.program} on stdin.`, 'Pipe it in, or name a file.');
  }
  const places = named === undefined ? source.places(io.env) : [path.resolve(io.cwd, named)];
  for (const place of places) {
    const text = await readIfThere(place);
    if (text !== undefined) return text;
  }
  throw usageError(
    `There is no configuration of ${source.program} in ${listInWords(places, 'or')}.`,
    'Say where it is with --config FILE.',
  );
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SyncError({
      code: 'file-unreadable',
      message: `${file} can not be read (${code}).`,
      advice: 'Check that it is a file and that you may read it.',
      cause: error,
    });
  }
}

const WORDS: Readonly<Record<Outcome['result'], string>> = {
  added: 'added',
  'would-add': 'would be added',
  there: 'there already',
  'left-out': 'left out',
  failed: 'FAILED',
};

async function tell(source: Source, context: Context, outcomes: readonly Outcome[]): Promise<void> {
  const { out } = context;
  if (out.isJson) {
    await out.json(outcomes);
    return;
  }
  if (outcomes.length === 0) {
    await out.note(`${source.program} has no ${source.entries}.`);
    return;
  }
  const titles = [{ title: 'NAME' }, { title: 'ACCOUNT' }, { title: 'ENDPOINT' }, { title: '' }];
  const rows = outcomes.map((each) => [each.remote, each.account, each.endpoint, WORDS[each.result]]);
  await out.lines(formatTable(titles, rows));
  for (const { remote, reason } of outcomes) {
    if (reason !== '') await out.warn(`${visible(remote)}: ${visible(reason)}`);
  }
  const added = outcomes.filter(({ result }) => result === 'added');
  const [first] = added;
  if (first === undefined) return;
  await out.note(
    `Added ${countOf(added.length, 'account')}. Next: rustfs-sync folder add LOCAL_DIR ${first.account}:BUCKET`,
  );
}
