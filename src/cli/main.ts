import { CommanderError } from 'commander';
import { asSyncError, cancelled, SyncError, type ErrorData } from '../core/errors.ts';
import type { Context, Handler, Run } from './context.ts';
import { exitCodeOfError, type ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { CliIo } from './io.ts';
import { Output } from './output.ts';
import { buildProgram } from './program.ts';
import { languageIn } from './parse-language.ts';
import { redact, refuseSecretArguments } from './secret.ts';
import { terminalLanguage } from './words.ts';

/** A Ctrl-C comes twice under npm: from the terminal, and passed on by npm. Within so many milliseconds it is the same one. */
const SAME_INTERRUPT_MS = 500;

/**
 * Runs one command from its arguments (without the program's own name) to its exit code. Never throws: what goes wrong is
 * told on stderr, and with --json on stdout too.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  const session = new Session(argv, io);
  const forced = Promise.withResolvers<ExitCode>();
  let interruptedMs = -Infinity;
  const unsubscribe = io.onSignal(() => {
    const sinceMs = io.clock.monotonic() - interruptedMs;
    interruptedMs = io.clock.monotonic();
    if (session.stop(cancelled('The command')) || sinceMs < SAME_INTERRUPT_MS) return;
    // A second Ctrl-C does not wait for anything to end well.
    session.sayLastWords();
    forced.resolve(3);
  });
  try {
    return await Promise.race([session.run(), forced.promise]);
  } finally {
    unsubscribe();
  }
}

class Session {
  readonly out: Output;
  readonly #argv: readonly string[];
  readonly #io: CliIo;
  readonly #stop = new AbortController();
  readonly #secrets = new Set<string>();
  #lastWords = '';
  #stdoutError: NodeJS.ErrnoException | undefined;
  #host: Promise<Host> | undefined;
  #exitCode: ExitCode = 0;

  constructor(argv: readonly string[], io: CliIo) {
    this.#argv = argv;
    this.#io = io;
    const canDraw = (io.env['TERM'] ?? '') !== 'dumb';
    const colours = canDraw && (io.env['NO_COLOR'] ?? '') === '';
    this.out = new Output({
      stdout: io.stdout,
      stderr: io.stderr,
      json: this.#hasFlag('--json'),
      quiet: this.#isQuiet(),
      language: languageIn(this.#ownArguments()) ?? terminalLanguage(io.env, io.platform),
      colours: { stdout: colours && io.isTTY.stdout, stderr: colours && io.isTTY.stderr },
      redraws: canDraw && io.isTTY.stderr,
      columns: () => io.columns(),
      onStdoutGone: (error) => {
        this.#stdoutError = error;
        this.stop(cancelled('The command'));
      },
    });
  }

  /** Calls the command off. Returns false when that was done before. */
  stop(reason: SyncError): boolean {
    if (this.#stop.signal.aborted) return false;
    this.#stop.abort(reason);
    return true;
  }

  sayLastWords(): void {
    this.out.status('');
    if (this.#lastWords !== '') void this.out.warn(this.#lastWords);
  }

  async run(): Promise<ExitCode> {
    try {
      await this.#runCommand();
    } catch (error) {
      this.#exitCode = await this.#tell(error);
    }
    try {
      await (await this.#host)?.close();
    } catch (error) {
      // Told already, when it could not be opened.
      if (this.#exitCode === 0) this.#exitCode = await this.#tell(error);
    }
    await this.out.end();
    return this.#exitCode;
  }

  async #runCommand(): Promise<void> {
    refuseSecretArguments(this.#ownArguments());
    const texts = { out: '', err: '' };
    const program = buildProgram(this.#runner(), {
      writeOut: (text) => (texts.out += text),
      writeErr: (text) => (texts.err += text),
      columns: () => this.#io.columns(),
    });
    try {
      await program.parseAsync([...this.#argv], { from: 'user' });
    } finally {
      if (texts.out !== '') await this.out.line(texts.out.trimEnd());
      if (texts.err !== '') await this.out.warn(texts.err.trimEnd());
    }
    // What was written last may only now have found nobody to read it, or no room.
    await this.out.written();
    if (this.#stdoutError !== undefined && this.#stdoutError.code !== 'EPIPE') throw this.#stdoutError;
  }

  #runner(): Run {
    const context: Context = {
      io: this.#io,
      out: this.out,
      quiet: this.#isQuiet(),
      signal: this.#stop.signal,
      client: async () => (await this.#openHost()).client,
      objects: async () => (await this.#openHost()).objects,
      otherProcess: async () => (await this.#openHost()).otherProcess,
      lastWords: (line) => (this.#lastWords = line),
      hideSecret: (secret) => this.#secrets.add(secret),
    };
    return <A extends readonly unknown[]>(handler: Handler<A>) =>
      async (...args: unknown[]) => {
        // Commander gives the arguments, the options and the command, in the order and form that the command declared.
        const declared = args.slice(0, -1) as unknown as A;
        this.#exitCode = (await handler(context, ...declared)) ?? 0;
      };
  }

  async #openHost(): Promise<Host> {
    this.#stop.signal.throwIfAborted();
    this.#host ??= this.#io.openHost();
    return this.#host;
  }

  /** Tells what went wrong and returns the exit code for it. */
  async #tell(thrown: unknown): Promise<ExitCode> {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 1;
    // Whoever read the output has had enough of it: `| head` is no failure, but where it broke off more than the output.
    if (this.#stdoutError?.code === 'EPIPE') {
      this.sayLastWords();
      return this.#lastWords === '' ? 0 : 3;
    }
    const data = this.#describe(this.#stdoutError === undefined ? thrown : unwritable(this.#stdoutError));
    await this.out.error(data);
    if (this.#debugs()) await this.out.warn(this.#hide(debugText(thrown)));
    if (this.out.isJson) await this.out.json({ error: data });
    return exitCodeOfError(data.code);
  }

  #describe(thrown: unknown): ErrorData {
    const wasStopped = this.#stop.signal.aborted && thrown instanceof Error && thrown.name === 'AbortError';
    const error = asSyncError(wasStopped ? this.#stop.signal.reason : thrown);
    const data = error.toData();
    const isDefect = data.code === 'internal' && !this.#debugs();
    return {
      ...data,
      message: this.#hide(data.message),
      ...(data.command !== undefined && { command: this.#hide(data.command) }),
      advice: isDefect
        ? 'Nothing was lost. Run it again with RUSTFS_SYNC_DEBUG=1 and report what it prints.'
        : this.#hide(data.advice),
      // The detail of a defect is a stack trace.
      detail: isDefect ? '' : this.#hide(data.detail),
    };
  }

  #hide(text: string): string {
    return redact(text, this.#secrets);
  }

  #debugs(): boolean {
    return this.#io.env['RUSTFS_SYNC_DEBUG'] === '1';
  }

  /** Arguments that can be options. */
  #ownArguments(): readonly string[] {
    const end = this.#argv.indexOf('--');
    return end === -1 ? this.#argv : this.#argv.slice(0, end);
  }

  /** Looked for before the arguments are parsed, since it says how to tell what is wrong with them. */
  #hasFlag(flag: string): boolean {
    return this.#ownArguments().includes(flag);
  }

  #isQuiet(): boolean {
    return this.#hasFlag('--quiet') || this.#hasFlag('-q');
  }
}

function unwritable(cause: NodeJS.ErrnoException): SyncError {
  return new SyncError({
    code: 'disk-error',
    message: `The output can not be written (${cause.code ?? cause.message}).`,
    advice: 'Check the place that it goes to.',
    cause,
  });
}

function debugText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const detail = thrown instanceof SyncError && thrown.detail !== '' ? `\n${thrown.detail}` : '';
  const cause = thrown.cause === undefined ? '' : `\nCaused by: ${debugText(thrown.cause)}`;
  return `${thrown.stack ?? thrown.message}${detail}${cause}`;
}
