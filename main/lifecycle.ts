import { app, dialog, powerMonitor } from 'electron';
import { errorText, languageOf } from '../src/api/index.ts';
import type { Log } from '../src/core/environment.ts';
import { asSyncError } from '../src/core/errors.ts';
import { handedOver, intentOf, LINK_SCHEME, linkIntent, type Intent } from './intent.ts';
import { wasOpenedAtLogin } from './login-item.ts';
import type { ShellApp } from './shell-app.ts';

/** What a start of the program was given. */
export interface Start {
  readonly args: string[];
  readonly directory: string;
}

/**
 * Lives through the events of the app, from its start to its end. A second start hands its arguments to the first and ends.
 *
 * @param startShell called once Electron is ready.
 */
export function live(start: Start, startShell: () => Promise<Pick<ShellApp, 'follow' | 'quit'>>, log: Log): void {
  if (!app.requestSingleInstanceLock(start)) {
    app.exit(0);
    return;
  }
  // Unpacked, it would be Electron itself that links are given to.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
  const started = app.whenReady().then(startShell);
  const follow = (intent: Intent) => {
    void started.then(
      (shell) => shell.follow(intent),
      () => undefined,
    );
  };

  app.on('second-instance', (_event, _argv, _directory, data: unknown) => {
    const other = handedOver.safeParse(data);
    follow(other.success ? intentOf(other.data.args, other.data.directory) : { type: 'open' });
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    follow(linkIntent(url));
  });
  app.on('activate', () => follow({ type: 'open' }));
  // Without this Electron would end the app; it lives on in the tray, which ends it.
  app.on('window-all-closed', () => undefined);
  const leave = endInOrder(started, log);

  started.then(
    (shell) => {
      powerMonitor.on('shutdown', onShutdown);
      shell.follow(wasOpenedAtLogin() ? { type: 'stay-hidden' } : intentOf(start.args, start.directory));
    },
    (error: unknown) => {
      const told = asSyncError(error);
      log.error('The app could not start', { error: told.message });
      // What was chosen in the window is in the state, which may be what fails.
      const language = languageOf('system', app.getPreferredSystemLanguages());
      const { message, advice, detail } = errorText({ ...told.toData(), detail: '' }, language);
      dialog.showErrorBox(message, [advice, detail].filter((text) => text !== '').join('\n\n'));
      leave();
    },
  );
}

/** Lets the engine finish before the app ends. @returns ends the app without asking the shell. */
function endInOrder(started: Promise<Pick<ShellApp, 'quit'>>, log: Log): () => void {
  let mayGo = false;
  const leave = () => {
    mayGo = true;
    app.quit();
  };
  app.on('before-quit', (event) => {
    if (mayGo) return;
    event.preventDefault();
    started
      .then((shell) => shell.quit())
      .catch((error: unknown) => log.error('The app did not end in order', { error: asSyncError(error).message }))
      .finally(leave);
  });
  return leave;
}

/** Makes the computer wait until the app has ended in order. Electron's types do not tell that there is an event. */
function onShutdown(...[event]: readonly { preventDefault(): void }[]): void {
  event?.preventDefault();
  app.quit();
}
