import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** How the window is shown, and in a line why. */
export type Face =
  | { readonly kind: 'desktop'; readonly program: string; readonly why: string }
  | { readonly kind: 'browser'; readonly why: string };

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Undefined on Windows. */
  readonly userId: number | undefined;
  /** The root of the program, with its `node_modules`. */
  readonly root: string;
}

/** Where the executable is in an unpacked runtime of Electron. */
const EXECUTABLES: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};

/** The desktop app where there are a runtime of Electron and a screen, the browser everywhere else. Downloads nothing. */
export function chooseFace({ env, platform, userId, root }: Surroundings): Face {
  const browser = (why: string): Face => ({ kind: 'browser', why: `RustFS Sync opens in the browser: ${why}.` });
  if (platform === 'linux' && (env['DISPLAY'] ?? '') === '' && (env['WAYLAND_DISPLAY'] ?? '') === '')
    return browser('there is no screen here');
  const given = env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  const runtime = given === '' ? join(root, 'node_modules', 'electron', 'dist') : given;
  const program = join(runtime, EXECUTABLES[platform] ?? 'electron');
  if (!existsSync(program))
    return browser(`there is no Electron runtime in ${runtime} (npx install-electron gets one)`);
  // Chromium's sandbox does not work for root, and without it the app does not start.
  if (platform === 'linux' && userId === 0) return browser('Electron does not run as root');
  return { kind: 'desktop', program, why: `RustFS Sync opens as a desktop app, with ${program}.` };
}
