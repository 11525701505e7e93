import type { CommandRequest, ObjectProperties, StreamItem, StreamRequest } from '../api/index.ts';
import type { Environment } from '../core/environment.ts';
import { numberedPath } from '../core/conflict-name.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import type { ObjectStore } from '../core/object-store.ts';
import { checkPath } from '../core/paths.ts';
import { problemText } from '../core/problems.ts';
import { once } from '../remote/index.ts';
import type { Connections } from './connections.ts';
import { deleteIfStill, type DeleteTarget } from './delete-remote.ts';
import { requireNoClash, requireNothingAbove } from './name-clash.ts';
import { noSuchKey } from './objects.ts';

/** Deletions under way at once when a whole prefix goes. */
const REMOVALS_AT_ONCE = 16;
/** So many names are tried until one is free. */
const MOST_NAMES = 99;

/** What people change in a bucket by hand, in a window. Nothing here is retried: whoever asked is waiting. */
export class ObjectEdits {
  readonly #environment: Environment;
  readonly #connections: Connections;

  constructor(environment: Environment, connections: Connections) {
    this.#environment = environment;
    this.#connections = connections;
  }

  /** @throws SyncError no-such-key */
  async properties(
    { account, bucket, key }: CommandRequest<'object.properties'>,
    signal: AbortSignal,
  ): Promise<ObjectProperties> {
    const { store } = await this.#connections.byName(account);
    const head = await store.head(bucket, key, signal);
    if (head === undefined) throw noSuchKey(bucket, key);
    const { sizeBytes, etag, lastModifiedMs, contentType = '', versionId = '', encrypted, metadata } = head;
    return { key, sizeBytes, etag, lastModifiedMs, contentType, versionId, encrypted, metadata: { ...metadata } };
  }

  /** @throws SyncError invalid-argument; name-taken when too many names beside it are taken too. */
  async freeKey({ account, bucket, key }: CommandRequest<'object.freeKey'>, signal: AbortSignal): Promise<string> {
    checkNewKey(key);
    const { store } = await this.#connections.byName(account);
    for (let number = 1; number <= MOST_NAMES; number++) {
      const name = number === 1 ? key : numberedPath(key, number);
      if ((await store.head(bucket, name, signal)) === undefined) return name;
    }
    throw new SyncError({
      code: 'name-taken',
      message: `${JSON.stringify(key)} is taken in the bucket ${JSON.stringify(bucket)}, and so are ${MOST_NAMES - 1} names beside it.`,
      advice: 'Choose another name or place.',
    });
  }

  async makeFolder(
    { account, bucket, prefix }: CommandRequest<'object.makeFolder'>,
    signal: AbortSignal,
  ): Promise<Record<string, never>> {
    const path = prefix.replace(/\/+$/, '');
    checkNewKey(path);
    const { store } = await this.#connections.byName(account);
    await requireNothingAbove({ store, bucket, retry: once }, `${path}/`, signal);
    const body = new Uint8Array();
    await store.put(
      {
        bucket,
        key: `${path}/`,
        body,
        bodyMd5: this.#environment.hash.md5(body),
        metadata: {},
        contentType: 'application/x-directory',
        expect: { kind: 'absent' },
      },
      signal,
    );
    return {};
  }

  /** Deletes page by page, each listed anew, and tells how many are gone. */
  async *removeBelow(
    { account, bucket, prefix }: StreamRequest<'object.removeBelow'>,
    signal: AbortSignal,
  ): AsyncGenerator<StreamItem<'object.removeBelow'>, void, undefined> {
    const { store } = await this.#connections.byName(account);
    let removed = 0;
    for (let startAfter = ''; ;) {
      const page = await store.listPage({ bucket, prefix, ...(startAfter !== '' && { startAfter }) }, signal);
      const keys = page.objects.map(({ key }) => key).filter((key) => key !== startAfter);
      for (let from = 0; from < keys.length; from += REMOVALS_AT_ONCE) {
        signal.throwIfAborted();
        const some = keys.slice(from, from + REMOVALS_AT_ONCE);
        await Promise.all(some.map((key) => store.delete(bucket, key, undefined, signal)));
        removed += some.length;
        yield { removed };
      }
      const last = keys.at(-1);
      if (page.continuationToken === undefined || last === undefined) return;
      startAfter = last;
    }
  }
}

/**
 * Copies, then deletes what was copied, if it still is that and the copy is there: copying a large object takes long enough for
 * somebody to write another one, and the deletion may have to wait for the server. A crash between the two leaves both.
 *
 * @throws SyncError name-taken, type-clash, no-such-key; precondition-failed when the object was changed meanwhile and so stays.
 */
export async function moveObject(
  target: DeleteTarget,
  { bucket, key, newKey }: Pick<CommandRequest<'object.move'>, 'bucket' | 'key' | 'newKey'>,
  signal: AbortSignal,
): Promise<Record<string, never>> {
  checkNewKey(newKey);
  const { store } = target;
  const source = await store.head(bucket, key, signal);
  if (source === undefined) throw noSuchKey(bucket, key);
  if (key === newKey) return {};
  if ((await store.head(bucket, newKey, signal)) !== undefined) {
    throw new SyncError({
      code: 'name-taken',
      message: `There is an object ${JSON.stringify(newKey)} in the bucket ${JSON.stringify(bucket)} already.`,
      advice: 'Choose another name, or delete that one first.',
    });
  }
  const isInTheWay = newKey.startsWith(`${key}/`) && (await mayKeepVersions(store, bucket, signal));
  await requireNoClash({ store, bucket, retry: once }, newKey, signal, isInTheWay ? undefined : key);
  const { etag, sizeBytes } = source;
  const made = await store.copy(
    { bucket, sourceKey: key, key: newKey, sourceEtag: etag, sizeBytes, expect: { kind: 'absent' } },
    signal,
  );
  const found = { isCopied: true };
  const isKept = async () => (found.isCopied = (await store.head(bucket, newKey, signal))?.etag === made.etag);
  if (await deleteIfStill(target, key, etag, signal, { isKept })) return {};
  throw found.isCopied ? changedMeanwhile(bucket, key, newKey) : copyChanged(bucket, key, newKey);
}

/** Then something of a deleted object stays under its name, and MinIO lists nothing below that. */
async function mayKeepVersions(store: ObjectStore, bucket: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await store.versioning(bucket, signal)) !== 'off';
  } catch (error) {
    if (hasCode(error, 'not-supported')) return false;
    if (hasCode(error, 'access-denied')) return true;
    throw error;
  }
}

function changedMeanwhile(bucket: string, key: string, newKey: string): SyncError {
  return new SyncError({
    code: 'precondition-failed',
    message: `Somebody else changed ${JSON.stringify(key)} in the bucket ${JSON.stringify(bucket)} while it was renamed.`,
    advice: `What it was before is now ${JSON.stringify(newKey)}; what it is now kept its name.`,
  });
}

function copyChanged(bucket: string, key: string, newKey: string): SyncError {
  return new SyncError({
    code: 'precondition-failed',
    message: `Somebody else changed ${JSON.stringify(newKey)} in the bucket ${JSON.stringify(bucket)} while ${JSON.stringify(key)} was renamed to it.`,
    advice: `${JSON.stringify(key)} stays as it is.`,
  });
}

/** @throws SyncError invalid-argument */
export function checkNewKey(key: string): void {
  const problem = checkPath(key);
  if (problem === undefined) return;
  throw new SyncError({
    code: 'invalid-argument',
    message: `${JSON.stringify(key)} can not be a key. ${problemText(problem).message}`,
    advice: 'Choose another name.',
  });
}
