import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chooseFace } from '../../../src/cli/choose-face.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Electron's executable, where a runtime was unpacked; undefined elsewhere. Looked for where `npm start` looks. */
export function findElectron(): string | undefined {
  // A screen is made, and the account is no matter to a test.
  const env = { ...process.env, DISPLAY: process.env['DISPLAY'] ?? ':0' };
  const face = chooseFace({ env, platform: process.platform, userId: undefined, root: ROOT });
  return face.kind === 'desktop' ? face.program : undefined;
}

/** A screen for programs that need one: the one that is there, or Xvfb's. */
export interface Screen {
  readonly display: string | undefined;
  close(): void;
}

/** @returns undefined where there is no screen and no Xvfb to make one. */
export async function openScreen(): Promise<Screen | undefined> {
  const { DISPLAY: display, WAYLAND_DISPLAY: wayland } = process.env;
  if (process.platform !== 'linux' || display !== undefined || wayland !== undefined)
    return { display, close: () => undefined };
  const program = ['/usr/bin/Xvfb', '/usr/local/bin/Xvfb'].find((path) => existsSync(path));
  if (program === undefined) return undefined;
  // It chooses a free number and writes it to the descriptor.
  const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'];
  const xvfb = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = await new Promise<string>((resolve, reject) => {
    xvfb.once('error', reject);
    xvfb.once('exit', () => reject(new Error('Xvfb ended at once.')));
    xvfb.stdio[3]?.once('data', (text: Buffer) => resolve(text.toString('utf8').trim()));
  });
  return { display: `:${number}`, close: () => void xvfb.kill() };
}
