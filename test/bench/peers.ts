import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheBin, executableName, installedPeer, onPath, type PeerName } from '../support/peers.ts';

const run = promisify(execFile);

export interface Peer {
  readonly name: PeerName;
  readonly path: string;
  readonly version: string;
}

/** The programs to compare with, and why one is missing. */
export interface Peers {
  readonly found: ReadonlyMap<PeerName, Peer>;
  readonly missing: ReadonlyMap<PeerName, string>;
}

interface Source {
  readonly module: string;
  readonly package: string;
  /** Built when the newest can not be had: a module proxy may serve this one and not tell which is the newest. */
  readonly fallbackVersion?: string;
}

const SOURCES: Readonly<Record<PeerName, Source>> = {
  rclone: { module: 'github.com/rclone/rclone', package: 'github.com/rclone/rclone' },
  s5cmd: { module: 'github.com/peak/s5cmd/v2', package: 'github.com/peak/s5cmd/v2', fallbackVersion: 'v2.3.0' },
  mc: { module: 'github.com/minio/mc', package: 'github.com/minio/mc' },
};

/** Looks on the PATH and in the cache, and builds what is not there when Go is. */
export async function findPeers(log: (line: string) => void): Promise<Peers> {
  const found = new Map<PeerName, Peer>();
  const missing = new Map<PeerName, string>();
  for (const name of ['rclone', 's5cmd', 'mc'] as const) {
    try {
      const path = (await installedPeer(name)) ?? (await build(name, log));
      found.set(name, { name, path, version: await versionOf(name, path) });
    } catch (error) {
      const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      missing.set(name, reason);
      log(`${name} is missing: ${reason}`);
    }
  }
  return { found, missing };
}

/** @throws Error when there is no Go, or the build fails. */
async function build(name: PeerName, log: (line: string) => void): Promise<string> {
  const go = await onPath('go');
  if (go === undefined) throw new Error('not on the PATH, and there is no Go to build it with');
  const { package: packageName, fallbackVersion } = SOURCES[name];
  log(`Building ${name} (${packageName}); this takes minutes, once.`);
  await mkdir(cacheBin(), { recursive: true });
  try {
    await run(go, ['install', `${packageName}@latest`], { env: { ...process.env, GOBIN: cacheBin() } });
  } catch (error) {
    if (fallbackVersion === undefined) throw error;
    log(`The newest ${name} can not be had; building ${fallbackVersion}.`);
    await buildVersion(go, name, fallbackVersion);
  }
  return join(cacheBin(), executableName(name));
}

/** In a module of its own, where Go does not ask which versions there are. */
async function buildVersion(go: string, name: PeerName, version: string): Promise<void> {
  const { module, package: packageName } = SOURCES[name];
  const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-peer-'));
  try {
    await writeFile(join(directory, 'go.mod'), `module peer\n\ngo 1.21\n\nrequire ${module} ${version}\n`);
    const output = join(cacheBin(), executableName(name));
    await run(go, ['build', '-mod=mod', '-o', output, packageName], { cwd: directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What the program says of itself, or else what Go wrote into it: a build from source often names no release. */
async function versionOf(name: PeerName, path: string): Promise<string> {
  const { stdout } = await run(path, [name === 'mc' ? '--version' : 'version']);
  const said = /\bv?\d+\.\d+\.\d+\S*|RELEASE\.\S+/.exec(stdout.split('\n')[0] ?? '')?.[0];
  if (said !== undefined && !/^v0\.0\.0|DEV/.test(said)) return said;
  const go = await onPath('go');
  if (go === undefined) return said ?? 'of unknown version';
  const buildInfo = await run(go, ['version', '-m', path]);
  return /^\s*mod\s+\S+\s+(\S+)/m.exec(buildInfo.stdout)?.[1] ?? said ?? 'of unknown version';
}
