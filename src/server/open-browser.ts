import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Opens an address in the person's browser. The address holds a secret, and what a program is started with can be read by
 * everybody on the computer; so the browser is given a page that this person alone can read, which leads on to it.
 *
 * @returns removes that page, once the browser has read it; undefined where there is no screen, or no program that opens pages.
 */
export async function openInBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Promise<(() => Promise<void>) | undefined> {
  const hasScreen =
    platform === 'darwin' || platform === 'win32' || (env['DISPLAY'] ?? env['WAYLAND_DISPLAY']) !== undefined;
  if (!hasScreen) return undefined;
  // Nobody else can look into a directory of mkdtemp.
  const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-open-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const path = join(directory, 'open.html');
    await writeFile(path, pageThatLeadsTo(url), { mode: 0o600, flag: 'wx' });
    if (await start([...opener(platform), path])) return remove;
  } catch (error) {
    await remove();
    throw error;
  }
  await remove();
  return undefined;
}

/** @returns whether there is such a program. */
function start([command, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
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

/** Needs no script. The address is one of ours, and has nothing in it that HTML would take for its own. */
function pageThatLeadsTo(url: string): string {
  return [
    '<!doctype html>',
    '<meta charset="utf-8">',
    '<meta name="referrer" content="no-referrer">',
    `<meta http-equiv="refresh" content="0; url=${url}">`,
    '<title>RustFS Sync</title>',
    `<p><a href="${url}">RustFS Sync</a></p>`,
    '',
  ].join('\n');
}
