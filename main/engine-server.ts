import { serveClient } from '../src/api/rpc-serve.ts';
import type { ShellProgress } from '../src/api/shell.ts';
import type { Log } from '../src/core/environment.ts';
import { asSyncError } from '../src/core/errors.ts';
import { keepSyncing, type Host, type OnProgress } from '../src/engine/index.ts';
import type { EngineRequest } from './engine-messages.ts';
import { pause } from './pause.ts';
import { portChannel, type Port } from './port-channel.ts';

/** The side of the main process as the engine's process has it. */
export interface ParentPort {
  on(
    event: 'message',
    listener: (event: { readonly data: EngineRequest; readonly ports: readonly Port[] }) => void,
  ): unknown;
}

/** A sync that can not begin (another version runs, say) is tried again; windows are answered meanwhile. */
const RETRY_MS = 15_000;

/**
 * Syncs, and answers the main process until it says `stop`.
 *
 * @param stopped called once everything is closed.
 */
export function startEngineServer(parent: ParentPort, host: Host, log: Log, stopped: () => void): void {
  const end = new AbortController();
  parent.on('message', ({ data, ports: [port] }) => {
    if (data.type === 'stop') {
      end.abort();
      void syncing
        .then(() => host.close())
        .then(stopped, (error: unknown) => {
          log.error('The engine could not be closed', { error: asSyncError(error).message });
          stopped();
        });
    } else if (port !== undefined) answer(data, port, host);
  });
  const syncing = syncUntil(end.signal, host, log);
}

function answer(request: Exclude<EngineRequest, { type: 'stop' }>, port: Port, host: Host): void {
  switch (request.type) {
    case 'connect':
      serveClient(portChannel(port), host.client);
      return;
    case 'upload': {
      const { path, target } = request;
      void transfer(port, (sent, signal) => host.objects.put({ kind: 'file', path }, target, sent, signal));
      return;
    }
    case 'download': {
      const { source, path } = request;
      const destination = { kind: 'file', path, overwrite: false } as const;
      void transfer(port, (sent, signal) => host.objects.get(source, destination, sent, signal));
    }
  }
}

async function transfer(port: Port, run: (sent: OnProgress, signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const end = new AbortController();
  const tell = (progress: ShellProgress) => {
    if (!end.signal.aborted) port.postMessage(progress);
  };
  port.on('close', () => end.abort());
  port.start();
  try {
    await run((bytes, totalBytes) => tell({ type: 'sent', bytes, totalBytes }), end.signal);
    tell({ type: 'done' });
  } catch (error) {
    tell({ type: 'failed', error: asSyncError(error).toData() });
  }
}

async function syncUntil(signal: AbortSignal, host: Host, log: Log): Promise<void> {
  while (!signal.aborted) {
    await keepSyncing(host.client, signal).catch((error: unknown) => {
      // Calls that `stop` called off fail too.
      if (!signal.aborted) log.error('Syncing could not begin', { error: asSyncError(error).message });
    });
    await pause(RETRY_MS, signal);
  }
}
