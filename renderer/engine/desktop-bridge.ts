import {
  PORT_MESSAGE,
  SHELL_KEY,
  SyncError,
  type Channel,
  type Shell,
  type ShellProgress,
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
    upload: (file, target, onSent, signal) =>
      new Promise((resolve, reject) => {
        const heard = (progress: ShellProgress) => {
          if (progress.type === 'sent') onSent(progress.bytes);
          else if (progress.type === 'done') resolve();
          else reject(new SyncError(progress.error));
        };
        const cancel = shell.upload(file, target, heard);
        signal.addEventListener('abort', () => {
          cancel();
          reject(signal.reason as Error);
        });
      }),
    download: async (source) => shell.download(source),
  };
}

async function openPort(shell: Shell): Promise<Channel> {
  const arrived = new Promise<MessagePort>((resolve) => {
    const take = ({ source, data, ports: [port] }: MessageEvent) => {
      // Only from this window itself, which is where the preload posts it.
      if (source !== window || data !== PORT_MESSAGE || port === undefined) return;
      removeEventListener('message', take);
      resolve(port);
    };
    addEventListener('message', take);
  });
  shell.connect();
  return portChannel(await arrived);
}

function portChannel(port: MessagePort): Channel {
  let closed: () => void = () => undefined;
  const end = () => {
    port.close();
    const listener = closed;
    closed = () => undefined;
    listener();
  };
  port.addEventListener('close', end);
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
