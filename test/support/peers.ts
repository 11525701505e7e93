import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { S3Access } from './s3-client.ts';

/** Programs of others that do the same work. */
export type PeerName = 'rclone' | 's5cmd' | 'mc';

/** Where a peer lies, on the PATH or in the cache, or undefined. */
export async function installedPeer(name: PeerName): Promise<string | undefined> {
  return (await onPath(name)) ?? (await executable(join(cacheBin(), executableName(name))));
}

/** What tells a peer where the server is, without a configuration of its own or the user's. */
export function peerEnvironment({ endpoint, accessKey, secretKey }: S3Access, scratch: string): Record<string, string> {
  const url = new URL(endpoint);
  return {
    RCLONE_CONFIG: join(scratch, 'rclone.conf'),
    RCLONE_CONFIG_BENCH_TYPE: 's3',
    RCLONE_CONFIG_BENCH_PROVIDER: 'Minio',
    RCLONE_CONFIG_BENCH_ENDPOINT: endpoint,
    RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: accessKey,
    RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: secretKey,
    S3_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    AWS_REGION: 'us-east-1',
    AWS_SHARED_CREDENTIALS_FILE: join(scratch, 'no-credentials'),
    AWS_CONFIG_FILE: join(scratch, 'no-config'),
    MC_CONFIG_DIR: join(scratch, 'mc'),
    MC_HOST_bench: `${url.protocol}//${encodeURIComponent(accessKey)}:${encodeURIComponent(secretKey)}@${url.host}`,
  };
}

/** A program on the PATH, as an absolute path, or undefined. */
export async function onPath(name: string): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = directory === '' ? undefined : await executable(join(directory, executableName(name)));
    if (path !== undefined) return path;
  }
  return undefined;
}

async function executable(path: string): Promise<string | undefined> {
  return access(path, constants.X_OK).then(
    () => path,
    () => undefined,
  );
}

export function executableName(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** Where programs lie that were built for tests and benchmarks. */
export function cacheBin(): string {
  const chosen = process.env['XDG_CACHE_HOME'] ?? '';
  return join(chosen === '' ? join(homedir(), '.cache') : chosen, 'rustfs-sync', 'bin');
}
