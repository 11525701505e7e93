import type { Client } from '../api/index.ts';
import type { ExitCode } from './exit-codes.ts';
import type { ObjectTransfers } from './host.ts';
import type { CliIo } from './io.ts';
import type { Output } from './output.ts';
import { usageError } from './usage.ts';

/** What a command works with. */
export interface Context {
  readonly io: CliIo;
  readonly out: Output;
  readonly quiet: boolean;
  /** Raised by Ctrl-C and when nobody reads the output any more. */
  readonly signal: AbortSignal;
  /** Opens the engine when it is first asked for, so that wrong arguments are told before. */
  client(): Promise<Client>;
  objects(): Promise<ObjectTransfers>;
  /** Where the engine that was asked last runs, in words; undefined when that is here. */
  otherProcess(): Promise<string | undefined>;
  /**
   * What to say where a second Ctrl-C, or a reader of stdout that goes away, ends the command before it can tell what it did.
   * The work is not taken for done then.
   */
  lastWords(line: string): void;
  /** Keeps `secret` out of every error text. */
  hideSecret(secret: string): void;
}

/** The work of one command: takes its arguments, then its options. Returns the exit code, 0 when it returns none. */
export type Handler<A extends readonly unknown[]> = (context: Context, ...args: A) => Promise<ExitCode | undefined>;

/** Turns a handler into what commander calls. */
export type Run = <A extends readonly unknown[]>(handler: Handler<A>) => (...args: unknown[]) => Promise<void>;

/** Tells what was done: a sentence, or a JSON document. */
export async function tellDone(context: Context, sentence: string, document: unknown): Promise<void> {
  if (context.out.isJson) await context.out.json(document);
  else if (!context.quiet) await context.out.line(sentence);
}

/**
 * Asks before something is destroyed. Only a person at a terminal is asked; a script has decided already, and where it must say
 * so, {@link requireYes} has seen to that.
 */
export async function isConfirmed(context: Context, question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes === true || !context.io.isTTY.stdin) return true;
  // What is asked about stands above the question.
  await context.out.flush();
  const answer = await context.io.prompt.line(`${question} [y/N] `, context.signal);
  context.signal.throwIfAborted();
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

/**
 * Stops a script that would do what can not be taken back and does not say --yes. To be called before the engine is asked.
 *
 * @param what is done, as a clause: `... removes it for good`.
 * @throws SyncError invalid-argument
 */
export function requireYes({ io }: Context, what: string, yes: boolean | undefined): void {
  if (yes === true || io.isTTY.stdin) return;
  throw usageError(`${what}, and nobody is at a terminal to be asked.`, 'If that is meant, say --yes.');
}
