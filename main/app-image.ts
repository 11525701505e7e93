import { existsSync, realpathSync } from 'node:fs';

/**
 * The AppImage that this program runs from, or undefined. What is set for one is inherited by all that it starts: where a
 * browser is one, it is there for the app that a link in it opened.
 */
export function ownAppImage(env = process.env, program = process.execPath): string | undefined {
  const { APPIMAGE: file = '', APPDIR: mounted = '' } = env;
  // The path of a running program has no links in it.
  const directory = existsSync(mounted) ? realpathSync(mounted) : mounted;
  return file !== '' && mounted !== '' && program.startsWith(`${directory}/`) ? file : undefined;
}
