import {
  commands,
  connectInProcess,
  streams,
  type Client,
  type CommandHandlers,
  type CommandName,
  type EngineStatus,
  type StreamHandlers,
  type StreamName,
} from '../../../src/api/index.ts';

type CallHandler = (input: unknown, signal: AbortSignal) => Promise<unknown>;
type StreamHandler = (input: unknown, signal: AbortSignal) => AsyncIterable<unknown>;

/** A client of handlers of which only these are there; the others must not be asked. */
export function fakeEngine(
  calls: Partial<Record<CommandName, CallHandler>>,
  sources: Partial<Record<StreamName, StreamHandler>> = {},
): Client {
  const refuse = (name: string) => () => {
    throw new Error(`Nobody was to ask for ${name}.`);
  };
  const table = (names: readonly string[], given: Record<string, unknown>) =>
    Object.fromEntries(names.map((name) => [name, given[name] ?? refuse(name)]));
  // The tables have an entry for each name, made from the same lists that their types are made from.
  return connectInProcess(
    table(Object.keys(commands), calls) as unknown as CommandHandlers,
    table(Object.keys(streams), sources) as unknown as StreamHandlers,
  );
}

export function statusWith(up: number): EngineStatus {
  return {
    folders: [],
    bytesPerSecond: { up, down: 0 },
    paused: false,
    moving: { files: 0, doneBytes: 0 },
    configured: 0,
    bucketsChanged: 0,
  };
}

/** Resolves after so many turns of the event loop, or rejects with the signal's reason. */
export async function turns(count: number, signal?: AbortSignal): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
}
