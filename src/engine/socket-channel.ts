import type { Socket } from 'node:net';
import type { Channel } from '../api/index.ts';
import { systemClock } from './system-clock.ts';

const NEWLINE = 0x0a;
/** More than this that the other end does not read, and it is not listened to either until it does. */
const BACKLOG_BYTES = 1024 * 1024;
/** So long the other end may take to read the last words. */
const LAST_WORDS_MS = 1_000;

/**
 * A channel over a local socket: a text a line, which JSON never breaks.
 *
 * @param mostBytes a longer line ends the connection, before it is in memory.
 */
export function socketChannel(socket: Socket, mostBytes: number): Channel {
  const line = new LineBuffer(mostBytes);
  let listener: (text: string) => void = () => undefined;
  socket.on('data', (chunk: Buffer) => {
    const texts = line.add(chunk);
    if (texts === undefined) socket.destroy();
    else for (const text of texts) listener(text);
  });
  // Whatever broke, 'close' comes next, and the other end is as good as gone.
  socket.on('error', () => undefined);
  socket.on('drain', () => socket.resume());
  return {
    send(text) {
      if (socket.destroyed || socket.writableEnded) return;
      socket.write(`${text}\n`);
      if (socket.writableLength > BACKLOG_BYTES) socket.pause();
    },
    onText: (given) => (listener = given),
    onClose: (given) => void socket.once('close', given),
    close() {
      if (socket.destroyed) return;
      socket.destroySoon();
      const timer = systemClock.timer(LAST_WORDS_MS, () => socket.destroy());
      socket.once('close', () => timer.cancel());
    },
  };
}

/** Cuts what arrives into lines. */
class LineBuffer {
  readonly #mostBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The lines that end in this chunk, or undefined when one is too long. */
  add(chunk: Buffer): string[] | undefined {
    const texts: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#push(chunk.subarray(start, end));
      if (this.#bytes > this.#mostBytes) return undefined;
      texts.push(Buffer.concat(this.#pieces).toString('utf8'));
      this.#pieces = [];
      this.#bytes = 0;
      start = end + 1;
    }
    this.#push(chunk.subarray(start));
    return this.#bytes > this.#mostBytes ? undefined : texts;
  }

  #push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }
}
