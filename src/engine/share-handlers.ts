import type { CommandHandlers, StreamHandlers } from '../api/index.ts';
import type { Engine } from './engine.ts';

type ShareCommands = Pick<CommandHandlers, `share.${'list' | 'link' | 'forget'}`>;

/** The engine's side of the commands about links. */
export function shareCommandHandlers({ shares, changes }: Engine): ShareCommands {
  return {
    'share.list': async () => shares.list(),
    'share.link': ({ id }) => shares.link(id),
    'share.forget': async ({ id }, signal) => {
      const forgotten = await shares.forget(id, signal);
      changes.changed();
      return forgotten;
    },
  };
}

export function shareStreamHandlers(engine: Engine): Pick<StreamHandlers, 'share.make'> {
  return {
    async *'share.make'(request, signal) {
      engine.takeLock();
      yield* engine.shares.make(request, AbortSignal.any([signal, engine.stopping]));
      engine.changes.changed();
    },
  };
}
