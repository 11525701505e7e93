import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program that opens pages and fails does so at once; one that still runs then may be the browser itself. */
const FAILS_WITHIN_MS = 2_000;
/** A page of that age was left by a process that was killed. */
const LEFT_AFTER_MS = 3_600_000;
const NAME = /^rustfs-sync-open-[0-9a-f]{16}~$/;

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
  const directory = await makeDirectory(platform === 'linux' ? env['HOME'] : undefined);
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

/**
 * A directory into which nobody else can look. A browser that is a snap has a /tmp of its own and sees nothing hidden, so it is
 * made in the person's home where there is one; its name ends in a way that no synced folder takes up.
 */
async function makeDirectory(home: string | undefined): Promise<string> {
  const name = `rustfs-sync-open-${randomBytes(8).toString('hex')}~`;
  const make = async (place: string) => {
    await mkdir(join(place, name), { mode: 0o700 });
    return join(place, name);
  };
  if (home === undefined || home === '') return make(tmpdir());
  await removeLeft(home);
  // A service's home may be read-only.
  return make(home).catch(() => make(tmpdir()));
}

async function removeLeft(place: string): Promise<void> {
  const names = await readdir(place).catch(() => []);
  for (const name of names.filter((each) => NAME.test(each))) {
    const path = join(place, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs > LEFT_AFTER_MS) await rm(path, { recursive: true, force: true });
    } catch {
      // Another process removed it; or it can not be removed, and what is asked for does not need it to be.
    }
  }
}

/** @returns whether there is such a program, and it did not say that it failed. */
function start([command, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(true), FAILS_WITHIN_MS);
    const end = (hasOpened: boolean) => {
      clearTimeout(late);
      resolve(hasOpened);
    };
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
    child.unref();
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
