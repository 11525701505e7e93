import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import mime from 'mime';
import { SyncError } from '../core/errors.ts';
import { BASE_HEADERS, windowPolicy } from './headers.ts';

/** Stands in the built page where the nonce of the answer goes. */
const NONCE_MARK = '__CSP_NONCE__';

/** The built window, held in memory: only what was there at the start can be asked for, whatever the path says. */
export class Assets {
  readonly #files: ReadonlyMap<string, Buffer>;

  private constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = files;
  }

  /** @throws SyncError not-supported when the window is not built. */
  static async load(directory: string): Promise<Assets> {
    const files = new Map<string, Buffer>();
    if (existsSync(join(directory, 'index.html'))) {
      for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        files.set(`/${relative(directory, path).split(sep).join('/')}`, await readFile(path));
      }
      return new Assets(files);
    }
    throw new SyncError({
      code: 'not-supported',
      message: 'The window is not built.',
      advice: 'Build it with: npm run build',
    });
  }

  /** Answers a GET or HEAD. Returns false when there is no such file. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const name = path === '/' ? '/index.html' : path;
    const file = this.#files.get(name);
    if (file === undefined) return false;
    if (name === '/index.html') {
      const nonce = randomBytes(16).toString('base64');
      const page = file.toString('utf8').replaceAll(NONCE_MARK, nonce);
      const policy = windowPolicy(request.headers.host ?? '', nonce);
      this.#send(request, response, Buffer.from(page), 'text/html; charset=utf-8', {
        'content-security-policy': policy,
      });
    } else {
      const type = mime.getType(name) ?? 'application/octet-stream';
      // Their names hold a hash of what is in them.
      const cache = name.startsWith('/assets/') ? { 'cache-control': 'private, max-age=31536000, immutable' } : {};
      this.#send(
        request,
        response,
        file,
        /^text\/|javascript|json|svg/.test(type) ? `${type}; charset=utf-8` : type,
        cache,
      );
    }
    return true;
  }

  #send(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    type: string,
    more: Readonly<Record<string, string>>,
  ): void {
    response.writeHead(200, { ...BASE_HEADERS, 'content-type': type, 'content-length': body.length, ...more });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

/** Where the built window is: beside the bundled program, or in `dist/` when this runs from source. */
export function builtWindow(): string {
  const beside = fileURLToPath(new URL('./renderer/', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../dist/renderer/', import.meta.url));
}
