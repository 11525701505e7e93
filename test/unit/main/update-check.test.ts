import { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { canUpdate, lookForUpdates, type Updater } from '../../../main/update-check.ts';
import { app } from '../../support/electron/index.ts';
import { CollectedLog } from '../../support/test-environment.ts';

const DAY_MS = 24 * 3_600_000;

describe('updates are looked for', () => {
  let resources: string;

  beforeEach(async () => {
    resources = await mkdtemp(join(tmpdir(), 'rustfs-sync-resources-'));
    onTestFinished(async () => {
      app.isPackaged = false;
      await rm(resources, { recursive: true });
    });
    app.isPackaged = true;
  });

  test('only where the packages name a place for them', async () => {
    expect(canUpdate(resources, 'win32', {})).toBe(false);
    await writeFile(join(resources, 'app-update.yml'), 'provider: generic\nurl: https://updates.example\n');
    expect(canUpdate(resources, 'win32', {})).toBe(true);
    app.isPackaged = false;
    expect(canUpdate(resources, 'win32', {})).toBe(false);
  });

  test('on Linux only by an AppImage, which replaces itself', async () => {
    await writeFile(join(resources, 'app-update.yml'), 'provider: generic\nurl: https://updates.example\n');
    expect(canUpdate(resources, 'linux', {})).toBe(false);
    const env = { APPIMAGE: '/home/me/RustFS Sync.AppImage', APPDIR: '/tmp/.mount_RustFS1' };
    expect(canUpdate(resources, 'linux', env, '/tmp/.mount_RustFS1/rustfs-sync-app')).toBe(true);
    expect(canUpdate(resources, 'linux', { APPIMAGE: env.APPIMAGE }, '/opt/RustFS Sync/rustfs-sync-app')).toBe(false);
    // Started by another program that is one, a browser say.
    expect(canUpdate(resources, 'linux', env, '/opt/RustFS Sync/rustfs-sync-app')).toBe(false);
  });
});

/** An updater that finds what the test says. */
class StandInUpdater extends EventEmitter implements Updater {
  autoDownload = false;
  autoInstallOnAppQuit = false;
  allowDowngrade = true;
  logger: Updater['logger'] = console;
  readonly checkForUpdates = vi.fn(async () => null);
}

describe('looking for updates', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function begin() {
    const updater = new StandInUpdater();
    const ready: string[] = [];
    const log = new CollectedLog();
    const end = new AbortController();
    const ended = lookForUpdates(updater, (version) => void ready.push(version), log, end.signal);
    return { updater, ready, log, end, ended };
  }

  test('begins after a while, goes on daily, and ends with the app', async () => {
    const { updater, end, ended } = begin();
    expect(updater).toMatchObject({ autoDownload: true, autoInstallOnAppQuit: true, allowDowngrade: false });
    expect(updater.checkForUpdates).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(DAY_MS / 2);
    expect(updater.checkForUpdates).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(DAY_MS);
    expect(updater.checkForUpdates).toHaveBeenCalledTimes(2);
    end.abort();
    await ended;
    await vi.advanceTimersByTimeAsync(2 * DAY_MS);
    expect(updater.checkForUpdates).toHaveBeenCalledTimes(2);
  });

  test('goes on the next day when there was no network', async () => {
    const { updater, log, end, ended } = begin();
    updater.checkForUpdates.mockRejectedValueOnce(new Error('net::ERR_INTERNET_DISCONNECTED'));
    await vi.advanceTimersByTimeAsync(DAY_MS / 2);
    expect(JSON.stringify(log.lines)).toContain('ERR_INTERNET_DISCONNECTED');
    await vi.advanceTimersByTimeAsync(DAY_MS);
    expect(updater.checkForUpdates).toHaveBeenCalledTimes(2);
    end.abort();
    await ended;
  });

  test('tells of each version once', async () => {
    const { updater, ready, end, ended } = begin();
    for (const version of ['1.1.0', '1.1.0', '1.2.0']) updater.emit('update-downloaded', { version });
    expect(ready).toEqual(['1.1.0', '1.2.0']);
    end.abort();
    await ended;
  });
});
