import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { objectRef, text } from '../api/refs.ts';
import { attachment } from '../core/attachment.ts';
import { asSyncError, SyncError } from '../core/errors.ts';
import { nameOf } from '../core/paths.ts';
import type { ObjectSource, ObjectTransfers } from '../engine/index.ts';
import { BASE_HEADERS } from './headers.ts';

/** A ticket that nobody used by then is void. */
const TICKET_LIFE_MS = 60_000;
const MAX_TICKETS = 100;
const MAX_BODY_BYTES = 16_384;

const uploadTarget = objectRef.extend({ overwrite: z.stringbool() });
const objectSource = objectRef.extend({ versionId: text.optional() });

interface Ticket {
  readonly object: ObjectSource;
  readonly expiresMs: number;
}

export interface ObjectRoutesParts {
  readonly objects: Pick<ObjectTransfers, 'put' | 'get'>;
  /** Milliseconds from an arbitrary start, never going back. */
  readonly now: () => number;
}

/**
 * The bytes of objects, which do not cross the contract: a PUT sends a file, a ticket that was asked for with the token
 * fetches one. A download is a plain link that a browser follows without our token; so the ticket is good for one object,
 * once, for a minute.
 */
export class ObjectRoutes {
  readonly #parts: ObjectRoutesParts;
  readonly #tickets = new Map<string, Ticket>();

  constructor(parts: ObjectRoutesParts) {
    this.#parts = parts;
  }

  /** Sends the body of the request to the bucket. */
  async put(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const ended = abortWith(response);
    try {
      const target = uploadTarget.parse(Object.fromEntries(query));
      const source = { kind: 'stream', stream: request } as const;
      // A server that has never answered ends it then; the window shows anyhow that one goes away meanwhile.
      const onAway = () => undefined;
      const { etag, sizeBytes } = await this.#parts.objects.put(source, target, () => undefined, ended, onAway);
      answer(response, 200, { etag, sizeBytes });
    } catch (error) {
      // What is left of the body is not wanted any more.
      request.unpipe();
      refuse(response, error);
    }
  }

  async makeTicket(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const object = objectSource.parse(JSON.parse(await readBody(request)));
      const now = this.#parts.now();
      for (const [id, { expiresMs }] of this.#tickets) if (expiresMs < now) this.#tickets.delete(id);
      if (this.#tickets.size >= MAX_TICKETS) throw tooManyTickets();
      const id = randomBytes(24).toString('hex');
      this.#tickets.set(id, { object, expiresMs: now + TICKET_LIFE_MS });
      answer(response, 200, { path: `/downloads/${id}` });
    } catch (error) {
      refuse(response, error);
    }
  }

  /** Returns false when there is no such ticket. */
  async get(response: ServerResponse, id: string): Promise<boolean> {
    const ticket = this.#tickets.get(id);
    this.#tickets.delete(id);
    if (ticket === undefined || ticket.expiresMs < this.#parts.now()) return false;
    const ended = abortWith(response);
    const { object } = ticket;
    try {
      const begin = (sizeBytes: number) =>
        response.writeHead(200, {
          ...BASE_HEADERS,
          'content-type': 'application/octet-stream',
          'content-length': sizeBytes,
          'content-disposition': attachment(nameOf(object.key)),
        });
      const write = (chunk: Uint8Array) => writeTo(response, chunk, ended);
      await this.#parts.objects.get(object, { kind: 'stream', begin, write }, () => undefined, ended);
      response.end();
    } catch (error) {
      // A browser takes a connection that breaks off for a failed download, as it should.
      if (response.headersSent) response.destroy();
      else refuse(response, error);
    }
    return true;
  }
}

function tooManyTickets(): SyncError {
  return new SyncError({
    code: 'slow-down',
    message: `${MAX_TICKETS} downloads were asked for that the browser has not begun yet.`,
    advice: 'Let it begin them, then ask for the others.',
  });
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { ...BASE_HEADERS, 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, error: unknown): void {
  const told =
    error instanceof z.ZodError || error instanceof SyntaxError
      ? new SyncError({
          code: 'invalid-argument',
          message: 'This request names no object.',
          advice: 'Reload the page and try again.',
        })
      : asSyncError(error);
  answer(response, told.code === 'invalid-argument' ? 400 : 502, told.toData());
}

function abortWith(response: ServerResponse): AbortSignal {
  const ended = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) ended.abort(new Error('The browser went away.'));
  });
  return ended.signal;
}

async function writeTo(response: ServerResponse, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (response.write(chunk)) return;
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    response.once('drain', () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new SyntaxError('The request is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
