import { z } from 'zod';
import type { ErrorCode } from '../core/errors.ts';

/**
 * The contract between processes: JSON texts over anything that carries texts whole and in order. `serveClient` is the
 * engine's end, `connectClient` the other one.
 */
export interface Channel {
  /** Does nothing once the channel is closed. */
  send(text: string): void;
  /** The one who gets what arrives. Set in the same turn of the event loop in which the channel was made. */
  onText(listener: (text: string) => void): void;
  /** Called once, whichever end closed, and whatever broke. */
  onClose(listener: () => void): void;
  close(): void;
}

/** A longer request is not read. In characters of JSON. */
export const REQUEST_LIMIT = 1024 * 1024;
/** A longer answer is not sent; a hundred thousand problems fit. In characters of JSON. */
export const ANSWER_LIMIT = 64 * 1024 * 1024;
/** Calls and streams under way on one channel. One whose answer was not read yet counts too. */
export const MOST_CALLS = 64;
/** Items of a stream that may be on their way to a reader that does not read; see `STATE_STREAMS` for the others. */
export const STREAM_WINDOW = 64;

const id = z.number().int().nonnegative();
const name = z.string().max(100);

/** What a client says. */
export const clientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id, name, input: z.unknown() }),
  z.object({ type: z.literal('stream'), id, name, input: z.unknown() }),
  /** So many items of a stream were read. */
  z.object({ type: z.literal('more'), id, count: z.number().int().min(1).max(STREAM_WINDOW) }),
  z.object({ type: z.literal('cancel'), id }),
  /** The last message of this id was read; until then it counts among those under way. */
  z.object({ type: z.literal('taken'), id }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

const errorData = z.object({
  // Both ends are of one version, so that the code is one of ours.
  code: z.string().transform((code) => code as ErrorCode),
  message: z.string(),
  advice: z.string(),
  command: z.string().optional(),
  retryable: z.boolean(),
  detail: z.string(),
});

/** What the engine says. `result`, `end` and `error` are the last of their id. */
export const engineMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.string() }),
  z.object({ type: z.literal('result'), id, value: z.unknown() }),
  z.object({ type: z.literal('item'), id, value: z.unknown() }),
  z.object({ type: z.literal('end'), id }),
  z.object({ type: z.literal('error'), id, error: errorData }),
  /** The last words before the channel is closed. */
  z.object({ type: z.literal('fault'), error: errorData }),
]);
export type EngineMessage = z.infer<typeof engineMessage>;

/** The message in a text, or undefined when there is none. */
export function parseMessage<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
