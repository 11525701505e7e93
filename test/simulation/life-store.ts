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
  ListedObject,
  ListedPart,
  ListedUpload,
  ListPage,
  ListRequest,
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
import { refusal, type MemoryStore } from '../support/memory-store.ts';
import type { Life } from './life.ts';
import type { Suspicions } from './suspicions.ts';

/** The server as one life of an engine reaches it. */
export class LifeStore implements ObjectStore {
  readonly #life: Life;
  readonly #store: MemoryStore;
  readonly #suspicions: Suspicions;
  readonly #onWork: (what: string) => void;

  /** @param onWork called with each request that moves content or could change something. */
  constructor(life: Life, suspicions: Suspicions, onWork: (what: string) => void) {
    this.#life = life;
    this.#store = life.world.server.store;
    this.#suspicions = suspicions;
    this.#onWork = onWork;
  }

  listBuckets(signal?: AbortSignal): Promise<BucketInfo[]> {
    return this.#call('listBuckets', '', signal, () => this.#store.listBuckets());
  }

  createBucket(bucket: string, signal?: AbortSignal): Promise<void> {
    return this.#call('createBucket', '', signal, () => this.#store.createBucket(bucket));
  }

  deleteBucket(bucket: string, signal?: AbortSignal): Promise<void> {
    return this.#call('deleteBucket', '', signal, () => this.#store.deleteBucket(bucket));
  }

  headBucket(bucket: string, signal?: AbortSignal): Promise<void> {
    return this.#call('headBucket', '', signal, () => this.#store.headBucket(bucket));
  }

  isVersioned(bucket: string, signal?: AbortSignal): Promise<boolean> {
    return this.#call('isVersioned', '', signal, () => this.#store.isVersioned(bucket));
  }

  versioning(bucket: string, signal?: AbortSignal): Promise<Versioning> {
    return this.#call('versioning', '', signal, () => this.#store.versioning(bucket));
  }

  setVersioning(bucket: string, on: boolean, signal?: AbortSignal): Promise<void> {
    return this.#call('setVersioning', '', signal, () => this.#store.setVersioning(bucket, on));
  }

  listVersionPage(request: VersionListRequest, signal?: AbortSignal): Promise<VersionPage> {
    return this.#call('listVersionPage', request.prefix, signal, () => this.#store.listVersionPage(request));
  }

  async *listen(bucket: string, prefix: string, signal: AbortSignal): AsyncGenerator<BucketEvent, void, undefined> {
    await this.#life.beforeRequest('listen', prefix, signal);
    const { chance, faults } = this.#life.world;
    let late: BucketEvent | undefined;
    for await (const event of this.#store.listen(bucket, prefix, signal)) {
      await this.#life.beforeRequest('event', prefix, signal);
      if (late === undefined && event.kind !== 'listening' && chance.hits(faults.rates.event)) {
        late = event;
        continue;
      }
      yield event;
      if (chance.hits(faults.rates.event)) yield event;
      if (late === undefined) continue;
      yield late;
      late = undefined;
    }
  }

  listPage(request: ListRequest, signal?: AbortSignal): Promise<ListPage> {
    const { prefix, continuationToken, startAfter } = request;
    const after = continuationToken ?? startAfter ?? '';
    return this.#call('list', after, signal, async () => {
      if (after === '') this.#suspicions.listing();
      const { server, chance, faults, trace } = this.#life.world;
      const { pageKeys, listing } = faults.rates;
      if (!chance.hits(listing)) return server.page(prefix, after, pageKeys, 0);
      const lie = chance.pick(['stale', 'cut', 'left out', 'twice', 'disorder'] as const);
      trace.add(this.#life.name, `list ${after} LIES: ${lie}`);
      const page = server.page(prefix, after, pageKeys, lie === 'stale' ? server.staleMs() : 0);
      return this.#lie(page, lie);
    });
  }

  #lie(page: ListPage, kind: 'stale' | 'cut' | 'left out' | 'twice' | 'disorder'): ListPage {
    const { chance } = this.#life.world;
    const objects: ListedObject[] = [...page.objects];
    const at = chance.int(0, Math.max(0, objects.length - 1));
    const one = objects[at];
    if (one === undefined) return page;
    switch (kind) {
      case 'stale':
        return page;
      case 'cut':
        return { objects: objects.slice(0, at), prefixes: [] };
      case 'left out':
        return { ...page, objects: objects.filter(() => !chance.hits(0.5)) };
      case 'twice':
        objects.splice(at, 0, one);
        return { ...page, objects };
      case 'disorder':
        objects.splice(at, 1);
        return { ...page, objects: [one, ...objects] };
    }
  }

  head(bucket: string, key: string, signal?: AbortSignal): Promise<HeadResult | undefined> {
    return this.#call('head', key, signal, () => this.#store.head(bucket, key));
  }

  get(request: GetRequest, signal?: AbortSignal): Promise<GetResult> {
    this.#onWork('get');
    return this.#call('get', request.key, signal, () => this.#store.get(request, signal));
  }

  partSize(
    bucket: string,
    key: string,
    etag: string,
    partNumber: number,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    return this.#call('partSize', key, signal, () => this.#store.partSize(bucket, key, etag, partNumber));
  }

  contentChecksum(
    bucket: string,
    key: string,
    etag: string,
    signal?: AbortSignal,
  ): Promise<ContentChecksum | undefined> {
    return this.#call('contentChecksum', key, signal, () => this.#store.contentChecksum(bucket, key, etag));
  }

  put(request: PutRequest, signal?: AbortSignal): Promise<WriteResult> {
    return this.#write(`put [${expected(request.expect)}]`, request.key, signal, () => {
      this.#checkClash(request.key);
      return this.#store.put(request);
    });
  }

  delete(bucket: string, key: string, etag?: string, signal?: AbortSignal): Promise<void> {
    return this.#write('delete', key, signal, () => {
      this.#suspicions.deleting(key);
      return this.#store.delete(bucket, key, etag);
    });
  }

  copy(request: CopyRequest, signal?: AbortSignal): Promise<WriteResult> {
    return this.#write(`copy ${request.sourceKey} ->`, request.key, signal, () => {
      this.#checkClash(request.key);
      return this.#store.copy(request);
    });
  }

  createUpload(request: Parameters<ObjectStore['createUpload']>[0], signal?: AbortSignal): Promise<string> {
    return this.#write('createUpload', request.key, signal, () => this.#store.createUpload(request));
  }

  uploadPart(request: PartRequest, signal?: AbortSignal): Promise<{ readonly etag: string }> {
    return this.#write(`uploadPart ${request.partNumber}`, request.key, signal, () => this.#store.uploadPart(request));
  }

  listParts(upload: UploadKey, signal?: AbortSignal): Promise<ListedPart[]> {
    return this.#call('listParts', upload.key, signal, () => this.#store.listParts(upload));
  }

  completeUpload(
    upload: UploadKey,
    parts: readonly CompletedPart[],
    expect?: RemoteExpectation,
    signal?: AbortSignal,
  ): Promise<WriteResult> {
    const what = `completeUpload [${expected(expect)}]`;
    return this.#write(what, upload.key, signal, () => {
      this.#checkClash(upload.key);
      return this.#store.completeUpload(upload, parts, expect);
    });
  }

  abortUpload(upload: UploadKey, signal?: AbortSignal): Promise<void> {
    // Cleaning up is no work that a further pass must not have.
    return this.#call('abortUpload', upload.key, signal, () => this.#store.abortUpload(upload));
  }

  listUploads(bucket: string, prefix: string, signal?: AbortSignal): Promise<ListedUpload[]> {
    return this.#call('listUploads', prefix, signal, () => this.#store.listUploads(bucket, prefix));
  }

  presign(request: PresignRequest): Promise<string> {
    return this.#store.presign(request);
  }

  probeCapabilities(bucket: string, signal?: AbortSignal): Promise<ServerCapabilities> {
    return this.#call('probeCapabilities', '', signal, () => this.#store.probeCapabilities(bucket));
  }

  probe(): AsyncIterable<ProbeResult> {
    return this.#store.probe();
  }

  dropConnections(): void {
    // There is no connection to end.
  }

  close(): void {
    // There is no connection to end.
  }

  #checkClash(key: string): void {
    if (!this.#life.world.server.mayHoldKey(key)) throw refusal('type-clash');
  }

  async #write<T>(op: string, key: string, signal: AbortSignal | undefined, effect: () => Promise<T>): Promise<T> {
    this.#onWork(op);
    await this.#life.beforeWrite(op, key, signal, effect);
    // Once it is on its way, nobody can call it off.
    const result = await effect();
    await this.#life.afterRequest(op, key, signal);
    return result;
  }

  async #call<T>(op: string, key: string, signal: AbortSignal | undefined, effect: () => Promise<T>): Promise<T> {
    await this.#life.beforeRequest(op, key, signal);
    const result = await effect();
    await this.#life.afterRequest(op, key, signal);
    return result;
  }
}

function expected(expect: RemoteExpectation | undefined): string {
  if (expect === undefined) return 'whatever is there';
  return expect.kind === 'absent' ? 'absent' : expect.etag.slice(0, 6);
}
