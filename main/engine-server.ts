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

type Transfer = Extract<EngineRequest, { type: 'upload' | 'download' }>;

/** A sync that can not begin (another version runs, say) is tried again; windows are answered meanwhile. */
const RETRY_MS = 15_000;

/**
 * Syncs, and answers the main process until it says `stop`.
 *
 * @param stopped called once everything is closed.
 */
export function startEngineServer(parent: ParentPort, host: Host, log: Log, stopped: () => void): void {
  const end = new AbortController();
  const transfers = new Set<Promise<void>>();
  parent.on('message', ({ data, ports: [port] }) => {
    if (data.type === 'stop') {
      end.abort();
      // What a transfer began beside a file's place is removed by itself alone.
      void Promise.all([syncing, ...transfers])
        .then(() => host.close())
        .then(stopped, (error: unknown) => {
          log.error('The engine could not be closed', { error: asSyncError(error).message });
          stopped();
        });
    } else if (data.type === 'connect') {
      if (port !== undefined) serveClient(portChannel(port), host.client);
    } else if (port !== undefined) {
      const transfer = tellOf(port, end.signal, (sent, signal) => move(data, host, sent, signal));
      transfers.add(transfer);
      void transfer.then(() => transfers.delete(transfer));
    }
  });
  const syncing = syncUntil(end.signal, host, log);
}

function move(request: Transfer, { objects }: Host, sent: OnProgress, signal: AbortSignal): Promise<unknown> {
  const { path } = request;
  return request.type === 'upload'
    ? objects.put({ kind: 'file', path }, request.target, sent, signal)
    : objects.get(request.source, { kind: 'file', path, overwrite: false }, sent, signal);
}

/** Runs a transfer and tells of it on its port, until that closes or everything ends. */
async function tellOf(
  port: Port,
  ending: AbortSignal,
  run: (sent: OnProgress, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const closed = new AbortController();
  const signal = AbortSignal.any([closed.signal, ending]);
  const tell = (progress: ShellProgress) => {
    if (!signal.aborted) port.postMessage(progress);
  };
  port.on('close', () => closed.abort());
  port.start();
  try {
    await run((bytes, totalBytes) => tell({ type: 'sent', bytes, totalBytes }), signal);
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
