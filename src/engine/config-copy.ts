import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { SyncError } from '../core/errors.ts';
import type { AccountRow, Alone, FolderRow, Settings, StateStore } from '../state/index.ts';
import { trialRows } from './trial-rows.ts';

type FolderConfig = Parameters<StateStore['folders']['insert']>[0] &
  Pick<FolderRow, 'paused'> &
  Partial<Pick<FolderRow, 'chosen'>>;

/** What people set up, without secrets and without anything that the engine found out by itself. */
interface Config {
  readonly version: 1;
  readonly accounts: readonly AccountRow[];
  readonly folders: readonly FolderConfig[];
  /** Copies of earlier versions have none. */
  readonly settings?: Settings;
}

/**
 * Keeps a copy of accounts, folders and settings in a file beside the database, so that a database that is lost or damaged costs
 * a comparison (equal files are adopted) and not the set-up: what was paused stays so. Written whole or not at all. What it says
 * is in the database for good before.
 */
export function saveConfigCopy(state: StateStore, path: string): void {
  const trial = new Set(trialRows(state).accounts.map(({ id }) => id));
  const accounts = state.accounts.list().filter(({ id }) => !trial.has(id));
  const folders = state.folders.list().filter(({ accountId }) => !trial.has(accountId));
  const config: Config = { version: 1, accounts, folders: folders.map(configOf), settings: state.settings.read() };
  const text = `${JSON.stringify(config, undefined, 2)}\n`;
  // Whoever takes the lock asks for it, too, and mostly nothing has changed since: that is not worth a wait for the disk.
  if (says(path, text)) return;
  // A folder that was removed must not be there again after a power cut: what its person then deletes would be deleted in the bucket.
  state.flush();
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

/** One that can not be read is written anew. */
function says(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}

/**
 * Fills a state without accounts from the copy, if there is one with anything in it.
 *
 * @returns whether it did.
 * @throws SyncError disk-error when the copy can not be read; what `alone` throws.
 */
export function restoreConfigCopy(state: StateStore, path: string, alone: Alone = (work) => work()): boolean {
  const isEmpty = () => state.accounts.list().length === 0;
  const config = isEmpty() ? readConfig(path) : undefined;
  if (config === undefined || config.accounts.length === 0) return false;
  return alone(() => {
    // Whoever was alone before may have done it.
    if (!isEmpty()) return false;
    state.transaction(() => fill(state, config));
    return true;
  });
}

function fill(state: StateStore, { accounts, folders, settings }: Config): void {
  if (settings !== undefined) state.settings.write(settings);
  for (const account of accounts) state.accounts.insert(account);
  for (const folder of folders) {
    state.folders.insert(folder);
    state.folders.setPaused(folder.id, folder.paused);
    state.folders.setChosen(folder.id, folder.chosen, undefined);
  }
}

function configOf(folder: FolderRow): FolderConfig {
  const {
    id,
    localRoot,
    rootDeviceId,
    accountId,
    bucket,
    prefix,
    mode,
    mirrorDeletes,
    ignoreGlobs,
    chosen,
    paused,
    createdMs,
  } = folder;
  return {
    id,
    localRoot,
    rootDeviceId,
    accountId,
    bucket,
    prefix,
    mode,
    mirrorDeletes,
    ignoreGlobs,
    chosen,
    paused,
    createdMs,
  };
}

function readConfig(path: string): Config | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Config;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SyncError({
      code: 'disk-error',
      message: `The copy of accounts and folders in ${path} can not be read.`,
      advice: 'Repair it, or remove it and set up accounts and folders again.',
      cause,
    });
  }
}
