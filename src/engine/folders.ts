import type { CommandRequest, FolderInfo } from '../api/index.ts';
import type { Environment } from '../core/environment.ts';
import { asSyncError, SyncError } from '../core/errors.ts';
import { checkGlobs } from '../core/filters.ts';
import type { ServerCapabilities } from '../core/object-store.ts';
import { isInternalKey, parsePrefix, prefixesOverlap, PRIVATE_DIRECTORY } from '../core/paths.ts';
import type { FolderRow, StateStore } from '../state/index.ts';
import { cleanTemporary } from '../transfer/index.ts';
import type { Connection, Connections } from './connections.ts';
import { folderInfoOf } from './folder-status.ts';
import { withPatience } from './patience.ts';
import { MARKER_PATH, readMarker, writeMarker } from './roots.ts';
import { Turns } from './turns.ts';

/** Adding and removing folders. */
export class Folders {
  readonly #environment: Environment;
  readonly #state: StateStore;
  readonly #connections: Connections;
  readonly #keeping = new Turns();

  constructor(environment: Environment, state: StateStore, connections: Connections) {
    this.#environment = environment;
    this.#state = state;
    this.#connections = connections;
  }

  /**
   * Proves that both sides can be used, then keeps the folder and marks its root.
   *
   * @throws SyncError root-missing, folder-overlap, invalid-argument; what the server says of the bucket.
   */
  async add(request: CommandRequest<'folder.add'>, signal: AbortSignal): Promise<FolderInfo> {
    const { fs, clock, random } = this.#environment;
    const prefix = checkPrefix(request.prefix);
    const badGlob = checkGlobs(request.ignoreGlobs);
    if (badGlob !== undefined) throw invalid(`The ignore rule ${JSON.stringify(badGlob.rule)} ${badGlob.message}.`);

    const connection = await this.#connections.byName(request.account);
    const { account } = connection;
    const localRoot = await this.#resolveRoot(request.localRoot);
    const stat = await fs.stat(localRoot, '');
    if (stat?.kind !== 'directory') throw invalid(`${request.localRoot} is not a folder.`);
    this.#checkOwn(localRoot);
    this.#checkOverlap(localRoot, account.id, request.bucket, prefix);

    const capabilities = await withPatience(clock, connection, signal, (patient) =>
      proveBucket(connection, request, patient),
    );

    const id = random.id(8);
    const { bucket, mode, mirrorDeletes, ignoreGlobs } = request;
    await this.#keeping.take(async () => {
      // While the server was asked, another folder may have been added.
      this.#checkOverlap(localRoot, account.id, bucket, prefix);
      await writeMarker(fs, localRoot, id);
      this.#state.transaction(() => {
        if (capabilities !== undefined)
          this.#state.accounts.setCapabilities(account.id, bucket, capabilities, clock.now());
        this.#state.folders.insert({
          id,
          localRoot,
          rootDeviceId: stat.deviceId,
          accountId: account.id,
          bucket,
          prefix,
          mode,
          mirrorDeletes,
          ignoreGlobs,
          createdMs: clock.now(),
        });
        if (request.paused === true) this.#state.folders.setPaused(id, true);
      });
    });
    return folderInfoOf(this.require(id), account);
  }

  /** @throws SyncError unknown-folder */
  info(id: string): FolderInfo {
    const folder = this.require(id);
    return folderInfoOf(folder, this.#state.accounts.byId(folder.accountId));
  }

  list(): FolderInfo[] {
    return this.#state.folders.list().map(({ id }) => this.info(id));
  }

  /** Forgets the folder. No file and no object is touched. */
  remove(id: string): void {
    this.require(id);
    this.#state.folders.delete(id);
  }

  /**
   * To be called when a folder was removed: what was fetched in part goes from its root, and so does the marker. A state of before,
   * put back from a backup, would else go on where it was, and take for deleted here what a person has cleared away since.
   */
  async leave({ id, localRoot }: FolderRow): Promise<void> {
    const { fs, log } = this.#environment;
    await this.#keeping.take(async () => {
      try {
        // By now it may be added again, or on a disk that is away.
        if ((await readMarker(fs, localRoot)) !== id) return;
        const left = await cleanTemporary(this.#environment, localRoot, this.#state.downloads, () => true);
        if (left !== undefined) throw left;
        await fs.removeFile(localRoot, MARKER_PATH);
      } catch (error) {
        log.warn('The root of a removed folder could not be tidied', { folder: id, error: asSyncError(error).message });
      }
    });
  }

  setPaused(id: string, paused: boolean): void {
    this.require(id);
    this.#state.folders.setPaused(id, paused);
  }

  /** @throws SyncError unknown-folder, naming those that there are. */
  require(id: string): FolderRow {
    const folder = this.#state.folders.byId(id);
    if (folder !== undefined) return folder;
    const ids = this.#state.folders.list().map((row) => `${row.id} (${row.localRoot})`);
    throw new SyncError({
      code: 'unknown-folder',
      message: `There is no folder with the id ${JSON.stringify(id)}.`,
      advice: ids.length === 0 ? 'Add one first.' : `Use one of these: ${ids.join(', ')}.`,
      ...(ids.length === 0 && { command: 'rustfs-sync folder add LOCAL_DIR ACCOUNT:BUCKET' }),
    });
  }

  async #resolveRoot(path: string): Promise<string> {
    try {
      return await this.#environment.fs.resolveRoot(path);
    } catch (cause) {
      throw new SyncError({
        code: 'root-missing',
        message: `${path} is not there, or can not be opened.`,
        advice: 'Give the path of a folder that exists.',
        cause,
      });
    }
  }

  /** Of a folder around it, what the program itself keeps is left out. See `loadRules`. */
  #checkOwn(localRoot: string): void {
    const { ownDirectory } = this.#environment;
    if (ownDirectory === undefined || relativeTo(ownDirectory, localRoot) === undefined) return;
    const message = `${localRoot} is where RustFS Sync keeps what it needs itself.`;
    throw overlap(message, `Choose a folder that is not in ${ownDirectory}.`);
  }

  #checkOverlap(localRoot: string, accountId: string, bucket: string, prefix: string): void {
    const account = this.#state.accounts.byId(accountId);
    for (const other of this.#state.folders.list()) {
      if (
        relativeTo(localRoot, other.localRoot) !== undefined ||
        relativeTo(other.localRoot, localRoot) !== undefined
      ) {
        const what = localRoot === other.localRoot ? localRoot : `${localRoot} overlaps with ${other.localRoot}, which`;
        throw overlap(`${what} is synced already.`);
      }
      const sameServer = this.#state.accounts.byId(other.accountId)?.settings.endpoint === account?.settings.endpoint;
      if (sameServer && other.bucket === bucket && prefixesOverlap(other.prefix, prefix)) {
        throw overlap(
          `${bucket}/${prefix} overlaps with ${bucket}/${other.prefix}, where ${other.localRoot} is synced.`,
        );
      }
    }
  }
}

/** The part of an absolute path below a root, with slashes; `''` for the root itself, undefined when it is not below. */
export function relativeTo(root: string, path: string): string | undefined {
  if (path === root) return '';
  const separator = /^([A-Za-z]:)?\\/.test(root) ? '\\' : '/';
  const start = root.endsWith(separator) ? root : root + separator;
  return path.startsWith(start) ? path.slice(start.length).replaceAll(separator, '/') : undefined;
}

function checkPrefix(text: string): string {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw invalid(`The prefix ${JSON.stringify(text)} can not be part of a key.`);
  if (isInternalKey(prefix) || prefix.startsWith(`${PRIVATE_DIRECTORY}/`)) {
    throw invalid(`The prefix ${JSON.stringify(text)} is kept for RustFS Sync itself.`);
  }
  return prefix;
}

function invalid(message: string): SyncError {
  return new SyncError({ code: 'invalid-argument', message, advice: 'Correct it and try again.' });
}

function overlap(
  message: string,
  advice = 'Two folders must not share files or keys: choose another folder, bucket or prefix.',
): SyncError {
  return new SyncError({ code: 'folder-overlap', message, advice });
}

/** Proves that there is such a bucket. @returns what its server can do, where that matters. */
async function proveBucket(
  { store, requests }: Connection,
  { bucket, mode }: CommandRequest<'folder.add'>,
  signal: AbortSignal,
): Promise<ServerCapabilities | undefined> {
  await requests.run(() => store.headBucket(bucket, signal), signal);
  // It is found out by writing, and a key for a folder that only downloads need not be able to.
  if (mode === 'download') return undefined;
  return requests.run(() => store.probeCapabilities(bucket, signal), signal);
}
