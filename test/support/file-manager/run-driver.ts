import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { pollUntil } from '../loopback.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** A file manager with the extension in it, in a real Python. Ends with the test. */
export class FileManagerDriver {
  readonly #child;
  readonly #menus: string[][] = [];
  readonly #emblems = new Map<string, string | null>();
  #errors = '';
  #gathered = '';

  /** @param extension the file that `integrate install` wrote. */
  constructor(extension: string, env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn('python3', [`${HERE}driver.py`, extension], {
      env: { ...process.env, PYTHONPATH: HERE, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1', ...env },
      stdio: 'pipe',
    });
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    onTestFinished(async () => {
      this.#child.stdin.end();
      await ended;
    });
  }

  /** What the extension wrote to the file manager's log. */
  get errors(): string {
    return this.#errors;
  }

  /** The emblem of a file that is shown; undefined before there was any. */
  emblem(path: string): string | null | undefined {
    return this.#emblems.get(path);
  }

  show(...paths: string[]): void {
    this.#say('show', paths);
  }

  /** The items of the menu on these files. */
  menu(...paths: string[]): Promise<string[]> {
    return this.#menu('menu', paths);
  }

  /** Opens the menu on these files and chooses its first item. */
  async choose(...paths: string[]): Promise<void> {
    await this.#menu('choose', paths);
  }

  async #menu(act: string, paths: readonly string[]): Promise<string[]> {
    const before = this.#menus.length;
    this.#say(act, paths);
    return pollUntil(`a menu; ${this.#errors}`, () => this.#menus[before]);
  }

  #say(act: string, paths: readonly string[]): void {
    this.#child.stdin.write(`${JSON.stringify({ do: act, paths })}\n`);
  }

  #take(text: string): void {
    const lines = (this.#gathered + text).split('\n');
    this.#gathered = lines.pop() ?? '';
    for (const line of lines) {
      const said = JSON.parse(line) as { menu: string[] } | { emblem: string | null; path: string };
      if ('menu' in said) this.#menus.push(said.menu);
      else this.#emblems.set(said.path, said.emblem);
    }
  }
}
