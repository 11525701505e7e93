import type { Writable } from 'node:stream';
import type { ErrorData } from '../core/errors.ts';
import type { Language } from '../api/texts/index.ts';
import { visible } from './format.ts';
import { cutToWidth } from './width.ts';
import { toldLines, wordsOf, type Words } from './words.ts';

export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

const CODES: Readonly<Record<Colour, string>> = { red: '31', yellow: '33', green: '32', dim: '2', bold: '1' };
/** Lines are gathered up to this size, and at most until the program next waits for something. */
const GATHERED_CHARS = 16_384;
const CLEAR_LINE = '\r\x1b[2K';

export interface OutputOptions {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly language: Language;
  readonly colours: { readonly stdout: boolean; readonly stderr: boolean };
  /** Whether a line can be redrawn on stderr. */
  readonly redraws: boolean;
  columns(): number;
  /** Nobody reads stdout any more (`| head`), or it can not be written. Called once. */
  onStdoutGone(error: NodeJS.ErrnoException): void;
}

/** Writes results to stdout and messages to stderr, waiting where a reader is slow. */
export class Output {
  readonly #options: OutputOptions;
  #gathered = '';
  #gone = false;
  #status = '';

  constructor(options: OutputOptions) {
    this.#options = options;
    options.stdout.on('error', (error) => {
      if (this.#gone) return;
      this.#gone = true;
      options.onStdoutGone(error);
    });
    // Nothing can be said about stderr on stderr.
    options.stderr.on('error', () => undefined);
  }

  /** Whether results are JSON. */
  get isJson(): boolean {
    return this.#options.json;
  }

  /** The language of what is told; results that are JSON have none. */
  get language(): Language {
    return this.#options.language;
  }

  get words(): Words {
    return wordsOf(this.language);
  }

  /** One line of a result. Resolves when there is room for more. */
  async line(text = ''): Promise<void> {
    if (this.#gathered === '') setImmediate(() => void this.flush());
    this.#gathered += `${text}\n`;
    if (this.#gathered.length >= GATHERED_CHARS) await this.flush();
  }

  async lines(texts: readonly string[]): Promise<void> {
    for (const text of texts) await this.line(text);
  }

  /** One JSON document on a line of its own. */
  json(value: unknown): Promise<void> {
    return this.line(JSON.stringify(value));
  }

  /** Bytes of an object. */
  async bytes(chunk: Uint8Array): Promise<void> {
    await this.flush();
    await this.#write(chunk);
  }

  /** A message beside the result: left out with --quiet. */
  async note(text: string): Promise<void> {
    if (!this.#options.quiet) await this.warn(text);
  }

  /** What went wrong, in words. */
  async error(error: Pick<ErrorData, 'message' | 'advice' | 'command'> & { readonly code?: string }): Promise<void> {
    const { code = '', message, advice, command } = error;
    const [first, ...others] = toldLines({ code, message, advice, command }, this.language);
    await this.warn(`${this.paintError(this.words.error, 'red')} ${visible(first)}`);
    for (const line of others) await this.warn(`  ${visible(line)}`);
  }

  /** What a person has to know of what was done. */
  async caution(text: string): Promise<void> {
    await this.warn(`${this.paintError(this.words.warning, 'yellow')} ${visible(text)}`);
  }

  /** A message that --quiet does not silence: something that a person has to act on. */
  async warn(text: string): Promise<void> {
    await this.flush();
    this.#hideStatus();
    this.#options.stderr.write(`${text}\n`);
    this.#showStatus();
  }

  /** Text in a colour, where stdout shows colours. */
  paint(text: string, colour: Colour): string {
    return this.#options.colours.stdout ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text;
  }

  /** The same for stderr. */
  paintError(text: string, colour: Colour): string {
    return this.#options.colours.stderr ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text;
  }

  /** Whether {@link status} shows anything. */
  get showsStatus(): boolean {
    return this.#options.redraws && !this.#options.quiet && !this.#options.json;
  }

  /** The one line at the bottom that is drawn over; empty takes it away. */
  status(text: string): void {
    if (!this.showsStatus) return;
    this.#hideStatus();
    this.#status = text;
    this.#showStatus();
  }

  /** Writes what was gathered. */
  async flush(): Promise<void> {
    const text = this.#gathered;
    this.#gathered = '';
    if (text !== '') await this.#write(text);
  }

  /** Writes what was gathered, and resolves when nothing of all that was written can be refused any more. */
  async written(): Promise<void> {
    await this.flush();
    const { stdout } = this.#options;
    if (this.#gone || stdout.destroyed) return;
    await new Promise<void>((resolve) => stdout.write('', () => resolve()));
  }

  /** Takes the status line away and writes the rest. */
  async end(): Promise<void> {
    this.status('');
    await this.flush();
  }

  async #write(chunk: string | Uint8Array): Promise<void> {
    const { stdout } = this.#options;
    if (this.#gone || stdout.destroyed) return;
    // Both streams may be the same terminal.
    this.#hideStatus();
    const hasRoom = stdout.write(chunk);
    this.#showStatus();
    if (hasRoom) return;
    await new Promise<void>((resolve) => {
      const events = ['drain', 'error', 'close'];
      const done = () => {
        for (const event of events) stdout.off(event, done);
        resolve();
      };
      for (const event of events) stdout.on(event, done);
    });
  }

  #hideStatus(): void {
    if (this.#status !== '') this.#options.stderr.write(CLEAR_LINE);
  }

  #showStatus(): void {
    // The last column stays free: writing into it makes some terminals begin a new line.
    if (this.#status !== '') this.#options.stderr.write(cutToWidth(this.#status, this.#options.columns() - 1));
  }
}
