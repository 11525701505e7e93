import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { REQUEST_LIMIT, serveClient, type Client, type ServedChannel } from '../api/index.ts';
import type { Log } from '../core/environment.ts';
import { asSyncError, SyncError } from '../core/errors.ts';
import { addressesFor, noteAddress } from './socket-address.ts';
import { socketChannel } from './socket-channel.ts';

/** Clients at a time; a window and a few terminals are far below it. */
const MOST_CLIENTS = 64;
/** A character of JSON takes at most so many bytes. */
const BYTES_PER_CHARACTER = 3;

/** What answers the other processes of this person. */
export interface EngineService {
  /** Tells all clients that the engine ends, and answers nobody any more. */
  close(): Promise<void>;
}

/**
 * Lets other processes of the same person speak to this engine. To be called by the holder of the lock alone: what lies at
 * the address is then left over from an engine that was killed, and is replaced.
 *
 * @throws SyncError disk-error when there is no place to listen.
 */
export async function listen(home: string, client: Client, log: Log): Promise<EngineService> {
  const served = new Map<Socket, ServedChannel>();
  const server = createServer((socket) => {
    served.set(socket, serveClient(socketChannel(socket, REQUEST_LIMIT * BYTES_PER_CHARACTER), client));
    socket.once('close', () => served.delete(socket));
  });
  server.maxConnections = MOST_CLIENTS;
  noteAddress(home, await bindFirst(server, addressesFor(home)));
  server.on('error', (error) => log.warn('The engine’s socket failed', { error: error.message }));
  return {
    close: () =>
      new Promise((resolve) => {
        // Removes the socket too, at once.
        server.close(() => resolve());
        for (const each of served.values()) each.end(ended());
      }),
  };
}

async function bindFirst(server: Server, addresses: Iterable<string>): Promise<string> {
  let failure: unknown;
  for (const address of addresses) {
    try {
      await bind(server, address);
      return address;
    } catch (error) {
      failure ??= error;
    }
  }
  throw new SyncError({
    code: 'disk-error',
    message: 'There is no place for the socket through which other commands reach this one.',
    advice: 'Choose another directory for RUSTFS_SYNC_HOME.',
    detail: asSyncError(failure).message,
    cause: failure,
  });
}

async function bind(server: Server, address: string): Promise<void> {
  const isFile = process.platform !== 'win32';
  if (isFile) rmSync(address, { force: true });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  // The socket is made before `listen` returns, and is never open to anybody else, not for a moment.
  const usualMask = isFile ? process.umask(0o177) : 0;
  try {
    server.listen(address, () => resolve(undefined));
  } finally {
    if (isFile) process.umask(usualMask);
  }
  try {
    await promise;
  } finally {
    server.removeListener('error', reject);
  }
}

function ended(): SyncError {
  return new SyncError({
    code: 'engine-lost',
    message: 'The RustFS Sync that this command was speaking to was ended.',
    advice: 'Run the command again.',
    retryable: true,
  });
}
