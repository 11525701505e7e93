import { ipcMain, MessageChannelMain, type WebContents, type WebFrameMain } from 'electron';
import { z } from 'zod';
import { SyncError, type ShellProgress } from '../src/api/index.ts';
import type { Downloads } from './downloads.ts';
import type { EngineHost } from './engine-host.ts';
import { IPC } from './preload/ipc.ts';
import { setStartsAtLogin, startsAtLogin } from './login-item.ts';
import { isOurSender } from './security.ts';

const text = z.string().min(1).max(32_768);
const objectPlace = z.object({ account: text, bucket: text, key: text });
const objectSource = objectPlace.extend({ versionId: text.optional() });
const uploadRequest = z.object({
  /** Empty when the page made the file itself; there is nothing on the disk to send then. */
  path: z.string().max(32_768),
  target: objectPlace.extend({ overwrite: z.boolean() }),
});
const ids = z.array(z.int()).max(100_000);
const downloadWish = z.discriminatedUnion('type', [
  z.object({ type: z.literal('show') }),
  z.object({ type: z.enum(['cancel', 'retry']), ids }),
  z.object({ type: z.literal('clear') }),
]);

export interface PageParts {
  readonly engine: Pick<EngineHost, 'send'>;
  readonly downloads: Pick<Downloads, 'begin' | 'steer'>;
  readonly page: () => WebContents | undefined;
  /** The page has something to show of what it sent out of sight. */
  readonly onNotSent: () => void;
}

interface Sent {
  readonly sender: WebContents;
  readonly senderFrame: WebFrameMain | null;
}

/** Answers what the preload asks for, of our own page alone. What is not of the right form is not answered. */
export function answerPage({ engine, downloads, page, onNotSent }: PageParts): void {
  const isOurs = ({ sender, senderFrame }: Sent) => isOurSender(sender, senderFrame, page());

  ipcMain.on(IPC.connect, (event) => {
    if (!isOurs(event)) return;
    const { port1, port2 } = new MessageChannelMain();
    engine.send({ type: 'connect' }, port1);
    event.sender.postMessage(IPC.port, null, [port2]);
  });

  ipcMain.on(IPC.upload, (event, request: unknown) => {
    const [port] = event.ports;
    if (port === undefined) return;
    const parsed = uploadRequest.safeParse(request);
    if (!isOurs(event) || !parsed.success) port.close();
    else if (parsed.data.path === '')
      port.postMessage({ type: 'failed', error: notOnDisk().toData() } satisfies ShellProgress);
    else engine.send({ type: 'upload', ...parsed.data }, port);
  });

  ipcMain.on(IPC.notSent, (event) => {
    if (isOurs(event)) onNotSent();
  });

  ipcMain.handle(IPC.login, (event, on: unknown) => {
    if (!isOurs(event)) return undefined;
    if (typeof on === 'boolean') setStartsAtLogin(on);
    return startsAtLogin();
  });

  ipcMain.on(IPC.download, (event, request: unknown) => {
    const { success, data: source } = objectSource.safeParse(request);
    if (isOurs(event) && success) downloads.begin(source);
  });

  ipcMain.on(IPC.steerDownloads, (event, request: unknown) => {
    const { success, data: wish } = downloadWish.safeParse(request);
    if (isOurs(event) && success) downloads.steer(wish);
  });
}

function notOnDisk(): SyncError {
  return new SyncError({
    code: 'not-a-file',
    message: 'This is not a file of this computer.',
    advice: 'Save it first, then add the saved file.',
  });
}
