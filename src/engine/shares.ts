import type { LinkWarning, ShareInfo, ShareRecord, ShareStep, StreamRequest } from '../api/index.ts';
import { asSyncError, SyncError } from '../core/errors.ts';
import type { ShareRow, StoredShare } from '../state/index.ts';
import { requireAccount, type Connection } from './connections.ts';
import type { EngineParts } from './engine-parts.ts';
import { noSuchKey } from './objects.ts';
import { withPatience } from './patience.ts';
import { folderContent, madeKey, putPage, putZip, removeMade, type FolderForm } from './share-folder.ts';
import { sharedTarget, type SharedTarget } from './share-target.ts';
import { isUploaded, untilUploaded, type Hurry } from './share-upload.ts';
import { endpointWarnings } from './share-warnings.ts';

/** Longest life of a presigned link, in seconds: seven days (signature version 4). */
const MAX_SHARE_SECONDS = 604_800;

/** So long a server has time to remove what was made for links before its account is forgotten. */
const REMOVAL_PATIENCE_MS = 10_000;

type Request = StreamRequest<'share.make'>;

/** Links that work without an account, and the ledger of those that were made here. */
export class Shares {
  readonly #parts: EngineParts;
  readonly #hurry: (folderId: string) => Hurry;
  /** Ids of folders' links whose page or zip this process is making. */
  readonly #making = new Set<number>();

  /** @param hurry what lets a file of a folder be sent before all others. */
  constructor(parts: EngineParts, hurry: (folderId: string) => Hurry) {
    this.#parts = parts;
    this.#hurry = hurry;
  }

  isBeingMade(id: number): boolean {
    return this.#making.has(id);
  }

  /**
   * Makes a link, and tells what has to be done before. A file that is not uploaded yet is sent first.
   *
   * @throws SyncError invalid-argument, no-such-key, not-uploaded
   */
  async *make(request: Request, signal: AbortSignal): AsyncGenerator<ShareStep, void, undefined> {
    checkExpiry(request.expiresInSeconds);
    const target = await sharedTarget(this.#parts, request.target);
    if (request.upload && target.isFolder) throw noUploadToFolder();
    const warnings = yield* this.#uploaded(target, request, signal);
    const connection = await this.#parts.connections.byId(target.accountId);
    const share = target.isFolder
      ? yield* this.#makeFolder(connection, target, request, warnings, signal)
      : await this.#makeOne(connection, target, request, warnings, signal);
    // Never the link itself: whoever reads the log could use it.
    this.#parts.environment.log.info('Made a link', { id: share.id, kind: share.kind, bucket: share.bucket });
    yield { kind: 'made', share };
  }

  list(): ShareRecord[] {
    return this.#parts.state.shares.alive(this.#nowMs).map((share) => this.#record(share));
  }

  /** @throws SyncError invalid-argument when there is no such link (any more). */
  async link(id: number): Promise<ShareInfo> {
    const share = this.#required(id);
    const isUsable = share.folder === undefined || share.madeEtag !== undefined;
    if (!isUsable || share.expiresMs - this.#nowMs < 1_000) {
      throw new SyncError({ code: 'invalid-argument', message: 'This link has expired.', advice: 'Make a new one.' });
    }
    return this.#info(await this.#parts.connections.byId(share.accountId), share, []);
  }

  /**
   * Takes a link off the list, and removes what was made for it.
   *
   * @returns whether that ended the link.
   * @throws SyncError invalid-argument when it is not on the list (any more).
   */
  async forget(id: number, signal: AbortSignal): Promise<{ ended: boolean }> {
    const { state, connections } = this.#parts;
    const share = this.#required(id);
    if (share.folder !== undefined) await removeMade(await connections.byId(share.accountId), share, signal);
    state.shares.delete(id);
    return { ended: share.folder !== undefined };
  }

  #required(id: number): StoredShare {
    const share = this.#parts.state.shares.byId(id);
    // What is being made is on no list yet, and what has come of it so far is not to be taken for what a crash left.
    if (share !== undefined && !this.#making.has(id)) return share;
    throw new SyncError({
      code: 'invalid-argument',
      message: `There is no link with the number ${id}.`,
      advice: 'One that expired or was forgotten is not on the list any more.',
      command: 'rustfs-sync shares',
    });
  }

  /**
   * Removes what was made for an account's links, before its keys are forgotten. What can not be removed within a few
   * seconds stays in the bucket, and the log says so.
   */
  async removeMadeWith(account: string, signal: AbortSignal): Promise<void> {
    const { state, connections, environment } = this.#parts;
    const { id } = requireAccount(state, account);
    const made = state.shares.madeFor(id);
    if (made.length === 0) return;
    const patience = new AbortController();
    const timer = environment.clock.timer(REMOVAL_PATIENCE_MS, () => patience.abort());
    try {
      const connection = await connections.byId(id);
      for (const share of made) await removeMade(connection, share, AbortSignal.any([signal, patience.signal]));
    } catch (error) {
      signal.throwIfAborted();
      environment.log.warn('What was made for links could not be removed', {
        account,
        reason: asSyncError(error).message,
      });
    } finally {
      timer.cancel();
    }
  }

  /** Waits until what is shared is in the bucket, or says that it is not. */
  async *#uploaded(
    { place }: SharedTarget,
    { upload, wait }: Request,
    signal: AbortSignal,
  ): AsyncGenerator<ShareStep, LinkWarning[], undefined> {
    if (place === undefined || upload) return [];
    if (wait) {
      yield* untilUploaded(this.#parts, place, this.#hurry(place.folder.id), signal);
      return [];
    }
    if (place.isDirectory || (await isUploaded(this.#parts, place))) return [];
    const message = 'The file on this computer is newer than what the link leads to, until it is uploaded.';
    return [{ code: 'older-version', message }];
  }

  async #makeOne(
    connection: Connection,
    { accountId, bucket, key }: SharedTarget,
    { upload, downloadName, expiresInSeconds }: Request,
    warnings: readonly LinkWarning[],
    signal: AbortSignal,
  ): Promise<ShareInfo> {
    if (!upload && (await connection.store.head(bucket, key, signal)) === undefined) throw noSuchKey(bucket, key);
    const createdMs = this.#nowMs;
    const share: ShareRow = {
      accountId,
      bucket,
      key,
      method: upload ? 'PUT' : 'GET',
      ...(downloadName !== undefined && !upload && { fileName: downloadName }),
      createdMs,
      expiresMs: createdMs + expiresInSeconds * 1_000,
    };
    const id = this.#parts.state.shares.add(share);
    return this.#info(connection, { ...share, id, madeEtag: undefined }, warnings);
  }

  /** Notes what it is about to make, makes it, and notes that it is whole: whatever happens in between is found again. */
  async *#makeFolder(
    connection: Connection,
    { accountId, bucket, key: prefix }: SharedTarget,
    { folderAs: form, downloadName, expiresInSeconds }: Request,
    warnings: readonly LinkWarning[],
    signal: AbortSignal,
  ): AsyncGenerator<ShareStep, ShareInfo, undefined> {
    const { state, environment } = this.#parts;
    const content = await withPatience(environment.clock, connection, signal, (patient) =>
      folderContent(connection, bucket, prefix, form, patient),
    );
    const title = lastSegment(prefix) || bucket;
    const key = madeKey((length) => environment.random.id(length), form, title);
    const createdMs = this.#nowMs;
    const lifeMs = expiresInSeconds * 1_000;
    const row: ShareRow = {
      accountId,
      bucket,
      key,
      method: 'GET',
      ...(form === 'zip' && { fileName: downloadName ?? `${title}.zip` }),
      folder: { form, prefix },
      createdMs,
      expiresMs: createdMs + lifeMs,
    };
    const id = state.shares.add(row);
    this.#making.add(id);
    try {
      const madeEtag =
        form === 'zip'
          ? yield* putZip(this.#parts, connection, { bucket, key }, content, signal)
          : yield* putPage(this.#parts, connection, { bucket, key }, content, this.#pageLinks(connection, row), signal);
      // The life of a zip's link begins when there is something to fetch; a page's own links are signed already.
      const expiresMs = form === 'zip' ? this.#nowMs + lifeMs : row.expiresMs;
      state.shares.setMade(id, madeEtag, expiresMs);
      // Were that lost in a power cut, what the link leads to would be removed as something that never became whole.
      state.flush();
      const made = { ...row, id, madeEtag, expiresMs };
      return await this.#info(connection, made, [...warnings, ...leftOutWarnings(content.leftOut)]);
    } finally {
      this.#making.delete(id);
    }
  }

  #pageLinks(connection: Connection, { accountId, bucket, folder, expiresMs }: ShareRow) {
    return {
      title: lastSegment(folder?.prefix ?? '') || bucket,
      expiresMs,
      sign: ({ key, path }: { readonly key: string; readonly path: string }) =>
        this.#sign(connection, { accountId, bucket, key, method: 'GET', fileName: lastSegment(path), expiresMs }),
    };
  }

  async #info(connection: Connection, share: StoredShare, warnings: readonly LinkWarning[]): Promise<ShareInfo> {
    const url = await this.#sign(connection, share);
    return { ...this.#record(share), url, warnings: [...endpointWarnings(new URL(url).origin), ...warnings] };
  }

  /** A link for as long as it still has to live, under the address that receivers know. */
  #sign(
    { store }: Connection,
    { accountId, bucket, key, method, fileName, expiresMs }: Omit<ShareRow, 'createdMs'>,
  ): Promise<string> {
    const publicEndpoint = this.#parts.state.accounts.byId(accountId)?.publicEndpoint;
    return store.presign({
      bucket,
      key,
      method,
      // It may have been made while the clock was ahead.
      expiresInSeconds: Math.min(MAX_SHARE_SECONDS, Math.max(1, Math.floor((expiresMs - this.#nowMs) / 1_000))),
      ...(fileName !== undefined && { downloadName: fileName }),
      ...(publicEndpoint !== undefined && { publicEndpoint }),
    });
  }

  #record({ id, accountId, bucket, key, method, fileName, folder, createdMs, expiresMs }: StoredShare): ShareRecord {
    const shared = folder?.prefix ?? key;
    return {
      id,
      account: this.#parts.state.accounts.byId(accountId)?.name ?? '',
      bucket,
      key: shared,
      kind: kindOf(method, folder?.form),
      fileName: fileName ?? (lastSegment(shared) || bucket),
      createdMs,
      expiresMs,
    };
  }

  get #nowMs(): number {
    return this.#parts.environment.clock.now();
  }
}

function kindOf(method: ShareRow['method'], form: FolderForm | undefined): ShareRecord['kind'] {
  return form ?? (method === 'GET' ? 'download' : 'upload');
}

/** Without the slash in which a prefix ends. */
function lastSegment(key: string): string {
  return key.replace(/\/$/, '').split('/').at(-1) ?? '';
}

function leftOutWarnings(files: number): LinkWarning[] {
  if (files === 0) return [];
  const message = `${files === 1 ? 'A file is' : `${files} files are`} not in it: other computers can not hold such names.`;
  return [{ code: 'files-left-out', message }];
}

function checkExpiry(seconds: number): void {
  if (seconds >= 1 && seconds <= MAX_SHARE_SECONDS) return;
  throw new SyncError({
    code: 'invalid-argument',
    message: `A link can not live ${seconds} seconds.`,
    advice: 'Choose between 1 second and 7 days (604,800 seconds); that is the most that S3 allows.',
  });
}

function noUploadToFolder(): SyncError {
  return new SyncError({
    code: 'invalid-argument',
    message: 'A link to send a file needs the whole name of that file.',
    advice: 'Name the file after the folder, for example: home:inbox/from-ann.zip',
  });
}
