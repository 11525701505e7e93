import type { Writable } from 'node:stream';
import type { Desktop } from './desktop.ts';
import type { OpenHost } from './host.ts';

/** Everything that the command line touches outside itself. `bin.ts` gives the real ones, tests their own. */
export interface CliIo {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly isTTY: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Width of the terminal; asked anew each time, since windows change their size. */
  columns(): number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory that relative paths start from. */
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** The person's home directory. */
  readonly home: string;
  /** What starts this program, absolute and without links, so that others can start it. */
  readonly program: readonly string[];
  readonly clock: CliClock;
  readonly prompt: Prompt;
  readonly desktop: Desktop;
  readonly openHost: OpenHost;
  /** Calls back at each Ctrl-C and each request to end. Returns what ends the subscription. */
  onSignal(callback: () => void): () => void;
}

export interface CliClock {
  /** Wall time in milliseconds since 1970. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number;
  /** Calls back every `intervalMs` until the returned function is called. Does not keep the process alive. */
  every(intervalMs: number, callback: () => void): () => void;
}

/** Questions to the person at the terminal. The answer is undefined when the terminal ended or `signal` was raised. */
export interface Prompt {
  line(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** What is typed does not show. */
  hidden(question: string, signal: AbortSignal): Promise<string | undefined>;
}
