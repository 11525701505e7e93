import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^rustfs-sync-trial-\w{6}$/;
/** Says which process a directory is for, and on which computer: containers share directories, but not process numbers. */
const OWNER_FILE = 'process';

/** A new directory for the trial of this process, which removes it again; see {@link removeDeadTrials}. */
export async function makeTrialDirectory(place = tmpdir()): Promise<string> {
  const directory = await mkdtemp(join(place, 'rustfs-sync-trial-'));
  await writeFile(join(directory, OWNER_FILE), `${process.pid} ${hostname()}\n`);
  return directory;
}

/** Removes what trials left behind whose process was killed. What is not known for sure to be that stays. */
export async function removeDeadTrials(place = tmpdir()): Promise<void> {
  const names = await readdir(place).catch(() => []);
  for (const name of names.filter((each) => NAME.test(each))) {
    const directory = join(place, name);
    try {
      if (await isDead(directory)) await removeTrialDirectory(directory);
    } catch {
      // It is no longer there, is somebody else's or can not be removed: the trial that begins does without.
    }
  }
}

export async function removeTrialDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

async function isDead(directory: string): Promise<boolean> {
  const found = await lstat(directory);
  if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== process.getuid())) return false;
  const [pid, host] = (await readFile(join(directory, OWNER_FILE), 'utf8')).trim().split(' ');
  return host === hostname() && /^\d+$/.test(pid ?? '') && !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Of another person, say.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
