import { join } from 'node:path';
import { createFileLog, defaultHome, giveWay, openHost, reportCrashes } from '../src/engine/index.ts';
import { startEngineServer } from './engine-server.ts';

/**
 * The process of the engine: a crash in it takes no window along, and a busy window does not slow it. An engine that
 * already runs on the same data (a terminal's, a service's) is used, and no second one started.
 *
 * Secret keys lie where the command line keeps them, in the system's keychain through @napi-rs/keyring, and not in
 * Electron's safeStorage: so that an account that was added in either works in both.
 */
const home = defaultHome(process.env, process.platform);
const log = createFileLog(join(home, 'engine.log'), process.env['RUSTFS_SYNC_DEBUG'] === '1');
// The main process starts another one, and the window tells of it.
reportCrashes(home, 'engine', (error, report) => {
  log.error('The engine met a defect and ends', { error: error.stack, report });
  process.exit(1);
});
const host = openHost(home, {
  warn: ({ setAside, restored }) =>
    log.warn('The state was lost; equal files are recognised and nothing is deleted', { setAside, restored }),
  waiting: (processId) => log.info('Another command is at work and is waited for', { processId }),
});
giveWay();
startEngineServer(process.parentPort, host, log, () => process.exit(0));
