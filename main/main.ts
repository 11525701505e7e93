import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog, powerMonitor } from 'electron';
import { asSyncError } from '../src/core/errors.ts';
import { createFileLog } from '../src/engine/file-log.ts';
import { defaultHome } from '../src/engine/home.ts';
import { builtWindow } from '../src/server/assets.ts';
import { handedOver, intentOf, LINK_SCHEME, linkIntent, type Intent } from './intent.ts';
import { registerScheme } from './page.ts';
import { secureAllContents } from './security.ts';
import { ShellApp } from './shell-app.ts';

/** The start of the desktop app: one app a person and data directory, whatever starts it again. */
const home = defaultHome(process.env, process.platform);
const userData = join(home, 'shell');
// Beside the data that it shows, so that another RUSTFS_SYNC_HOME is another app.
app.setPath('userData', userData);
app.setAppUserModelId('com.rustfs.sync');

const ours = { args: process.argv.slice(app.isPackaged ? 1 : 2), directory: process.cwd() };
if (app.requestSingleInstanceLock(ours)) run();
else app.exit(0);

/** Ends the app in order; Electron's types do not tell that the listener gets an event. */
function onShutdown(...[event]: readonly { preventDefault(): void }[]): void {
  event?.preventDefault();
  app.quit();
}

function run(): void {
  registerScheme();
  secureAllContents();
  app.setAsDefaultProtocolClient(LINK_SCHEME);
  const log = createFileLog(join(home, 'shell.log'), process.env['RUSTFS_SYNC_DEBUG'] === '1');
  const started = app.whenReady().then(() =>
    ShellApp.start(
      {
        userData,
        page: builtWindow(),
        preload: fileURLToPath(new URL('./preload.cjs', import.meta.url)),
        engineProcess: fileURLToPath(new URL('./engine-process.js', import.meta.url)),
      },
      log,
    ),
  );
  const follow = (intent: Intent) =>
    void started.then(
      (shellApp) => shellApp.follow(intent),
      () => undefined,
    );

  app.on('second-instance', (_event, _argv, _directory, data: unknown) => {
    const other = handedOver.safeParse(data);
    follow(other.success ? intentOf(other.data.args, other.data.directory) : { type: 'open' });
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    follow(linkIntent(url));
  });
  app.on('activate', () => follow({ type: 'open' }));
  // The app lives on in the tray; the tray ends it.
  app.on('window-all-closed', () => undefined);

  let mayGo = false;
  app.on('before-quit', (event) => {
    if (mayGo) return;
    event.preventDefault();
    void started
      .then((shellApp) => shellApp.quit())
      .catch((error: unknown) => log.error('The app did not end in order', { error: asSyncError(error).message }))
      .finally(() => {
        mayGo = true;
        app.quit();
      });
  });

  started.then(
    (shellApp) => {
      // The computer goes down: it waits while the engine finishes.
      powerMonitor.on('shutdown', onShutdown);
      shellApp.follow(intentOf(ours.args, ours.directory));
    },
    (error: unknown) => {
      const { message, advice } = asSyncError(error);
      dialog.showErrorBox(message, advice);
      mayGo = true;
      app.quit();
    },
  );
}
