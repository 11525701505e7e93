import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { ANSWER_LIMIT, connectClient, type RemoteClient } from '../api/index.ts';
import { hasCode, SyncError } from '../core/errors.ts';
import { readEngineProcess } from './process-file.ts';
import { systemClock } from './system-clock.ts';
import { readAddress } from './socket-address.ts';
import { socketChannel } from './socket-channel.ts';

/** An engine that is there says so within milliseconds; one that was stopped in a debugger does not. */
const HELLO_MS = 10_000;

/** An engine in another process. */
export interface AttachedEngine {
  readonly client: RemoteClient;
  /** Its number, where it is known. */
  readonly processId: number | undefined;
}

/**
 * The engine that runs on this data directory and listens, or undefined when there is none.
 *
 * @throws SyncError engine-version when it is of another version; engine-busy when it does not answer, or is not this
 * person's.
 */
export async function attachEngine(home: string): Promise<AttachedEngine | undefined> {
  const address = readAddress(home);
  if (address === undefined) return undefined;
  const socket = await open(address);
  if (socket === undefined) return undefined;
  const client = connectClient(socketChannel(socket, ANSWER_LIMIT));
  const silence = { isOver: false };
  const timer = systemClock.timer(HELLO_MS, () => {
    silence.isOver = true;
    client.close();
  });
  try {
    await client.ready;
    return { client, processId: readEngineProcess(home) };
  } catch (error) {
    if (silence.isOver) throw noAnswer();
    // It was about to end when we came.
    if (hasCode(error, 'engine-lost')) return undefined;
    throw error;
  } finally {
    timer.cancel();
  }
}

async function open(address: string): Promise<Socket | undefined> {
  const socket = createConnection(address);
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    socket.destroy();
    const { code, message } = error as NodeJS.ErrnoException;
    // Left over from an engine that was killed, or gone with it.
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK' || code === 'ECONNRESET') return undefined;
    throw new SyncError({
      code: 'engine-busy',
      message:
        code === 'EACCES' || code === 'EPERM'
          ? 'RustFS Sync runs here for another person.'
          : 'The running RustFS Sync can not be reached.',
      advice: 'Run this command as the person who started it, or choose another RUSTFS_SYNC_HOME.',
      detail: message,
      cause: error,
    });
  }
}

function noAnswer(): SyncError {
  return new SyncError({
    code: 'engine-busy',
    message: `The running RustFS Sync did not answer within ${HELLO_MS / 1_000} seconds.`,
    advice: 'If it does not come back by itself, end its process: its work goes on at the next start.',
  });
}
