import type { CommandHandlers, StreamHandlers } from '../api/index.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { makeDiagnostics } from './diagnostics.ts';
import type { Engine, EngineHost } from './engine.ts';
import { noteChoice, settleChoice } from './choice-note.ts';
import { choose, readChoice } from './choose.ts';
import { syncOnce } from './once.ts';
import { historyCommandHandlers, historyStreamHandlers } from './history-handlers.ts';
import { endUploadsOf } from './end-uploads.ts';
import { approveHeldPlan, revertHeldPlan, showHeldPlan } from './held-plan.ts';
import { resolveConflict } from './resolve.ts';
import { previewFolder } from './preview.ts';
import { proveLocalRoot } from './roots.ts';
import { shareCommandHandlers, shareStreamHandlers } from './share-handlers.ts';
import { transferCommandHandlers } from './transfer-handlers.ts';
import { windowCommandHandlers, windowStreamHandlers } from './window-handlers.ts';

const NOTHING = {};

/** The engine's side of the contract's commands: each hands on to the part of the engine that does it. */
export function commandHandlers(engine: Engine, { disk, records }: EngineHost): CommandHandlers {
  const { accounts, folders, objects, runners, parts } = engine;
  const { state, connections } = parts;
  return {
    ...historyCommandHandlers(engine),
    ...shareCommandHandlers(engine),
    ...windowCommandHandlers(engine, disk),
    ...transferCommandHandlers(engine),
    'account.add': async (request, signal) => {
      const added = await accounts.add(request, signal);
      engine.configured();
      engine.bucketsChanged();
      return added;
    },
    'account.list': async () => accounts.list(),
    'account.test': ({ name }, signal) => accounts.test(name, signal),
    'account.set': async (request, signal) => {
      const { account, reconnects } = await accounts.set(request, signal);
      if (reconnects) {
        engine.reconnected(account.id);
        engine.bucketsChanged();
      }
      engine.configured();
      return account;
    },
    'account.remove': async ({ name }, signal) => {
      accounts.requireUnused(name);
      await engine.shares.removeMadeWith(name, signal);
      try {
        await accounts.remove(name);
      } finally {
        // Its secret may not be removed, from a keychain that is locked say, while the account is.
        engine.configured();
      }
      return NOTHING;
    },

    'bucket.list': async ({ account }, signal) => (await connections.byName(account)).store.listBuckets(signal),
    'bucket.create': async ({ account, bucket }, signal) => {
      await (await connections.byName(account)).store.createBucket(bucket, signal);
      engine.bucketsChanged();
      return NOTHING;
    },
    'bucket.delete': async ({ account, bucket }, signal) => {
      await (await connections.byName(account)).store.deleteBucket(bucket, signal);
      engine.bucketsChanged();
      return NOTHING;
    },

    'folder.add': async (request, signal) => {
      const added = await folders.add(request, signal);
      engine.configured();
      engine.folderAdded(added.id);
      return added;
    },
    'folder.list': async () => folders.list(),
    'folder.remove': async ({ id }, signal) => {
      const folder = folders.require(id);
      // Paused, so that whoever starts folders while the server is asked does not have this one go on.
      folders.setPaused(id, true);
      await runners.forget(id);
      await endUploadsOf(parts, id, signal);
      folders.remove(id);
      await runners.forget(id);
      engine.configured();
      await folders.leave(folder);
      return NOTHING;
    },
    'folder.pause': async ({ id }) => {
      folders.setPaused(id, true);
      engine.configured();
      runners.peek(id)?.interrupt();
      return NOTHING;
    },
    'folder.resume': async ({ id }) => {
      folders.setPaused(id, false);
      engine.configured();
      runners.peek(id)?.requestFullPass();
      return NOTHING;
    },
    'folder.select': async ({ id, paths }, signal) => {
      const folder = folders.require(id);
      const chosen = await readChoice(parts, folder, paths ?? undefined, signal);
      const runner = runners.get(id);
      runner.interrupt();
      await runner.between(async () => {
        // Not before: a cycle that begins meanwhile may wait for its server for hours.
        await runner.settled(signal);
        signal.throwIfAborted();
        await proveLocalRoot(parts.environment.fs, folder);
        await settleChoice(parts, folders.require(id));
        const choiceId = await noteChoice(parts, folders.require(id), chosen);
        choose(parts, folder, chosen, choiceId);
        runner.noticeChoice();
      });
      engine.configured();
      return folders.info(id);
    },
    'folder.status': async ({ id }) => engine.folderStatus(folders.require(id)),

    'plan.approve': async ({ id, seen }) => {
      approveHeldPlan(state, folders.require(id), seen);
      runners.peek(id)?.requestFullPass();
      return NOTHING;
    },
    'plan.revert': async ({ id }) => {
      const folder = folders.require(id);
      const runner = runners.get(id);
      // A comparison that is under way may wait for its server for hours.
      runner.interrupt();
      return { paths: await runner.between(() => revertHeldPlan(state, folder)) };
    },

    'sync.once': async ({ ids }, signal) => {
      const chosen = engine.chosenFolders(ids);
      await engine.serve();
      const runs = chosen.map(({ id }) => ({ folderId: id, runner: runners.get(id) }));
      return engine.track(syncOnce(parts, runs, AbortSignal.any([signal, engine.stopping])));
    },
    'sync.start': async ({ ids }) => {
      // A window starts before there is any folder: those that are added later are taken up then.
      const chosen = ids.length === 0 ? state.folders.list() : engine.chosenFolders(ids);
      await engine.serve();
      engine.start(chosen, ids.length === 0);
      return NOTHING;
    },

    'trial.start': (request, signal) => engine.trial.start(request, signal),
    'trial.end': () => engine.trial.end(),

    'engine.resumed': async ({ from }) => {
      engine.resumed(from);
      return NOTHING;
    },

    'engine.power': async ({ source }) => {
      parts.budget.setGentle(source === 'battery');
      return NOTHING;
    },

    'status.get': async () => engine.status(),
    'problem.list': async ({ folderId, limit }) => {
      if (folderId !== undefined) folders.require(folderId);
      return state.problems.list(folderId, limit).map(({ retryAtMs, ...problem }) => ({
        ...problem,
        ...(retryAtMs !== undefined && { retryAtMs }),
      }));
    },
    'problem.resolve': async ({ id, keep }) => {
      const folderId = await resolveConflict(parts, id, keep);
      runners.peek(folderId)?.requestFullPass();
      return NOTHING;
    },
    'activity.list': async ({ limit, text }) => state.activity.recent(limit, text),

    'object.remove': async (request, signal) => {
      await objects.remove(request, signal);
      return NOTHING;
    },
    'upload.list': (request, signal) => objects.listUploads(request, signal),
    'upload.abort': async (request, signal) => {
      await objects.abortUpload(request, signal);
      return NOTHING;
    },

    'diagnostics.make': async ({ withNames, save }, signal) => {
      const text = await makeDiagnostics(engine, records, withNames, signal);
      const path = save ? records?.saveDiagnostics(text) : undefined;
      return { text, ...(path !== undefined && { path }) };
    },
    'crash.untold': async () => records?.untoldCrashes() ?? [],

    'setting.get': async () => state.settings.read(),
    'setting.set': async (changes) => {
      state.transaction(() => state.settings.write(withoutUndefined(changes)));
      const settings = state.settings.read();
      if (changes.paused !== undefined) runners.noticePause();
      engine.configured();
      return settings;
    },
  };
}

/** The engine's side of the contract's streams. */
export function streamHandlers(engine: Engine): StreamHandlers {
  const { folders, objects, parts, changes } = engine;
  return {
    ...historyStreamHandlers(engine),
    ...shareStreamHandlers(engine),
    ...windowStreamHandlers(engine),

    'folder.preview': ({ id }, signal) => previewFolder(parts, folders.require(id), signal),
    'plan.show': ({ id }) => showHeldPlan(parts.state, folders.require(id)),
    'object.list': (request, signal) => objects.list(request, signal),
    async *doctor({ account, bucket }, signal) {
      const { store } = await parts.connections.byName(account);
      yield* store.probe(bucket, signal);
    },
    async *'status.watch'(_request, signal) {
      const ended = AbortSignal.any([signal, engine.stopping]);
      const told = changes.watch(ended);
      while ((await told.next()).done !== true) yield engine.status();
    },
  };
}
