import { createServer } from 'node:net';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

/** A TCP port on 127.0.0.1 that was free a moment ago. */
export function freeLoopbackPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/**
 * Asks `probe` again and again until it answers something other than undefined.
 * @throws Error naming `what` when `deadlineMs` have passed.
 */
export async function pollUntil<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  { deadlineMs = 20_000, everyMs = 25 }: { deadlineMs?: number; everyMs?: number } = {},
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Error(`Waited ${deadlineMs} ms in vain for ${what}.`);
    await delay(everyMs);
  }
}

/** The status and `Server` header of a GET, or undefined when nobody answers. Certificates are not checked. */
export function probeUrl(url: string): Promise<{ status: number; server: string | undefined } | undefined> {
  return new Promise((resolve) => {
    const secure = url.startsWith('https:');
    const options = { timeout: 2_000, agent: false };
    const outgoing = secure ? httpsRequest(url, { ...options, rejectUnauthorized: false }) : httpRequest(url, options);
    outgoing.once('response', (response) => {
      response.resume();
      const server = response.headers['server'];
      resolve({ status: response.statusCode ?? 0, server: Array.isArray(server) ? server[0] : server });
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.once('error', () => {
      resolve(undefined);
    });
    outgoing.end();
  });
}
