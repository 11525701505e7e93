import type { Client, FolderInfo } from '../../api/index.ts';
import { hasCode, SyncError } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import type { Context, Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { onlyFolders } from '../progress-view.ts';
import { folderWithId } from '../status-text.ts';
import { previewSync } from '../sync-preview.ts';
import { syncOnce } from '../sync-once.ts';
import { quote, usageError } from '../usage.ts';
import { watchStates } from '../watch-states.ts';

interface SyncOptions {
  readonly once?: true;
  readonly dryRun?: true;
}

/** `sync`: brings folders in step. */
export function addSyncCommand(program: CliCommand, run: Run): void {
  program
    .command('sync')
    .description('Sync folders, and go on watching them until Ctrl-C.')
    .argument('[id...]', 'ids of the folders (default: all)')
    .option('--once', 'sync until everything is in sync, then end')
    .option('--dry-run', 'print what would be done, and change nothing')
    .addHelpText(
      'after',
      `
One RustFS Sync runs for you at a time. In a second terminal, sync shows what it
does, and goes on in its place should it end; --once waits for its passes.

Exit codes: 0 in sync, 2 the server can not be reached or refuses the keys,
3 problems are left, 4 held, since it would change or delete very much.`,
    )
    .examples(
      ['rustfs-sync sync', 'Sync all folders now and whenever something changes'],
      ['rustfs-sync sync --once', 'Sync all folders once, for example from cron'],
      ['rustfs-sync sync k3jq7x2m --dry-run', 'See what a sync of one folder would do'],
    )
    .action(run(sync));
}

async function sync(context: Context, ids: readonly string[], options: SyncOptions): Promise<ExitCode> {
  const client = await context.client();
  const folders = await chosenFolders(client, ids, context.signal);
  if (options.dryRun) return previewSync(context, folders);
  if (options.once) return syncOnce(context, folders);
  return watch(context, ids);
}

/** @throws SyncError when there is no folder, or none with one of the ids. */
async function chosenFolders(client: Client, ids: readonly string[], signal: AbortSignal): Promise<FolderInfo[]> {
  const folders = await client.call('folder.list', {}, signal);
  if (folders.length === 0) {
    throw usageError(
      'No folder is set up to sync.',
      'Add one: rustfs-sync folder add LOCAL_DIR ACCOUNT:BUCKET[/PREFIX]',
    );
  }
  const unknown = ids.find((id) => !folders.some((folder) => folder.id === id));
  if (unknown !== undefined) {
    throw new SyncError({
      code: 'unknown-folder',
      message: `There is no folder with the id ${quote(unknown)}.`,
      advice: `The ids are: ${folders.slice(0, 5).map(folderWithId).join(', ')}${folders.length > 5 ? ', …' : ''}`,
    });
  }
  return ids.length === 0 ? folders : folders.filter(({ id }) => ids.includes(id));
}

/** Watches until Ctrl-C. Where an engine runs already, it is shown; when that ends, this process goes on. */
export async function watch(context: Context, ids: readonly string[]): Promise<ExitCode> {
  for (;;) {
    try {
      return await follow(context, ids);
    } catch (error) {
      if (!hasCode(error, 'engine-lost')) throw error;
      await context.out.note('The RustFS Sync that was running has ended.');
    }
  }
}

async function follow(context: Context, ids: readonly string[]): Promise<ExitCode> {
  const client = await context.client();
  await client.call('sync.start', { ids: [...ids] }, context.signal);
  const other = await context.otherProcess();
  await context.out.note(
    other === undefined
      ? 'Watching for changes. Ctrl-C ends it.'
      : `RustFS Sync runs already, as ${other}, which watches for changes. Ctrl-C ends this view of it.`,
  );
  const chosen = new Set(ids);
  async function* statuses() {
    for await (const status of client.stream('status.watch', {}, context.signal)) {
      // Without ids, folders that are added meanwhile are synced and shown too.
      yield ids.length === 0 ? status : onlyFolders(status, chosen);
    }
  }
  const last = await watchStates(context, statuses());
  if (other !== undefined) await context.out.note(`RustFS Sync goes on as ${other}.`);
  const isInSync = last !== undefined && last.folders.every(({ state }) => state === 'in-sync');
  return isInSync ? 0 : 3;
}
