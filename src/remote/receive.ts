import type { OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';

/** As much as the system hands over at once. */
const RECEIVE_BYTES = 64 * 1024;

/**
 * Lets a connection receive into one buffer of its own. Node would take new memory for every piece that arrives, outside of
 * what its collector watches: a large download then costs more for collecting it than for receiving.
 *
 * Only for connections that an HTTP client reads: it copies out of the buffer before it returns. Bytes that come while
 * nobody listens belong to no answer, so they end the connection.
 */
export function receiveIntoOneBuffer(socket: () => Duplex | null | undefined): OnReadOpts {
  return {
    buffer: Buffer.allocUnsafeSlow(RECEIVE_BYTES),
    callback(sizeBytes, buffer) {
      const isHeard = socket()?.emit('data', buffer.subarray(0, sizeBytes)) ?? false;
      if (!isHeard) socket()?.destroy();
      return isHeard;
    },
  };
}
