import type { CommandHandlers, StreamHandlers } from '../api/index.ts';
import { SyncError } from '../core/errors.ts';
import { listDirectories, makeDirectory, type DiskPlaces } from './disk-browser.ts';
import type { Engine } from './engine.ts';
import { ObjectEdits } from './object-edits.ts';
import { pageOfObjects } from './object-page.ts';
import { stateOfKeys, stateOfPaths } from './object-states.ts';

type WindowCommand =
  | `object.${'page' | 'states' | 'properties' | 'move' | 'makeFolder'}`
  | 'path.states'
  | `transfer.${'waiting' | 'retry'}`
  | `disk.${'list' | 'makeDirectory'}`;

/** The engine's side of what a window asks beside the command line. */
export function windowCommandHandlers(
  engine: Engine,
  disk: DiskPlaces | undefined,
): Pick<CommandHandlers, WindowCommand> {
  const { parts, folders, runners } = engine;
  const { state, connections, environment } = parts;
  const edits = new ObjectEdits(environment, connections);
  return {
    'object.page': (request, signal) => pageOfObjects(parts, request, signal),
    'object.states': async ({ account, bucket, keys }) => {
      const { id } = (await connections.byName(account)).account;
      return stateOfKeys(parts, id, bucket, keys);
    },
    'path.states': ({ paths }) => stateOfPaths(parts, paths),
    'object.properties': (request, signal) => edits.properties(request, signal),
    'object.move': (request, signal) => edits.move(request, signal),
    'object.makeFolder': (request, signal) => edits.makeFolder(request, signal),

    'transfer.waiting': async ({ limit }) => {
      const moving = new Set(parts.transfers.list().map(({ folderId, path }) => `${folderId}/${path}`));
      const rows = state.items.waiting(limit).filter(({ folderId, path }) => !moving.has(`${folderId}/${path}`));
      const items = rows.map(({ folderId, path, kind, sizeBytes }) => ({ folderId, path, action: kind, sizeBytes }));
      return { ...state.items.waitingTotals(), items };
    },
    'transfer.retry': async ({ folderId, path }) => {
      folders.require(folderId);
      if (path === '') state.problems.retryNow(folderId);
      else state.problems.retryNow(folderId, path);
      runners.peek(folderId)?.requestFullPass();
      return {};
    },

    'disk.list': ({ path }) => listDirectories(environment.fs, required(disk), path),
    'disk.makeDirectory': async ({ parent, name }) => ({ path: await makeDirectory(required(disk), parent, name) }),
  };
}

export function windowStreamHandlers(engine: Engine): Pick<StreamHandlers, 'object.removeBelow'> {
  const edits = new ObjectEdits(engine.parts.environment, engine.parts.connections);
  return { 'object.removeBelow': (request, signal) => edits.removeBelow(request, signal) };
}

function required(disk: DiskPlaces | undefined): DiskPlaces {
  if (disk !== undefined) return disk;
  throw new SyncError({
    code: 'not-supported',
    message: 'The folders of this computer can not be looked through from here.',
    advice: 'Type the path of the folder.',
  });
}
