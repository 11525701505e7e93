import { execFile, spawn } from 'node:child_process';
import { access, constants, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { startRealServer } from './real-server-process.ts';
import type { FoundServer } from './real-server-process.ts';

export { startRealServer };
export type { FoundServer, RealServer, StartOptions } from './real-server-process.ts';

/** What to tell a person whose machine has no real S3 server. */
export const howToGetAServer =
  'set S3_TEST_ENDPOINT, S3_TEST_ACCESS_KEY and S3_TEST_SECRET_KEY, or put rustfs or minio on the PATH, ' +
  'or install Go (MinIO is then built once)';

const minioPackage = 'github.com/minio/minio@latest';
const run = promisify(execFile);

/**
 * Looks for a real S3 server, in this order: S3_TEST_ENDPOINT, `rustfs` on the PATH, `minio` on the PATH or in the
 * cache, and, with `build` and Go on the PATH, MinIO built from source (minutes; announced through `log`).
 * @returns undefined when none can be had, a failed build included (its reason goes to `log`).
 * @throws Error when S3_TEST_ENDPOINT is set without its keys.
 */
export async function findRealServer({
  build = false,
  log = () => {},
}: {
  build?: boolean;
  log?: (line: string) => void;
} = {}): Promise<FoundServer | undefined> {
  const running = serverFromEnvironment();
  if (running !== undefined) return running;
  const rustfs = await onPath('rustfs');
  if (rustfs !== undefined) return { kind: 'rustfs', path: rustfs, version: await versionOf(rustfs) };
  const minio = (await onPath('minio')) ?? (await executableAt(cachedMinio()));
  if (minio !== undefined) return { kind: 'minio', path: minio, version: await versionOf(minio) };
  const go = build ? await onPath('go') : undefined;
  if (go === undefined) return undefined;
  try {
    await buildMinio(go, log);
  } catch (cause) {
    // Without a network, say; the tests that need no real server are still worth running.
    log(cause instanceof Error ? cause.message : String(cause));
    return undefined;
  }
  return { kind: 'minio', path: cachedMinio(), version: await versionOf(cachedMinio()) };
}

function serverFromEnvironment(): FoundServer | undefined {
  const endpoint = process.env['S3_TEST_ENDPOINT'];
  if (endpoint === undefined || endpoint === '') return undefined;
  const accessKey = process.env['S3_TEST_ACCESS_KEY'];
  const secretKey = process.env['S3_TEST_SECRET_KEY'];
  if (accessKey === undefined || secretKey === undefined) {
    throw new Error('S3_TEST_ENDPOINT is set, but S3_TEST_ACCESS_KEY or S3_TEST_SECRET_KEY is missing.');
  }
  return { kind: 'running', endpoint, accessKey, secretKey };
}

function executableName(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

function cacheBinDir(): string {
  const cacheHome = process.env['XDG_CACHE_HOME'];
  const base = cacheHome === undefined || cacheHome === '' ? join(homedir(), '.cache') : cacheHome;
  return join(base, 'rustfs-sync', 'bin');
}

function cachedMinio(): string {
  return join(cacheBinDir(), executableName('minio'));
}

async function executableAt(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}

async function onPath(name: string): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    if (directory === '') continue;
    const path = await executableAt(join(directory, executableName(name)));
    if (path !== undefined) return path;
  }
  return undefined;
}

async function versionOf(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version']);
  const firstLine = stdout.split('\n')[0] ?? '';
  const version = /version:?\s+(\S+)/i.exec(firstLine)?.[1] ?? firstLine.trim();
  if (!version.startsWith('DEVELOPMENT')) return version;
  // A binary made by `go install` names no release, but Go recorded the module's version in it.
  const go = await onPath('go');
  if (go === undefined) return version;
  const { stdout: buildInfo } = await run(go, ['version', '-m', path]);
  return /^\s*mod\s+\S+\s+(\S+)/m.exec(buildInfo)?.[1] ?? version;
}

async function buildMinio(go: string, log: (line: string) => void): Promise<void> {
  log(`Building MinIO for the tests (go install ${minioPackage}); this takes minutes, once.`);
  await mkdir(cacheBinDir(), { recursive: true });
  await new Promise<void>((resolve, reject) => {
    const child = spawn(go, ['install', minioPackage], {
      env: { ...process.env, GOBIN: cacheBinDir() },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`go install ${minioPackage} ended with exit code ${String(code)}.`));
    });
  });
}
