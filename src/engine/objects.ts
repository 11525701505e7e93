import type { CommandRequest, ListItem, ShareInfo, StreamRequest, UnfinishedUpload } from '../api/index.ts';
import type { Environment } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import type { ObjectStore, UploadKey } from '../core/object-store.ts';
import { listObjects } from '../remote/list.ts';
import type { StateStore } from '../state/index.ts';
import { runConcurrently } from '../transfer/index.ts';
import type { Connections } from './connections.ts';
import { locatePath } from './locate.ts';

/** Longest life of a presigned link, in seconds: seven days (signature version 4). */
export const MAX_SHARE_SECONDS = 604_800;

/** So many unfinished uploads are asked for what they hold. */
const MAX_SIZED_UPLOADS = 1_000;
const SIZED_AT_ONCE = 8;

/** What people do with buckets and objects by hand. Nothing here is retried: whoever asked is waiting. */
export class Objects {
  readonly #environment: Environment;
  readonly #state: StateStore;
  readonly #connections: Connections;

  constructor(environment: Environment, state: StateStore, connections: Connections) {
    this.#environment = environment;
    this.#state = state;
    this.#connections = connections;
  }

  async *list(request: StreamRequest<'object.list'>, signal: AbortSignal): AsyncGenerator<ListItem, void, undefined> {
    const { store, requests } = await this.#connections.byName(request.account);
    const { bucket, prefix } = request;
    if (request.recursive) {
      for await (const object of listObjects(store, { bucket, prefix }, signal, (page) => requests.run(page, signal))) {
        yield { kind: 'object', ...object };
      }
      return;
    }
    for (let continuationToken: string | undefined; ;) {
      const page = await store.listPage(
        { bucket, prefix, delimiter: '/', ...(continuationToken !== undefined && { continuationToken }) },
        signal,
      );
      for (const key of page.prefixes) yield { kind: 'prefix', key };
      for (const object of page.objects) yield { kind: 'object', ...object };
      if (page.continuationToken === undefined) return;
      continuationToken = page.continuationToken;
    }
  }

  /** @throws SyncError no-such-key, since deleting nothing is most often a typing error. */
  async remove({ account, bucket, key }: CommandRequest<'object.remove'>, signal: AbortSignal): Promise<void> {
    const { store } = await this.#connections.byName(account);
    if ((await store.head(bucket, key, signal)) === undefined) throw noSuchKey(bucket, key);
    await store.delete(bucket, key, undefined, signal);
  }

  /**
   * Unfinished multipart uploads on the server, the oldest first, with what they hold. One that ends while this looks is left
   * out; of very many the newest come without a size, since each costs a request.
   */
  async listUploads(
    { account, bucket, prefix, olderThanMs }: CommandRequest<'upload.list'>,
    signal: AbortSignal,
  ): Promise<UnfinishedUpload[]> {
    const connection = await this.#connections.byName(account);
    const { store } = connection;
    const journalled = this.#state.uploads
      .listAll()
      .filter((upload) => upload.accountId === connection.account.id && upload.bucket === bucket);
    const owners = new Map(journalled.map(({ uploadId, owner }) => [uploadId, { folderId: owner }]));
    const youngestMs = this.#environment.clock.now() - olderThanMs;
    const listed = (await store.listUploads(bucket, prefix, signal))
      .filter(({ initiatedMs }) => initiatedMs <= youngestMs || olderThanMs === 0)
      .sort((a, b) => a.initiatedMs - b.initiatedMs);
    const sizes = new Map<string, number | undefined>();
    await runConcurrently(listed.slice(0, MAX_SIZED_UPLOADS), SIZED_AT_ONCE, async ({ key, uploadId }) => {
      sizes.set(uploadId, await uploadedBytes(store, { bucket, key, uploadId }, signal));
    });
    return listed.flatMap(({ key, uploadId, initiatedMs }) => {
      const sizeBytes = sizes.get(uploadId);
      if (sizes.has(uploadId) && sizeBytes === undefined) return [];
      const owner = owners.get(uploadId);
      const size = sizeBytes === undefined ? {} : { sizeBytes };
      const folder = owner?.folderId === undefined ? {} : { folderId: owner.folderId };
      return [{ key, uploadId, initiatedMs, ...size, ours: owner !== undefined, ...folder }];
    });
  }

  async abortUpload(
    { account, bucket, key, uploadId }: CommandRequest<'upload.abort'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { store } = await this.#connections.byName(account);
    await store.abortUpload({ bucket, key, uploadId }, signal);
  }

  /**
   * A link to one object, to get it or to send it. A local path means the object of the synced file.
   *
   * @throws SyncError invalid-argument, no-such-key
   */
  async share(request: CommandRequest<'share.create'>, signal: AbortSignal): Promise<ShareInfo> {
    const { expiresInSeconds, upload } = request;
    if (expiresInSeconds < 1 || expiresInSeconds > MAX_SHARE_SECONDS) {
      throw new SyncError({
        code: 'invalid-argument',
        message: `A link can not live ${expiresInSeconds} seconds.`,
        advice: 'Choose between 1 second and 7 days (604,800 seconds); that is the most that S3 allows.',
      });
    }
    const { accountId, bucket, key } = await this.#shareTarget(request.target);
    const { store, account } = await this.#connections.byId(accountId);
    if (!upload && (await store.head(bucket, key, signal)) === undefined) throw noSuchKey(bucket, key);
    const method = upload ? 'PUT' : 'GET';
    const { downloadName } = request;
    const named = downloadName !== undefined && !upload ? { downloadName } : {};
    const url = await store.presign({ bucket, key, method, expiresInSeconds, ...named });
    const createdMs = this.#environment.clock.now();
    const expiresMs = createdMs + expiresInSeconds * 1000;
    this.#state.shares.add({ accountId, bucket, key, method, createdMs, expiresMs });
    return { url, bucket, key, expiresMs, warnings: endpointWarnings(account.settings.endpoint) };
  }

  async #shareTarget(
    target: CommandRequest<'share.create'>['target'],
  ): Promise<{ readonly accountId: string; readonly bucket: string; readonly key: string }> {
    if (target.kind === 'object') {
      const { account } = await this.#connections.byName(target.account);
      return { accountId: account.id, bucket: target.bucket, key: target.key };
    }
    const { folder, key } = await locatePath(this.#environment.fs, this.#state, target.path);
    return { accountId: folder.accountId, bucket: folder.bucket, key };
  }
}

/** What the parts of an upload hold, or undefined when it has ended. */
async function uploadedBytes(store: ObjectStore, upload: UploadKey, signal: AbortSignal): Promise<number | undefined> {
  try {
    return (await store.listParts(upload, signal)).reduce((sum, part) => sum + part.sizeBytes, 0);
  } catch (error) {
    if (hasCode(error, 'no-such-upload')) return undefined;
    throw error;
  }
}

/** What whoever gets a link from this endpoint has to know. */
export function endpointWarnings(endpoint: string): string[] {
  const { protocol, hostname } = new URL(endpoint);
  const warnings: string[] = [];
  if (/^(localhost|127\.|\[::1\])/.test(hostname)) {
    warnings.push('The server is on this computer: nobody else can open the link.');
  } else if (
    /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cd])/.test(hostname) ||
    !hostname.includes('.')
  ) {
    warnings.push('The server has a private address: only people in the same network can open the link.');
  }
  if (protocol === 'http:') warnings.push('The link is plain HTTP: whoever is on the way can read and use it.');
  return warnings;
}

/** For a person who named an object that is not there. */
export function noSuchKey(bucket: string, key: string): SyncError {
  return new SyncError({
    code: 'no-such-key',
    message: `There is no object ${JSON.stringify(key)} in the bucket ${JSON.stringify(bucket)}.`,
    advice:
      'Check the key with: rustfs-sync ls ACCOUNT:BUCKET/PREFIX. A file that was just added may not be uploaded yet.',
  });
}
