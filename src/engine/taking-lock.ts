import {
  isQuestion,
  QUESTIONS,
  type CommandHandlers,
  type CommandName,
  type StreamHandlers,
  type StreamInput,
  type StreamName,
} from '../api/index.ts';

/**
 * The same handlers, of which those that are no mere questions take the lock first: nothing changes under an engine that
 * syncs in another process.
 */
export function takingLock(handlers: CommandHandlers, takeLock: () => void): CommandHandlers {
  const all = Object.entries(handlers) as [CommandName, (request: never, signal: AbortSignal) => Promise<unknown>][];
  const locked = all.map(([name, handler]) => {
    if (QUESTIONS.has(name)) return [name, handler];
    const handle = async (request: never, signal: AbortSignal) => {
      takeLock();
      return handler(request, signal);
    };
    return [name, handle];
  });
  // Each name has the handler that it had.
  return Object.fromEntries(locked) as CommandHandlers;
}

/** The same for streams. */
export function streamsTakingLock(handlers: StreamHandlers, takeLock: () => void): StreamHandlers {
  type Handler = (request: StreamInput<StreamName>, signal: AbortSignal) => AsyncIterable<unknown>;
  const all = Object.entries(handlers) as [StreamName, Handler][];
  const locked = all.map(([name, handler]) => {
    const handle: Handler = async function* (request, signal) {
      if (!isQuestion(name, request)) takeLock();
      yield* handler(request, signal);
    };
    return [name, handle];
  });
  // Each name has the handler that it had.
  return Object.fromEntries(locked) as StreamHandlers;
}
