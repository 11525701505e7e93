import { z } from 'zod';
import { SyncError } from '../core/errors.ts';
import {
  commands,
  streams,
  type CommandHandlers,
  type CommandInput,
  type CommandName,
  type CommandOutput,
  type StreamHandlers,
  type StreamInput,
  type StreamItem,
  type StreamName,
} from './contract.ts';

/** What a window or the command line speaks to, whatever lies between it and the engine. */
export interface Client {
  /** @throws SyncError as the engine gave it, invalid-argument when the input is not of the contract's form. */
  call<N extends CommandName>(name: N, input: CommandInput<N>, signal?: AbortSignal): Promise<CommandOutput<N>>;
  stream<N extends StreamName>(name: N, input: StreamInput<N>, signal?: AbortSignal): AsyncIterable<StreamItem<N>>;
}

/** The client of an engine in the same process. What is given and answered is checked as it is between processes. */
export function connectInProcess(handlers: CommandHandlers, streamHandlers: StreamHandlers): Client {
  return {
    async call(name, input, signal = new AbortController().signal) {
      const request = parseInput(name, commands[name].input, input);
      // The handler of a name takes what that name's schema makes; the compiler can not follow this through the table.
      const handler = handlers[name] as (request: unknown, signal: AbortSignal) => Promise<unknown>;
      return commands[name].output.parse(await handler(request, signal)) as CommandOutput<typeof name>;
    },
    async *stream(name, input, signal = new AbortController().signal) {
      const request = parseInput(name, streams[name].input, input);
      const handler = streamHandlers[name] as (request: unknown, signal: AbortSignal) => AsyncIterable<unknown>;
      for await (const item of handler(request, signal)) yield item as StreamItem<typeof name>;
    },
  };
}

/** @throws SyncError invalid-argument naming the first field that does not fit. */
export function parseInput(name: string, schema: z.ZodType, input: unknown): unknown {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new SyncError({
    code: 'invalid-argument',
    message: `${name}: ${field === '' ? 'the input' : field} is not valid: ${issue?.message ?? 'unknown reason'}.`,
    advice: 'Correct it and try again.',
    detail: z.prettifyError(parsed.error),
  });
}
