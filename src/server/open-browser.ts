import { spawn } from 'node:child_process';

/**
 * Opens an address in the person's browser.
 *
 * @returns false where there is no screen, or no program that could.
 */
export async function openInBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  const hasScreen =
    platform === 'darwin' || platform === 'win32' || (env['DISPLAY'] ?? env['WAYLAND_DISPLAY']) !== undefined;
  if (!hasScreen) return false;
  const [command, ...args] = opener(platform);
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

function opener(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
}
