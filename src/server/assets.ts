import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mime from 'mime';
import { SyncError } from '../core/errors.ts';
import { BASE_HEADERS, windowPolicy } from './headers.ts';

/** Stands in the built page where the nonce of the answer goes. */
const NONCE_MARK = '__CSP_NONCE__';

/** A file of the window as it is answered. */
export interface Asset {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** The built window, held in memory: only what was there at the start can be asked for, whatever the path says. */
export class Assets {
  readonly #files: ReadonlyMap<string, Buffer>;

  private constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = files;
  }

  /** @throws SyncError not-supported when the window is not built. */
  static async load(directory: string): Promise<Assets> {
    if (existsSync(join(directory, 'index.html'))) {
      const files = new Map<string, Buffer>();
      await readInto(files, directory, '');
      return new Assets(files);
    }
    throw new SyncError({
      code: 'not-supported',
      message: 'The window is not built.',
      advice: 'Build it with: npm run build',
    });
  }

  /**
   * The answer to a request for a path, or undefined when there is no such file.
   *
   * @param connect where the page may connect to, as its policy names it.
   */
  answer(path: string, connect: string): Asset | undefined {
    const name = path === '/' ? '/index.html' : path;
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    if (name === '/index.html') {
      const nonce = randomBytes(16).toString('base64');
      const body = Buffer.from(file.toString('utf8').replaceAll(NONCE_MARK, nonce));
      return asset(body, 'text/html; charset=utf-8', { 'content-security-policy': windowPolicy(connect, nonce) });
    }
    const type = mime.getType(name) ?? 'application/octet-stream';
    const isText = /^text\/|javascript|json|svg/.test(type);
    // Their names hold a hash of what is in them.
    const cache = name.startsWith('/assets/') ? { 'cache-control': 'private, max-age=31536000, immutable' } : {};
    return asset(file, isText ? `${type}; charset=utf-8` : type, cache);
  }
}

function asset(body: Buffer, type: string, more: Readonly<Record<string, string>>): Asset {
  const headers = { ...BASE_HEADERS, 'content-type': type, 'content-length': String(body.length), ...more };
  return { body, headers };
}

/** Directory by directory, which works inside of an application archive too. */
async function readInto(files: Map<string, Buffer>, directory: string, below: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    const name = `${below}/${entry.name}`;
    if (entry.isDirectory()) await readInto(files, path, name);
    else if (entry.isFile()) files.set(name, await readFile(path));
  }
}

/** Where the built window is: beside the bundled program, or in `dist/` when this runs from source. */
export function builtWindow(): string {
  const beside = fileURLToPath(new URL('./renderer/', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../dist/renderer/', import.meta.url));
}
