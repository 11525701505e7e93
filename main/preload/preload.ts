import { contextBridge, ipcRenderer, webUtils } from 'electron';
import {
  LOST_MESSAGE,
  PORT_MESSAGE,
  SHELL_KEY,
  type Download,
  type Shell,
  type ShellProgress,
  type ShellView,
} from '../../src/api/shell.ts';
import { IPC } from './ipc.ts';

/**
 * The only door between the window and the program. It hands out nothing of Electron: no events, no channel names, no
 * paths. The path of a file is read here, from the File that the person chose, so that the page can not name another.
 */
const shell: Shell = {
  connect: () => ipcRenderer.send(IPC.connect),
  upload(file, target, heard) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<ShellProgress>) => {
      if (data.type !== 'sent') port1.close();
      heard(data);
    };
    ipcRenderer.postMessage(IPC.upload, { path: webUtils.getPathForFile(file), target }, [port2]);
    return () => port1.close();
  },
  tellNotSent: () => ipcRenderer.send(IPC.notSent),
  download: (source) => ipcRenderer.send(IPC.download, source),
  steerDownloads: (wish) => ipcRenderer.send(IPC.steerDownloads, wish),
  onDownloads: (listener) => {
    ipcRenderer.on(IPC.downloads, (_event, downloads: readonly Download[]) => listener(downloads));
    ipcRenderer.send(IPC.steerDownloads, { type: 'show' });
  },
  onView: (listener) => {
    ipcRenderer.on(IPC.view, (_event, view: ShellView) => listener(view));
  },
  startsAtLogin: () => ipcRenderer.invoke(IPC.login) as Promise<boolean | undefined>,
  setStartsAtLogin: (on) => ipcRenderer.invoke(IPC.login, on) as Promise<boolean | undefined>,
};

contextBridge.exposeInMainWorld(SHELL_KEY, shell);

ipcRenderer.on(IPC.lost, () => window.postMessage(LOST_MESSAGE, '/'));
// Ports can not go over the bridge; a message from the page to itself carries them.
ipcRenderer.on(IPC.port, ({ ports }) => window.postMessage(PORT_MESSAGE, '/', [...ports]));
