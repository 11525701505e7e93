import { execFile } from 'node:child_process';

/** A session bus that does not answer by then has nobody who shows icons. */
const ANSWER_MS = 2_000;

/**
 * Whether this desktop shows tray icons. On Linux that is a service of the session, which GNOME for one lacks; asked each
 * time, since it comes and goes.
 *
 * @param run for tests: the output of a program, or undefined when it failed.
 */
export async function supportsTray(
  platform: NodeJS.Platform = process.platform,
  run: (program: string, args: readonly string[]) => Promise<string | undefined> = output,
): Promise<boolean> {
  if (platform !== 'linux') return true;
  const bus = 'org.freedesktop.DBus';
  const answer = await run('gdbus', [
    ...['call', '--session', '--dest', bus, '--object-path', '/org/freedesktop/DBus'],
    ...['--method', `${bus}.NameHasOwner`, 'org.kde.StatusNotifierWatcher'],
  ]);
  return answer?.includes('true') === true;
}

function output(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: ANSWER_MS }, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    );
  });
}
