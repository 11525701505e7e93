import type { Channel } from '../src/api/index.ts';

/** The part of Electron's MessagePortMain that a channel needs. */
export interface Port {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** A channel over a message port. What is not a text ends it, as on every other way to the engine. */
export function portChannel(port: Port): Channel {
  let isClosed = false;
  let hear: (text: string) => void = () => undefined;
  let closed: () => void = () => undefined;
  const end = () => {
    if (isClosed) return;
    isClosed = true;
    port.close();
    // Later, as with every other end of a channel: who closes one is not called back meanwhile.
    queueMicrotask(() => closed());
  };
  port.on('message', ({ data }) => {
    if (isClosed) return;
    if (typeof data === 'string') hear(data);
    else end();
  });
  port.on('close', end);
  port.start();
  return {
    send: (text) => {
      if (!isClosed) port.postMessage(text);
    },
    onText: (listener) => (hear = listener),
    onClose: (listener) => (closed = listener),
    close: end,
  };
}
