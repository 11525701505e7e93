import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { reportCrash } from '../src/engine/crash-report.ts';
import { createFileLog } from '../src/engine/file-log.ts';
import { asSyncError } from '../src/core/errors.ts';
import { integrationFor } from '../src/desktop/index.ts';
import { defaultHome } from '../src/engine/home.ts';
import { builtWindow } from '../src/server/assets.ts';

import { appSurroundings, ExplorerVerb, integrate } from './file-managers.ts';
import { argumentsOf } from './intent.ts';
import { live } from './lifecycle.ts';
import { registerScheme } from './page.ts';
import { secureAllContents } from './security.ts';
import { ShellApp } from './shell-app.ts';
import { supportsTray } from './tray-support.ts';
import { canUpdate } from './update-check.ts';

/** The start of the desktop app: one app a person and data directory, whatever starts it again. */
const home = defaultHome(process.env, process.platform);
const userData = join(home, 'shell');
// Beside the data that it shows, so that another RUSTFS_SYNC_HOME is another app.
app.setPath('userData', userData);
app.setAppUserModelId('com.rustfs.sync');
registerScheme();
secureAllContents();

app.on('render-process-gone', (_event, _contents, { reason }) => {
  if (reason !== 'clean-exit') reportCrash(home, 'window', reason, new Error('The page of the window is gone.'));
});

const log = createFileLog(join(home, 'shell.log'), process.env['RUSTFS_SYNC_DEBUG'] === '1');
const surroundings = appSurroundings(home);
// Its menu can not say which RUSTFS_SYNC_HOME is meant.
const hasExplorer = process.platform === 'win32' && app.isPackaged && (process.env['RUSTFS_SYNC_HOME'] ?? '') === '';
const explorer = hasExplorer
  ? new ExplorerVerb((roots) => integrationFor('windows', surroundings, roots), log)
  : undefined;
const parts = {
  userData,
  page: builtWindow(),
  preload: fileURLToPath(new URL('./preload.cjs', import.meta.url)),
  engineProcess: fileURLToPath(new URL('./engine-process.js', import.meta.url)),
  supportsTray: () => supportsTray(),
  // Not before it is needed: it is large.
  ...(canUpdate(process.resourcesPath) && { updater: async () => (await import('electron-updater')).autoUpdater }),
  onRoots: (roots: readonly string[]) => explorer?.show(roots),
};
const args = argumentsOf(process.argv, app.isPackaged);
if (args[0] === 'integrate') {
  integrate(args[1], surroundings, (line) => process.stdout.write(`${line}\n`)).then(
    () => app.exit(0),
    (error: unknown) => {
      const { message, advice } = asSyncError(error);
      process.stderr.write(`error: ${message}\n  ${advice}\n`);
      app.exit(1);
    },
  );
} else live({ args, directory: process.cwd() }, () => ShellApp.start(parts, log), log);
