import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import type { AppUpdater } from 'electron-updater';
import type { Log } from '../src/core/environment.ts';
import { ownAppImage } from './app-image.ts';
import { pause } from './pause.ts';

/** The start of the app has other things to do. */
const FIRST_LOOK_MS = 60_000;
const LOOK_EVERY_MS = 24 * 3_600_000;

/** The part of electron-updater that is used. */
export type Updater = Pick<
  AppUpdater,
  'autoDownload' | 'autoInstallOnAppQuit' | 'allowDowngrade' | 'logger' | 'checkForUpdates'
> & {
  on(event: 'update-downloaded', listener: (info: { readonly version: string }) => void): unknown;
  /** An AppImage whose name has the version in it gets another name, while the app ends. */
  on(event: 'appimage-filename-updated', listener: (path: string) => void): unknown;
};

/**
 * Whether updates are looked for. They are where the packages were built with a place for them (`publish` in
 * electron-builder.yml, of which the file in the resources is made), and nowhere else. What a package manager of Linux
 * installed, it also updates.
 */
export function canUpdate(
  resources: string,
  platform = process.platform,
  env = process.env,
  program = process.execPath,
): boolean {
  const replacesItself = platform !== 'linux' || ownAppImage(env, program) !== undefined;
  return app.isPackaged && replacesItself && existsSync(join(resources, 'app-update.yml'));
}

/**
 * Looks for updates a while after the start, and daily. One that is there is fetched in peace and installed when the app
 * ends; nothing is asked and nothing interrupted.
 *
 * @param ready called with the version that is installed at the end.
 */
export async function lookForUpdates(
  updater: Updater,
  ready: (version: string) => void,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  updater.autoDownload = true;
  updater.autoInstallOnAppQuit = true;
  updater.allowDowngrade = false;
  // It tells of each request; what goes wrong comes back from the call.
  updater.logger = null;
  let told = '';
  updater.on('update-downloaded', ({ version }) => {
    if (version !== told) ready(version);
    told = version;
  });
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = LOOK_EVERY_MS) {
    await pause(waitMs, signal);
    if (signal.aborted) return;
    try {
      const found = await updater.checkForUpdates();
      await found?.downloadPromise;
    } catch (error) {
      // Without a network, say. Tomorrow is another day.
      log.warn('Updates could not be looked for', { error: String(error) });
    }
  }
}
