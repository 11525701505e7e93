import {
  engineLost,
  LOST_MESSAGE,
  PORT_MESSAGE,
  SHELL_KEY,
  SyncError,
  type Channel,
  type Shell,
} from '../../src/api/index.ts';
import type { Bridge } from './bridge.ts';

/** What the desktop program's preload put here; undefined in a browser. */
export function desktopShell(): Shell | undefined {
  return (globalThis as { readonly [SHELL_KEY]?: Shell })[SHELL_KEY];
}

/** The window in the desktop program. */
export function desktopBridge(shell: Shell): Bridge {
  return {
    open: () => openPort(shell),
    upload: (file, target, onSent, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      const cancel = shell.upload(file, target, (progress) => {
        if (progress.type === 'sent') onSent(progress.bytes);
        else if (progress.type === 'done') resolve(undefined);
        else reject(new SyncError(progress.error));
      });
      const onAbort = () => {
        cancel();
        reject(signal.reason as Error);
      };
      const forget = onMessage(LOST_MESSAGE, () => reject(engineLost()));
      signal.addEventListener('abort', onAbort);
      return promise.finally(() => {
        forget();
        signal.removeEventListener('abort', onAbort);
      });
    },
    download: async (source) => shell.download(source),
  };
}

/** Hears the messages that the preload posts to this window, and nobody else's. @returns ends it. */
function onMessage(wanted: string, heard: (event: MessageEvent) => void): () => void {
  const listener = (event: MessageEvent) => {
    if (event.source === window && event.data === wanted) heard(event);
  };
  addEventListener('message', listener);
  return () => removeEventListener('message', listener);
}

async function openPort(shell: Shell): Promise<Channel> {
  const arrived = Promise.withResolvers<MessagePort>();
  const forget = onMessage(PORT_MESSAGE, ({ ports: [port] }) => {
    if (port !== undefined) arrived.resolve(port);
  });
  shell.connect();
  const port = await arrived.promise;
  forget();
  return portChannel(port);
}

function portChannel(port: MessagePort): Channel {
  let closed: () => void = () => undefined;
  const end = () => {
    forget();
    port.close();
    const listener = closed;
    closed = () => undefined;
    listener();
  };
  const forget = onMessage(LOST_MESSAGE, end);
  return {
    send: (text) => port.postMessage(text),
    // Setting it starts the port: nothing is lost before.
    onText: (listener) => {
      port.onmessage = ({ data }) => listener(String(data));
    },
    onClose: (listener) => {
      closed = listener;
    },
    close: end,
  };
}
