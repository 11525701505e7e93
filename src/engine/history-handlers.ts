import type { CommandHandlers, StreamHandlers } from '../api/index.ts';
import { prefixesOverlap } from '../core/paths.ts';
import { once } from '../remote/index.ts';
import { auditFolder } from './audit.ts';
import { deleteTargetOf } from './delete-remote.ts';
import type { Engine } from './engine.ts';
import { locatePath } from './locate.ts';
import { restoreAt } from './restore-at.ts';
import { emptyFolderTrash, listFolderTrash, restoreEntry } from './trash.ts';
import { countVersions, restoreVersion, versionInfoOf, versionsIn } from './versions.ts';

type HistoryCommands = Pick<
  CommandHandlers,
  | 'bucket.versioning'
  | 'bucket.setVersioning'
  | 'object.locate'
  | 'version.counts'
  | 'version.restore'
  | 'trash.restore'
  | 'trash.empty'
>;
type HistoryStreams = Pick<StreamHandlers, 'version.list' | 'version.restoreAt' | 'trash.list' | 'audit.run'>;

/** The engine's side of what was, and of the ways back to it. */
export function historyCommandHandlers(engine: Engine): HistoryCommands {
  const { environment, state, connections } = engine.parts;
  return {
    'bucket.versioning': async ({ account, bucket }, signal) => ({
      status: await (await connections.byName(account)).store.versioning(bucket, signal),
    }),
    'bucket.setVersioning': async ({ account, bucket, on }, signal) => {
      const { store } = await connections.byName(account);
      await store.setVersioning(bucket, on, signal);
      return { status: await store.versioning(bucket, signal) };
    },
    'version.counts': async ({ account, bucket, prefix, keys }, signal) => {
      const { store } = await connections.byName(account);
      return countVersions({ store, bucket, retry: once }, prefix, keys, signal);
    },
    'object.locate': async (asked) => {
      const { folder, key } = await locatePath(environment.fs, state, asked.path);
      const account = state.accounts.byId(folder.accountId)?.name ?? folder.accountId;
      const path = key.slice(folder.prefix.length);
      return { account, bucket: folder.bucket, key, folderId: folder.id, path, mode: folder.mode };
    },
    'version.restore': async ({ account, bucket, key, versionId }, signal) => {
      const connection = await connections.byName(account);
      const { store } = connection;
      const target = { store, bucket, retry: once, clock: environment.clock };
      const done = await restoreVersion(target, key, versionId, signal);
      lookAgain(engine, connection.account.id, bucket, key);
      return done;
    },
    'trash.restore': async ({ id, entry }, signal) => {
      const restored = await restoreEntry(engine.parts, engine.folders.require(id), entry, signal);
      engine.runners.peek(id)?.requestFullPass();
      return restored;
    },
    'trash.empty': ({ id, olderThanMs }, signal) =>
      emptyFolderTrash(engine.parts, engine.folders.require(id), olderThanMs, signal),
  };
}

/** The same for streams. */
export function historyStreamHandlers(engine: Engine): HistoryStreams {
  const { environment, state, connections } = engine.parts;
  return {
    async *'trash.list'({ id }, signal) {
      const folders = id === undefined ? state.folders.list() : [engine.folders.require(id)];
      for (const folder of folders) yield* listFolderTrash(engine.parts, folder, signal);
    },
    'audit.run': ({ id, bytesPerSecond }, signal) =>
      auditFolder(engine.parts, engine.folders.require(id), bytesPerSecond, signal),
    async *'version.list'({ account, bucket, key }, signal) {
      const { store } = await connections.byName(account);
      for await (const version of versionsIn({ store, bucket, retry: once }, key, signal)) yield versionInfoOf(version);
    },
    async *'version.restoreAt'({ account: name, bucket, ...request }, signal) {
      const { account } = await connections.byName(name);
      const target = await deleteTargetOf(engine.parts, account.id, bucket);
      // Looking fails at once; what is under way goes on when the server is back.
      const retry = request.apply ? <T>(operation: () => Promise<T>) => target.requests.run(operation, signal) : once;
      try {
        yield* restoreAt({ ...target, retry, clock: environment.clock }, request, signal);
      } finally {
        if (request.apply) lookAgain(engine, account.id, bucket, request.key);
      }
    },
  };
}

/** Lets the folders that hold some of these keys take notice at once, rather than when they list the bucket next. */
function lookAgain({ parts, runners }: Engine, accountId: string, bucket: string, key: string): void {
  for (const folder of parts.state.folders.list()) {
    if (folder.accountId !== accountId || folder.bucket !== bucket || !prefixesOverlap(folder.prefix, key)) continue;
    runners.peek(folder.id)?.requestFullPass();
  }
}
