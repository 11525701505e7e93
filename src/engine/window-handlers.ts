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
  | `disk.${'list' | 'makeDirectory'}`;

/** The engine's side of what a window asks beside the command line. */
export function windowCommandHandlers(
  engine: Engine,
  disk: DiskPlaces | undefined,
): Pick<CommandHandlers, WindowCommand> {
  const { parts } = engine;
  const { connections, environment } = parts;
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
