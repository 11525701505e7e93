import type { CommandHandlers } from '../api/index.ts';
import type { Engine } from './engine.ts';
import { TransferControl } from './transfer-control.ts';

type TransferCommand = `transfer.${'list' | 'waiting' | 'first' | 'pause' | 'resume' | 'cancel' | 'retry'}`;

/** The engine's side of what a person asks of single transfers. */
export function transferCommandHandlers(engine: Engine): Pick<CommandHandlers, TransferCommand> {
  const { parts, folders, runners } = engine;
  const control = new TransferControl(parts, runners);
  return {
    'transfer.list': async () => control.running(),
    'transfer.waiting': async ({ limit }) => control.waiting(limit),
    'transfer.first': async ({ folderId, path }) => {
      control.first(folders.require(folderId), several(path));
      return {};
    },
    'transfer.pause': async ({ folderId, path }) => ({
      files: await control.pause(folders.require(folderId), several(path)),
    }),
    'transfer.resume': async ({ folderId, path }) => ({
      files: control.resume(folders.require(folderId), several(path)),
    }),
    'transfer.cancel': async ({ folderId, path }, signal) => ({
      files: await control.cancel(folders.require(folderId), several(path), AbortSignal.any([signal, engine.stopping])),
    }),
    'transfer.retry': async ({ folderId, path }) => {
      control.retry(folders.require(folderId), path === '' ? undefined : several(path));
      return {};
    },
  };
}

function several(path: string | readonly string[]): readonly string[] {
  return typeof path === 'string' ? [path] : path;
}
