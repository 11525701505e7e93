import type { CommandRequest, ListItem, StreamRequest, UnfinishedUpload } from '../api/index.ts';
import type { Environment } from '../core/environment.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import type { ObjectStore, UploadKey } from '../core/object-store.ts';
import { listObjects } from '../remote/list.ts';
import type { StateStore } from '../state/index.ts';
import { runConcurrently } from '../transfer/index.ts';
import type { Connections } from './connections.ts';
import { patiently } from './patience.ts';

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
    const connection = await this.#connections.byName(request.account);
    const { store, requests } = connection;
    const { bucket, prefix } = request;
    if (request.recursive) {
      const all = patiently(this.#environment.clock, connection, signal, (patient) =>
        listObjects(store, { bucket, prefix }, patient, (page) => requests.run(page, patient)),
      );
      for await (const object of all) yield { kind: 'object', ...object };
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
    const passing = this.#state.passingUploads.list(connection.account.id, bucket);
    const owners = new Map([
      ...passing.map(({ uploadId }) => [uploadId, { folderId: undefined }] as const),
      ...journalled.map(({ uploadId, owner }) => [uploadId, { folderId: owner }] as const),
    ]);
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

/** For a person who named an object that is not there. */
export function noSuchKey(bucket: string, key: string): SyncError {
  return new SyncError({
    code: 'no-such-key',
    message: `There is no object ${JSON.stringify(key)} in the bucket ${JSON.stringify(bucket)}.`,
    advice: 'Check the key. A file that was just added may not be uploaded yet.',
    command: 'rustfs-sync ls ACCOUNT:BUCKET/PREFIX',
  });
}
