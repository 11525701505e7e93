import type { CommandHandlers, StreamHandlers } from '../api/index.ts';
import { SyncError } from '../core/errors.ts';
import { deleteTargetOf } from './delete-remote.ts';
import { listDirectories, makeDirectory, type DiskPlaces } from './disk-browser.ts';
import type { Engine } from './engine.ts';
import { folderLevel, folderSizes } from './folder-levels.ts';
import { movePrefix } from './move-prefix.ts';
import { moveObject, ObjectEdits } from './object-edits.ts';
import { pageOfObjects } from './object-page.ts';
import { stateOfKeys, stateOfPaths } from './object-states.ts';
import { patiently, withPatience } from './patience.ts';

type WindowCommand =
  | `object.${'page' | 'states' | 'properties' | 'freeKey' | 'move' | 'makeFolder'}`
  | 'path.states'
  | `folder.${'level' | 'sizes'}`
  | `disk.${'list' | 'makeDirectory'}`;

/** The engine's side of what a window asks beside the command line. */
export function windowCommandHandlers(
  engine: Engine,
  disk: DiskPlaces | undefined,
): Pick<CommandHandlers, WindowCommand> {
  const { folders, parts } = engine;
  const { connections, environment } = parts;
  const edits = new ObjectEdits(environment, connections);
  return {
    'object.page': (request, signal) => pageOfObjects(parts, request, signal),
    'object.states': async ({ account, bucket, keys }) => {
      const { id } = (await connections.byName(account)).account;
      return stateOfKeys(parts, id, bucket, keys);
    },
    'path.states': ({ paths }) => stateOfPaths(parts, paths),
    'folder.level': ({ id, path }, signal) => folderLevel(parts, folders.require(id), path, signal),
    'folder.sizes': ({ id, paths }, signal) => folderSizes(parts, folders.require(id), paths, signal),
    'object.properties': (request, signal) => edits.properties(request, signal),
    'object.freeKey': async (request, signal) => ({ key: await edits.freeKey(request, signal) }),
    'object.move': async (request, signal) => {
      const { account, bucket, key, newKey } = request;
      const connection = await connections.byName(account);
      const target = await deleteTargetOf(parts, connection.account.id, bucket);
      return withPatience(environment.clock, connection, signal, (patient) =>
        parts.keyTurns.take(bucket, [key, newKey], () => moveObject(target, request, patient), patient),
      );
    },
    'object.makeFolder': (request, signal) => edits.makeFolder(request, signal),

    'disk.list': ({ path }) => listDirectories(environment.fs, required(disk), path),
    'disk.makeDirectory': async ({ parent, name }) => ({ path: await makeDirectory(required(disk), parent, name) }),
  };
}

export function windowStreamHandlers(engine: Engine): Pick<StreamHandlers, 'object.removeBelow' | 'object.movePrefix'> {
  const { parts } = engine;
  const edits = new ObjectEdits(parts.environment, parts.connections);
  return {
    'object.removeBelow': (request, signal) => edits.removeBelow(request, signal),
    async *'object.movePrefix'({ account, bucket, prefix, newPrefix }, signal) {
      const connection = await parts.connections.byName(account);
      const target = await deleteTargetOf(parts, connection.account.id, bucket);
      yield* patiently(parts.environment.clock, connection, signal, async function* (patient) {
        const leave = await parts.keyTurns.enter(bucket, [prefix, newPrefix], patient);
        try {
          yield* movePrefix(target, { prefix, newPrefix }, patient);
        } finally {
          leave();
        }
      });
    },
  };
}

function required(disk: DiskPlaces | undefined): DiskPlaces {
  if (disk !== undefined) return disk;
  throw new SyncError({
    code: 'not-supported',
    message: 'The folders of this computer can not be looked through from here.',
    advice: 'Type the path of the folder.',
  });
}
