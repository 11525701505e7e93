import type { ClientRequest } from 'node:http';
import { asSyncError } from '../core/errors.ts';
import type { Pace } from '../core/object-store.ts';

/** Bodies are handed to the socket in pieces of this size where nobody wants others, so that a refusal stops them. */
const SLICE_BYTES = 512 * 1024;
/** From this size on, a body that was announced with `expect: 100-continue` waits for the server's word. */
export const EXPECT_CONTINUE_BYTES = 1024 * 1024;
/** A server that knows nothing of `expect` gets the body after this pause. */
const CONTINUE_WAIT_MS = 2_000;

/** Sends the body of a request, if there is one, and ends the request. */
export function sendBody(outgoing: ClientRequest, body: unknown, pace?: Pace): void {
  if (body === undefined || body === null || body === '') {
    outgoing.end();
    return;
  }
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    outgoing.destroy(new TypeError('Only text and bytes can be sent.'));
    return;
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (outgoing.hasHeader('expect')) sendWhenWelcome(outgoing, bytes, pace);
  else sendSlices(outgoing, bytes, pace);
}

/** A server that refuses (a condition failed, no permission, no space) says so before the body is sent in vain. */
function sendWhenWelcome(outgoing: ClientRequest, bytes: Uint8Array, pace?: Pace): void {
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    stopWaiting();
    sendSlices(outgoing, bytes, pace);
  };
  const stopWaiting = () => {
    clearTimeout(timer);
    outgoing.removeListener('continue', start);
  };
  outgoing.once('continue', start);
  outgoing.once('response', stopWaiting);
  outgoing.once('close', stopWaiting);
  // The pause begins with the connection, not with a place in its queue.
  outgoing.once('socket', () => {
    timer = setTimeout(start, CONTINUE_WAIT_MS);
  });
  outgoing.flushHeaders();
}

function sendSlices(outgoing: ClientRequest, bytes: Uint8Array, pace?: Pace): void {
  let offset = 0;
  let refused = false;
  outgoing.once('response', (answer) => {
    refused = answer.statusCode === undefined || answer.statusCode >= 300;
  });
  const next = () => {
    const slice = bytes.subarray(offset, offset + (pace?.pieceBytes ?? SLICE_BYTES));
    offset += slice.byteLength;
    const send = () => {
      const isLast = offset >= bytes.byteLength;
      const sent = (error?: Error | null) => {
        if (!error && !isLast && !refused && !outgoing.destroyed) next();
      };
      if (isLast) outgoing.end(slice, sent);
      else outgoing.write(slice, sent);
    };
    const wait = pace?.beforePiece(slice.byteLength);
    if (wait === undefined) send();
    else wait.then(send, (error: unknown) => outgoing.destroy(asSyncError(error)));
  };
  next();
}
