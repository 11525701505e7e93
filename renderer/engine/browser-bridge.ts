import { SyncError, type Channel, type ErrorData, type ObjectSource, type UploadTarget } from '../../src/api/index.ts';
import { BridgeRefused, type Bridge } from './bridge.ts';

const TOKEN_KEY = 'rustfs-sync-token';

/** The window in a browser: the token comes in the fragment of the address, and is kept for reloads and further windows. */
export function browserBridge(): Bridge {
  const token = takeToken();
  return {
    open: () => openSocket(token),
    upload: (file, target, onSent, signal) => send(token, file, target, onSent, signal),
    download: (source) => download(token, source),
  };
}

function takeToken(): string {
  const [, given] = /[#&]token=([0-9a-f]+)/.exec(location.hash) ?? [];
  if (given !== undefined) {
    localStorage.setItem(TOKEN_KEY, given);
    // It is not to stay in the history, nor on a screen that is shared.
    history.replaceState(null, '', location.pathname);
  }
  return given ?? localStorage.getItem(TOKEN_KEY) ?? '';
}

async function openSocket(token: string): Promise<Channel> {
  if (token === '') throw new BridgeRefused();
  const socket = new WebSocket(`ws://${location.host}/socket`, ['rustfs-sync', `token.${token}`]);
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error('The connection could not be made.'));
  }).catch(async (error: unknown) => {
    // A browser does not tell why. If the page itself is still served, it was the token.
    const answer = await fetch('./', { cache: 'no-store' }).catch(() => undefined);
    throw answer?.ok === true ? new BridgeRefused() : error;
  });
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    onText: (listener) => {
      socket.onmessage = ({ data }) => listener(String(data));
    },
    onClose: (listener) => {
      socket.onclose = () => listener();
    },
    close: () => socket.close(),
  };
}

async function send(
  token: string,
  file: File,
  target: UploadTarget,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  // fetch does not tell how much has left.
  const request = new XMLHttpRequest();
  request.open(
    'PUT',
    `./objects?${new URLSearchParams({ ...target, overwrite: String(target.overwrite) }).toString()}`,
  );
  request.setRequestHeader('authorization', `Bearer ${token}`);
  request.upload.onprogress = ({ loaded }) => onSent(loaded);
  await new Promise<void>((resolve, reject) => {
    request.onload = () => (request.status === 200 ? resolve() : reject(errorOf(request.responseText)));
    request.onerror = () => reject(errorOf(''));
    request.onabort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

async function download(token: string, source: ObjectSource): Promise<void> {
  const answer = await fetch('./downloads', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(source),
  });
  const text = await answer.text();
  if (!answer.ok) throw errorOf(text);
  const link = document.createElement('a');
  link.href = (JSON.parse(text) as { path: string }).path;
  link.download = '';
  link.click();
}

function errorOf(text: string): SyncError {
  try {
    return new SyncError(JSON.parse(text) as ErrorData);
  } catch {
    return new SyncError({
      code: 'unreachable',
      message: 'The connection to RustFS Sync broke off.',
      advice: 'Check that it is still running, then try again.',
      retryable: true,
    });
  }
}
