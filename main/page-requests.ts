import { existsSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import { app, ipcMain, MessageChannelMain, shell, type WebContents, type WebFrameMain } from 'electron';
import { z } from 'zod';
import { errorText, SyncError, type ShellProgress } from '../src/api/index.ts';
import type { EngineHost } from './engine-host.ts';
import { IPC } from './preload/ipc.ts';
import { setStartsAtLogin, startsAtLogin } from './login-item.ts';
import { notify } from './notify.ts';
import { isOurSender } from './security.ts';
import type { Texts } from './texts.ts';

const text = z.string().min(1).max(32_768);
const objectPlace = z.object({ account: text, bucket: text, key: text });
const objectSource = objectPlace.extend({ versionId: text.optional() });
const uploadRequest = z.object({
  /** Empty when the page made the file itself; there is nothing on the disk to send then. */
  path: z.string().max(32_768),
  target: objectPlace.extend({ overwrite: z.boolean() }),
});

export interface PageParts {
  readonly engine: Pick<EngineHost, 'send' | 'ask'>;
  readonly page: () => WebContents | undefined;
  readonly texts: () => Texts;
}

interface Sent {
  readonly sender: WebContents;
  readonly senderFrame: WebFrameMain | null;
}

/** Answers what the preload asks for, of our own page alone. What is not of the right form is not answered. */
export function answerPage({ engine, page, texts }: PageParts): void {
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

  ipcMain.handle(IPC.login, (event, on: unknown) => {
    if (!isOurs(event)) return undefined;
    if (typeof on === 'boolean') setStartsAtLogin(on);
    return startsAtLogin();
  });

  ipcMain.on(IPC.download, (event, request: unknown) => {
    const { success, data: source } = objectSource.safeParse(request);
    if (!isOurs(event) || !success) return;
    const path = freePath(app.getPath('downloads'), source.key);
    const port = engine.ask({ type: 'download', source, path });
    port.on('message', ({ data }) => {
      // The engine's own process says it, in the form of the type.
      const progress = data as ShellProgress;
      const name = basename(path);
      if (progress.type === 'done') notify(texts().saved(name), texts().savedText, () => shell.showItemInFolder(path));
      else if (progress.type === 'failed') {
        const { message, advice } = errorText(progress.error, texts().language);
        notify(texts().notSaved(name), `${message} ${advice}`, () => undefined);
      }
      if (progress.type !== 'sent') port.close();
    });
    port.start();
  });
}

/** A path that nothing is at, named as the object is. The engine does not overwrite what appears there meanwhile. */
export function freePath(directory: string, key: string): string {
  // Every system's separators and forbidden letters; a name of dots alone would lead elsewhere.
  const wished = (key.split('/').findLast((part) => part !== '') ?? '').replace(/[\\/:*?"<>|\p{Cc}]/gu, '_');
  const { name, ext } = parse(/^\.*$/.test(wished) ? 'download' : wished);
  for (let number = 0; ; number++) {
    const path = join(directory, number === 0 ? `${name}${ext}` : `${name} (${number})${ext}`);
    if (!existsSync(path)) return path;
  }
}

function notOnDisk(): SyncError {
  return new SyncError({
    code: 'not-a-file',
    message: 'This is not a file of this computer.',
    advice: 'Save it first, then add the saved file.',
  });
}
