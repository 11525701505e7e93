import { request, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { startApp, type RunningApp } from '../../support/window/app.ts';

/** An app that ends with the test. */
export async function useApp(): Promise<RunningApp> {
  const app = await startApp();
  onTestFinished(() => app.close());
  return app;
}

export function tokenOf(app: RunningApp): string {
  return new URL(app.url).hash.replace('#token=', '');
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks as any program of this computer can, with any headers. */
export async function ask(
  { port }: RunningApp,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | undefined;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A WebSocket with any token, origin and host; undefined when it is refused. */
export async function connect(
  { port }: RunningApp,
  options: {
    readonly token?: string;
    readonly origin?: string | undefined;
    readonly host?: string;
    readonly path?: string;
  },
): Promise<WebSocket | undefined> {
  const { token, origin = `http://127.0.0.1:${port}`, host, path = '/socket' } = options;
  const protocols = ['rustfs-sync', ...(token === undefined ? [] : [`token.${token}`])];
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, {
    ...(origin !== '' && { origin }),
    ...(host !== undefined && { headers: { host } }),
  });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

/** Resolves when the other end closed it. */
export async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.on('error', () => undefined);
  });
}
