import path from 'node:path';
import type { FolderInfo } from '../../api/index.ts';
import { asSyncError, SyncError } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import { formatTable, formatTarget, visible } from '../format.ts';
import { localPath } from '../local-file.ts';
import { parsePrefixTarget } from '../parse.ts';
import { quote, usageError } from '../usage.ts';

const MODES = ['two-way', 'upload', 'download'] as const;

interface AddOptions {
  readonly mode?: (typeof MODES)[number];
  readonly mirrorDeletes?: true;
  readonly ignore?: readonly string[];
}

/** `folder`: which local folder goes with which bucket. */
export function addFolderCommands(program: CliCommand, run: Run): void {
  const folder = program
    .command('folder')
    .description('Choose which local folders are synced, and where to.')
    .helpCommand(false)
    .examples(['rustfs-sync folder add ~/Pictures home:photos', 'Upload everything in Pictures, and what comes later']);

  folder
    .command('add')
    .description('Sync a local folder with a bucket, or with the keys under a prefix of it.')
    .argument('<local_dir>', 'folder on this computer')
    .argument('<account:bucket[/prefix]>', 'where it goes')
    .option('--mode <mode>', `${MODES.join(', ')} (default: upload)`, parseMode)
    .option('--mirror-deletes', 'what you delete here is deleted there too, after a copy went to the trash')
    .option('--ignore <glob>', 'leave out what matches, in the syntax of .gitignore; may be given again', collectGlobs)
    .examples(
      ['rustfs-sync folder add ~/Pictures home:photos', 'Upload everything in Pictures, and what comes later'],
      [
        "rustfs-sync folder add ~/work home:backup/work --ignore 'node_modules/' --ignore '*.tmp'",
        'Leave some files out',
      ],
    )
    .action(run(addFolder));

  folder
    .command('list')
    .description('List the folders.')
    .examples(['rustfs-sync folder list', 'Show all folders with their ids'])
    .action(run(listFolders));

  folder
    .command('select')
    .description(
      'Keep only a part of a folder on this computer. The rest stays in the bucket; what is here of it goes once the bucket is seen to hold it. Without paths: show what is chosen.',
    )
    .argument('<id>', 'id of the folder, as `folder list` shows it')
    .argument('[path...]', 'files or folders below the folder, with all that is in them')
    .option('--all', 'keep everything again')
    .examples(
      ['rustfs-sync folder select k3jq7x2m 2026 contracts/open', 'Keep these two here, and nothing else'],
      ['rustfs-sync folder select k3jq7x2m --all', 'Bring everything back'],
      ['rustfs-sync folder select k3jq7x2m', 'Show what is chosen'],
    )
    .action(run(selectPaths));

  const byId = (name: string, description: string, meaning: string) =>
    folder
      .command(name)
      .description(description)
      .argument('<id>', 'id of the folder, as `folder list` shows it')
      .examples([`rustfs-sync folder ${name} k3jq7x2m`, meaning]);

  byId('remove', 'Stop syncing a folder. Files and objects stay as they are.', 'Stop syncing this folder').action(
    run(changeFolder('folder.remove', 'Removed the folder', { removed: true })),
  );
  byId('pause', 'Pause a folder until it is resumed.', 'Pause this folder').action(
    run(changeFolder('folder.pause', 'Paused the folder', { paused: true })),
  );
  byId('resume', 'Let a paused folder go on.', 'Let this folder go on').action(
    run(changeFolder('folder.resume', 'Resumed the folder', { paused: false })),
  );
}

async function addFolder(context: Context, localDir: string, target: string, options: AddOptions): Promise<undefined> {
  const { account, bucket, prefix } = parsePrefixTarget(target);
  const localRoot = localPath(context.io.cwd, localDir);
  const { checkGlobs } = await import('../../core/filters.ts');
  const ignoreGlobs = [...(options.ignore ?? [])];
  const bad = checkGlobs(ignoreGlobs);
  if (bad !== undefined) throw badGlob(bad.rule, bad.message);

  const client = await context.client();
  const request = {
    localRoot,
    account,
    bucket,
    prefix,
    ignoreGlobs,
    mirrorDeletes: options.mirrorDeletes ?? false,
    ...(options.mode === undefined ? {} : { mode: options.mode }),
  };
  const added = await client.call('folder.add', request, context.signal).catch((thrown: unknown) => {
    throw withWayToBucket(asSyncError(thrown), `${account} ${bucket}`);
  });
  await tellDone(context, `Added the folder ${added.id}: ${folderLine(added)} (${added.mode}).`, added);
  const other = await context.otherProcess();
  await context.out.note(
    other === undefined
      ? 'Start with: rustfs-sync sync'
      : `RustFS Sync runs already, as ${other}: \`rustfs-sync status\` shows what it does.`,
  );
  return undefined;
}

/** Whoever adds a folder may not have made its bucket yet. */
function withWayToBucket(error: SyncError, names: string): SyncError {
  if (error.code !== 'no-such-bucket') return error;
  const { code, message, detail } = error;
  const advice = `Check its name, or make it: rustfs-sync bucket create ${names}`;
  return new SyncError({ code, message, advice, detail, cause: error });
}

async function listFolders(context: Context): Promise<undefined> {
  const client = await context.client();
  const folders = await client.call('folder.list', {}, context.signal);
  if (context.out.isJson) await context.out.json(folders);
  else if (folders.length === 0) await context.out.note('There is no folder. `rustfs-sync folder add` adds one.');
  else {
    const titles = [{ title: 'ID' }, { title: 'MODE' }, { title: 'LOCAL' }, { title: 'TARGET' }, { title: '' }];
    const rows = folders.map((each) => [
      each.id,
      each.mode,
      each.localRoot,
      formatTarget(each, each.prefix),
      [...(each.paused ? ['paused'] : []), ...(each.chosen === undefined ? [] : ['only a part'])].join(', '),
    ]);
    await context.out.lines(formatTable(titles, rows));
  }
  return undefined;
}

async function selectPaths(
  context: Context,
  id: string,
  paths: readonly string[],
  options: { readonly all?: true },
): Promise<undefined> {
  if (options.all && paths.length > 0) {
    throw usageError('--all goes without paths.', 'Name the paths to keep, or say --all.');
  }
  const client = await context.client();
  if (options.all || paths.length > 0) {
    const chosen = options.all ? null : paths.map((each) => each.replaceAll(path.sep, '/'));
    await client.call('folder.select', { id, paths: chosen }, context.signal);
  }
  const { folder: found } = await client.call('folder.status', { id }, context.signal);
  const { out } = context;
  if (out.isJson) await out.json({ id, chosen: found.chosen ?? null });
  else if (found.chosen === undefined) await out.line('Everything in the folder is kept on this computer.');
  else
    await out.lines(['Kept on this computer, and nothing else:', ...found.chosen.map((each) => `  ${visible(each)}`)]);
  if (paths.length > 0) await out.note('The rest goes from here with the next sync, and stays in the bucket.');
  if (options.all) await out.note('What is not here comes with the next sync.');
  return undefined;
}

type ChangeOfFolder = 'folder.remove' | 'folder.pause' | 'folder.resume';

function changeFolder(command: ChangeOfFolder, done: string, result: Readonly<Record<string, boolean>>) {
  return async (context: Context, id: string): Promise<undefined> => {
    const client = await context.client();
    await client.call(command, { id }, context.signal);
    await tellDone(context, `${done} ${visible(id)}.`, { id, ...result });
    return undefined;
  };
}

/** `/home/me/Pictures → home:photos/`. */
export function folderLine(folder: FolderInfo): string {
  const arrow = folder.mode === 'two-way' ? '↔' : folder.mode === 'upload' ? '→' : '←';
  return visible(`${folder.localRoot} ${arrow} ${formatTarget(folder, folder.prefix)}`);
}

function parseMode(text: string): (typeof MODES)[number] {
  const mode = MODES.find((each) => each === text);
  if (mode !== undefined) return mode;
  throw usageError(`--mode ${quote(text)} is not a mode.`, 'The modes are two-way, upload and download.');
}

function collectGlobs(glob: string, before: readonly string[] = []): readonly string[] {
  if (glob.startsWith('#')) throw badGlob(glob, 'is a comment, as it starts with "#"; write \\# for the character');
  if (/(^|[^\\])\\(\\\\)*$/.test(glob)) throw badGlob(glob, 'ends in a single backslash');
  return [...before, glob];
}

function badGlob(glob: string, why: string) {
  return usageError(
    `--ignore ${quote(glob)} ${why}.`,
    "Give one rule as in a .gitignore, for example --ignore '*.tmp' or --ignore 'node_modules/'",
  );
}
