import type { ContentChecksum } from '../../src/core/content-checksum.ts';
import type { RemoteExpectation } from '../../src/core/decide.ts';
import type {
  BucketEvent,
  BucketInfo,
  CompletedPart,
  CopyRequest,
  GetRequest,
  GetResult,
  HeadResult,
  ListedPart,
  ListedUpload,
  ListPage,
  ListRequest,
  ObjectMetadata,
  ObjectStore,
  PartRequest,
  PresignRequest,
  ProbeResult,
  PutRequest,
  ServerCapabilities,
  UploadKey,
  VersionListRequest,
  VersionPage,
  Versioning,
  WriteResult,
} from '../../src/core/object-store.ts';
import type { StoredObject, WriteConditions } from '../../src/trial/s3/bucket.ts';
import { ALL_TRAITS, type StoreCall, type StoreFault, type StoreTraits } from './memory-traits.ts';
import { listenToModel } from './memory-listen.ts';
import { versioningOf, versionPage } from './memory-versions.ts';
import { isAborted, refusal, translate } from './memory-refusals.ts';
import { checkedContent, checkedPart, disguisedEtag } from './memory-checks.ts';
import { MemoryBody, type BodyFault } from './memory-body.ts';
import { bytesOf, contentOf } from '../../src/trial/s3/content.ts';
import { S3Error } from '../../src/trial/s3/errors.ts';
import { S3Model } from '../../src/trial/s3/model.ts';

export { refusal } from './memory-refusals.ts';

export type { StoreCall, StoreFault, StoreTraits } from './memory-traits.ts';

/** An ObjectStore in memory: the model of the S3 double behind the engine's port, with no HTTP in between. */
export class MemoryStore implements ObjectStore {
  readonly model: S3Model;
  readonly calls: StoreCall[] = [];
  /** Called before each call; may change the world. */
  onCall: ((call: StoreCall) => StoreFault | undefined) | undefined;
  /** Changes the ETag in the answer to a write, as a damaged object or a broken server would. */
  answeredEtag: ((etag: string, call: StoreCall) => string) | undefined;
  /** What goes wrong with the body that a `get` is answered with. */
  bodyFault: ((call: StoreCall) => BodyFault | undefined) | undefined;
  /** Bodies that were neither read to their end nor left. */
  openBodies = 0;
  readonly #traits: StoreTraits;

  constructor(clock: { now(): number }, traits: Partial<StoreTraits> = {}) {
    this.#traits = { ...ALL_TRAITS, ...traits };
    this.model = new S3Model({ clock: () => clock.now(), minPartSizeBytes: this.#traits.minPartSizeBytes });
  }

  // What a test asks and does.

  /** Keys and contents of a bucket. */
  contents(bucket: string): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    for (const key of this.model.bucket(bucket).keys.inOrder()) {
      const object = this.model.bucket(bucket).current(key);
      if (object !== undefined) found.set(key, bytesOf(object.content));
    }
    return found;
  }

  /** Another program's write. @returns the ETag. */
  seed(bucket: string, key: string, content: Uint8Array | string, metadata: ObjectMetadata = {}): string {
    return this.model.putObject(bucket, key, contentOf(content), { attributes: { headers: {}, metadata } }).etag;
  }

  /** Another program's write in parts, cut at these sizes in bytes. @returns the ETag. */
  seedParts(bucket: string, key: string, content: Uint8Array, sizes: readonly number[], metadata = {}): string {
    const { uploadId } = this.model.createUpload(bucket, key, { attributes: { headers: {}, metadata } });
    let offset = 0;
    const parts = sizes.map((sizeBytes, index) => {
      const partNumber = index + 1;
      const part = contentOf(content.subarray(offset, (offset += sizeBytes)));
      return { partNumber, etag: this.model.uploadPart({ bucket, key, uploadId, partNumber }, part) };
    });
    return this.model.completeUpload({ bucket, key, uploadId }, parts).etag;
  }

  uploadIds(bucket: string): string[] {
    return [...this.model.bucket(bucket).uploads.keys()];
  }

  /** What RustFS's daily sweep does. */
  expireUploads(bucket: string): void {
    this.model.bucket(bucket).uploads.clear();
  }

  callsOf(op: StoreCall['op']): StoreCall[] {
    return this.calls.filter((call) => call.op === op);
  }

  // The port.

  listBuckets(signal?: AbortSignal): Promise<BucketInfo[]> {
    return this.#call({ op: 'listBuckets', key: '' }, signal, () =>
      this.model.buckets().map(({ name, createdMs }) => ({ name, createdMs })),
    );
  }

  createBucket(bucket: string, signal?: AbortSignal): Promise<void> {
    return this.#call({ op: 'createBucket', key: '' }, signal, () => this.model.createBucket(bucket));
  }

  deleteBucket(bucket: string, signal?: AbortSignal): Promise<void> {
    return this.#call({ op: 'deleteBucket', key: '' }, signal, () => this.model.deleteBucket(bucket));
  }

  headBucket(bucket: string, signal?: AbortSignal): Promise<void> {
    return this.#call({ op: 'headBucket', key: '' }, signal, () => void this.model.bucket(bucket));
  }

  isVersioned(bucket: string, signal?: AbortSignal): Promise<boolean> {
    return this.#call({ op: 'isVersioned', key: '' }, signal, () => this.model.bucket(bucket).versioning === 'Enabled');
  }

  versioning(bucket: string, signal?: AbortSignal): Promise<Versioning> {
    return this.#call({ op: 'versioning', key: '' }, signal, () => versioningOf(this.model, bucket));
  }

  setVersioning(bucket: string, on: boolean, signal?: AbortSignal): Promise<void> {
    return this.#call({ op: 'setVersioning', key: '' }, signal, () => {
      this.model.bucket(bucket).versioning = on ? 'Enabled' : 'Suspended';
    });
  }

  listVersionPage(request: VersionListRequest, signal?: AbortSignal): Promise<VersionPage> {
    return this.#call({ op: 'listVersionPage', key: request.prefix }, signal, () =>
      versionPage(this.model, request, (etag) => this.shownEtag(etag)),
    );
  }

  listPage(request: ListRequest, signal?: AbortSignal): Promise<ListPage> {
    return this.#call({ op: 'listPage', key: request.prefix }, signal, () => {
      const page = this.model.listObjects(request.bucket, request);
      return {
        objects: page.objects.map((one) => ({
          key: one.key,
          sizeBytes: one.content.sizeBytes,
          etag: this.shownEtag(one.etag),
          lastModifiedMs: one.lastModifiedMs,
        })),
        prefixes: page.commonPrefixes,
        ...(page.nextToken !== undefined && { continuationToken: page.nextToken }),
      };
    });
  }

  head(bucket: string, key: string, signal?: AbortSignal): Promise<HeadResult | undefined> {
    return this.#call({ op: 'head', key }, signal, () => {
      const { versioning } = this.model.bucket(bucket);
      const object = this.model.bucket(bucket).current(key);
      const version = versioning === 'Enabled' && object !== undefined ? { versionId: object.versionId } : {};
      return object && { ...this.#headOf(object), ...version };
    });
  }

  get(request: GetRequest, signal?: AbortSignal): Promise<GetResult> {
    const call: StoreCall = { op: 'get', key: request.key, ...request.range };
    return this.#call(call, signal, () => {
      const object = this.model.object(request.bucket, request.key, request.versionId);
      if (request.etag !== undefined && request.etag !== this.shownEtag(object.etag))
        throw new S3Error('PreconditionFailed');
      const { offset, sizeBytes } = request.range ?? { offset: 0, sizeBytes: object.content.sizeBytes };
      this.openBodies += 1;
      const body = new MemoryBody(bytesOf(object.content).subarray(offset, offset + sizeBytes), {
        signal,
        fault: this.bodyFault?.(call),
        cancelled: () => refusal('cancelled'),
        onClose: () => (this.openBodies -= 1),
      });
      return { ...this.#headOf(object), body };
    });
  }

  partSize(...[bucket, key, etag, partNumber, signal]: Parameters<ObjectStore['partSize']>) {
    return this.#call({ op: 'partSize', key, partNumber }, signal, () => {
      const object = this.model.object(bucket, key);
      if (this.shownEtag(object.etag) !== etag) throw new S3Error('PreconditionFailed');
      return this.#traits.tellsPartSizes ? object.partSizesBytes?.[partNumber - 1] : undefined;
    });
  }

  contentChecksum(
    bucket: string,
    key: string,
    etag: string,
    signal?: AbortSignal,
  ): Promise<ContentChecksum | undefined> {
    return this.#call({ op: 'contentChecksum', key }, signal, () => {
      const object = this.model.object(bucket, key);
      if (this.shownEtag(object.etag) !== etag) throw new S3Error('PreconditionFailed');
      return object.partSizesBytes === undefined ? object.checksum : undefined;
    });
  }

  async put(request: PutRequest, signal?: AbortSignal): Promise<WriteResult> {
    await request.pace?.beforePiece(request.body.length);
    const { bucket, key, body } = request;
    const call: StoreCall = { op: 'put', key, sizeBytes: body.length };
    return this.#call(call, signal, () => {
      const conditions = this.#traits.conditionalPut ? this.#conditionsOf(bucket, key, request.expect) : {};
      const attributes = { headers: { 'content-type': request.contentType }, metadata: { ...request.metadata } };
      const object = this.model.putObject(bucket, key, checkedContent(body, request.bodyMd5), {
        ...conditions,
        attributes,
      });
      return { etag: this.#answer(this.shownEtag(object.etag), call) };
    });
  }

  delete(bucket: string, key: string, etag?: string, signal?: AbortSignal): Promise<void> {
    return this.#call({ op: 'delete', key }, signal, () => {
      const current = this.model.bucket(bucket).current(key);
      if (current === undefined) return;
      const isConditional = etag !== undefined && this.#traits.conditionalDelete;
      if (isConditional && etag !== this.shownEtag(current.etag)) throw new S3Error('PreconditionFailed');
      this.model.deleteObject(bucket, key);
    });
  }

  copy(request: CopyRequest, signal?: AbortSignal): Promise<WriteResult> {
    const { bucket, key, sourceKey, sourceVersionId } = request;
    return this.#call({ op: 'copy', key }, signal, () => {
      const source = this.model.object(bucket, sourceKey, sourceVersionId);
      if (this.shownEtag(source.etag) !== request.sourceEtag) throw new S3Error('PreconditionFailed');
      const conditions = this.#conditionsOf(bucket, key, request.expect);
      const from = { bucket, key: sourceKey, versionId: sourceVersionId };
      const made = this.model.copyObject(from, bucket, key, conditions);
      return { etag: this.shownEtag(made.etag) };
    });
  }

  createUpload(
    request: { bucket: string; key: string; metadata: ObjectMetadata; contentType: string },
    signal?: AbortSignal,
  ): Promise<string> {
    return this.#call({ op: 'createUpload', key: request.key }, signal, () => {
      const attributes = { headers: { 'content-type': request.contentType }, metadata: { ...request.metadata } };
      return this.model.createUpload(request.bucket, request.key, { attributes }).uploadId;
    });
  }

  async uploadPart(request: PartRequest, signal?: AbortSignal): Promise<{ etag: string }> {
    await request.pace?.beforePiece(request.body.length);
    const { key, uploadId, partNumber, body } = request;
    return this.#call({ op: 'uploadPart', key, uploadId, partNumber, sizeBytes: body.length }, signal, () => {
      const etag = this.model.uploadPart(request, checkedPart(request));
      return { etag: this.shownEtag(etag) };
    });
  }

  listParts(upload: UploadKey, signal?: AbortSignal): Promise<ListedPart[]> {
    return this.#call({ op: 'listParts', key: upload.key, uploadId: upload.uploadId }, signal, () => {
      const parts = [...this.model.bucket(upload.bucket).upload(upload.key, upload.uploadId).parts.values()];
      return parts
        .map(({ partNumber, content, etag }) => ({
          partNumber,
          sizeBytes: content.sizeBytes,
          etag: this.shownEtag(etag),
        }))
        .sort((a, b) => a.partNumber - b.partNumber);
    });
  }

  completeUpload(
    upload: UploadKey,
    parts: readonly CompletedPart[],
    expect?: RemoteExpectation,
    signal?: AbortSignal,
  ): Promise<WriteResult> {
    const call: StoreCall = { op: 'completeUpload', key: upload.key, uploadId: upload.uploadId };
    return this.#call(call, signal, () => {
      const conditions = this.#traits.conditionalComplete ? this.#conditionsOf(upload.bucket, upload.key, expect) : {};
      // A disguise is its own reverse.
      const named = parts.map(({ partNumber, etag }) => ({ partNumber, etag: this.shownEtag(etag) }));
      const object = this.model.completeUpload(upload, named, conditions);
      return { etag: this.#answer(this.shownEtag(object.etag), call) };
    });
  }

  abortUpload(upload: UploadKey, signal?: AbortSignal): Promise<void> {
    return this.#call({ op: 'abortUpload', key: upload.key, uploadId: upload.uploadId }, signal, () => {
      this.model.bucket(upload.bucket).uploads.delete(upload.uploadId);
    });
  }

  listUploads(bucket: string, prefix: string, signal?: AbortSignal): Promise<ListedUpload[]> {
    return this.#call({ op: 'listUploads', key: prefix }, signal, () =>
      this.model.listUploads(bucket, prefix).map(({ key, uploadId, initiatedMs }) => ({ key, uploadId, initiatedMs })),
    );
  }

  async *listen(bucket: string, prefix: string, signal: AbortSignal): AsyncGenerator<BucketEvent, void, undefined> {
    await this.#call({ op: 'listen', key: prefix }, signal, () => {
      if (!this.#traits.liveEvents) throw refusal('not-supported');
      return this.model.bucket(bucket);
    });
    yield* listenToModel(this.model, bucket, prefix, signal);
  }

  async presign(request: PresignRequest): Promise<string> {
    const path = request.key.split('/').map(encodeURIComponent).join('/');
    return `http://memory.test/${request.bucket}/${path}?method=${request.method}&expires=${request.expiresInSeconds}`;
  }

  probeCapabilities(_bucket: string, signal?: AbortSignal): Promise<ServerCapabilities> {
    return this.#call({ op: 'probeCapabilities', key: '' }, signal, () => {
      const { conditionalPut, conditionalComplete, conditionalDelete, encrypted } = this.#traits;
      return {
        conditionalPut,
        conditionalComplete,
        conditionalDelete,
        partCrc32: this.#traits.partCrc32 && !encrypted,
      };
    });
  }

  async *probe(): AsyncGenerator<ProbeResult, void, undefined> {
    for (const id of ['conditionalPut', 'conditionalComplete', 'conditionalDelete'] as const) {
      const isThere = this.#traits[id];
      const verdict = isThere ? 'ok' : 'degraded';
      yield { id, title: id, verdict, finding: isThere ? 'Honoured.' : 'Not honoured.', advice: '' };
    }
  }

  /** There is no connection to end. */
  readonly close = (): void => undefined;
  readonly dropConnections = (): void => undefined;

  async #call<T>(call: StoreCall, signal: AbortSignal | undefined, effect: () => T): Promise<T> {
    if (isAborted(signal)) throw refusal('cancelled');
    this.calls.push(call);
    const fault = this.onCall?.(call);
    // As over a network, nobody has the answer within the same turn.
    await Promise.resolve();
    if (isAborted(signal)) throw refusal('cancelled');
    if (fault?.when === 'before') throw fault.error;
    try {
      const result = effect();
      if (fault?.when === 'after') throw fault.error;
      return result;
    } catch (error) {
      throw error instanceof S3Error ? translate(error) : error;
    }
  }

  #conditionsOf(bucket: string, key: string, expect: RemoteExpectation | undefined): WriteConditions {
    if (expect === undefined) return {};
    if (expect.kind === 'absent') return { ifNoneMatch: '*' };
    const current = this.model.bucket(bucket).current(key);
    const isSame = current !== undefined && this.shownEtag(current.etag) === expect.etag;
    return { ifMatch: isSame ? current.etag : expect.etag };
  }

  #headOf(object: StoredObject): HeadResult {
    const contentType = object.attributes.headers['content-type'];
    return {
      sizeBytes: object.content.sizeBytes,
      etag: this.shownEtag(object.etag),
      lastModifiedMs: object.lastModifiedMs,
      metadata: object.attributes.metadata,
      encrypted: this.#traits.encrypted,
      ...(contentType !== undefined && { contentType }),
    };
  }

  #answer(etag: string, call: StoreCall): string {
    return this.answeredEtag?.(etag, call) ?? etag;
  }

  /** An object's ETag as this server shows it. */
  shownEtag(etag: string): string {
    return this.#traits.encrypted ? disguisedEtag(etag) : etag;
  }
}
