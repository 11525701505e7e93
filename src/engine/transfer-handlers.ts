import type { CommandHandlers } from '../api/index.ts';
import type { Engine } from './engine.ts';

type TransferCommand = 'transfer.first';

/** The engine's side of what a person asks of single transfers. */
export function transferCommandHandlers(engine: Engine): Pick<CommandHandlers, TransferCommand> {
  const { parts, folders, runners, changes } = engine;
  const { state } = parts;
  return {
    'transfer.first': async ({ folderId, path }) => {
      folders.require(folderId);
      const paths = several(path);
      state.transaction(() => {
        // The last one asked for is the first to begin.
        for (const one of paths.toReversed()) {
          state.wishes.put(folderId, one, 'first');
          state.problems.retryNow(folderId, one);
        }
      });
      for (const one of paths) runners.peek(folderId)?.hurry(one);
      changes.changed();
      return {};
    },
  };
}

function several(path: string | readonly string[]): readonly string[] {
  return typeof path === 'string' ? [path] : path;
}
