import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Whether a keychain of a test's own can be had here: GNOME's, on a message bus of its own. */
export const KEYCHAIN_IS_HERE = ['dbus-daemon', 'gnome-keyring-daemon'].every(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0,
);

/**
 * Starts an empty, unlocked Secret Service that ends with the test.
 *
 * @returns the environment in which programs find it.
 */
export async function startKeychain(): Promise<Record<string, string>> {
  const home = await mkdtemp(join(tmpdir(), 'rustfs-sync-keychain-'));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: join(home, 'data') };

  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    const ended = once(bus, 'exit');
    if (bus.kill('SIGKILL')) await ended;
  });
  const [address] = (await once(createInterface(bus.stdout), 'line')) as [string];

  const found = { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: home };
  // It goes into the background once it is up, and ends with the bus.
  const keyring = spawn('gnome-keyring-daemon', ['--unlock', '--components=secrets'], {
    env: { ...env, ...found },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keyring.stdin.end('password of the test keychain');
  const [code] = (await once(keyring, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`gnome-keyring-daemon ended with ${code}.`);
  return found;
}
