import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeLoopbackPort, pollUntil, probeUrl } from './loopback.ts';

/** A server program on this machine, or one that somebody else runs. */
export type FoundServer =
  | { readonly kind: 'minio' | 'rustfs'; readonly path: string; readonly version: string }
  | { readonly kind: 'running'; readonly endpoint: string; readonly accessKey: string; readonly secretKey: string };

export interface StartOptions {
  /** PEM files; the endpoint is https then. */
  readonly tls?: { readonly certPath: string; readonly keyPath: string };
  readonly port?: number;
  /** Kept on `stop()` when given; otherwise a temporary directory is made and removed. */
  readonly dataDir?: string;
}

export interface RealServer {
  readonly name: string;
  readonly version: string;
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Undefined, like `pid`, for a server that was running already. */
  readonly dataDir: string | undefined;
  readonly pid: number | undefined;
  /** Ends the process and removes the temporary directories. May be called twice. */
  stop(): Promise<void>;
  /** SIGKILL; data stay. Follow with `restart()` or `stop()`. */
  kill9(): Promise<void>;
  /** Starts again on the same port and data (ending the old process first, if it still runs). */
  restart(): Promise<void>;
}

const accessKey = 'sync-test-access';
const secretKey = 'sync-test-secret-key';
const startAttempts = 3;

/** Starts the server that was found and waits until it is healthy; uses a running one as it is. */
export async function startRealServer(found: FoundServer, options: StartOptions = {}): Promise<RealServer> {
  if (found.kind === 'running') return adoptRunningServer(found);
  const scratch = await mkdtemp(join(tmpdir(), 'rustfs-sync-server-'));
  const dataDir = options.dataDir ?? join(scratch, 'data');
  try {
    await mkdir(dataDir, { recursive: true });
    const certsDir = await layOutCertificates(scratch, found.kind, options.tls);
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port ?? (await freeLoopbackPort());
      const launch = { found, dataDir, certsDir, port, tls: options.tls !== undefined };
      try {
        const child = await launchAndWait(launch);
        return ownedServer(launch, child, scratch);
      } catch (cause) {
        // Another process may have taken the free port in between.
        if (attempt === startAttempts || options.port !== undefined) throw cause;
      }
    }
  } catch (cause) {
    await rm(scratch, { recursive: true, force: true });
    throw cause;
  }
}

interface Launch {
  readonly found: Exclude<FoundServer, { kind: 'running' }>;
  readonly dataDir: string;
  readonly certsDir: string;
  readonly port: number;
  readonly tls: boolean;
}

async function adoptRunningServer(found: Extract<FoundServer, { kind: 'running' }>): Promise<RealServer> {
  const answer = await probeUrl(found.endpoint);
  if (answer === undefined) throw new Error(`Nothing answers at S3_TEST_ENDPOINT ${found.endpoint}.`);
  const refuse = async () => {
    throw new Error('This server was not started by the tests and cannot be killed by them.');
  };
  return {
    name: answer.server ?? 'unnamed S3 server',
    version: 'of unknown version',
    endpoint: found.endpoint.replace(/\/+$/, ''),
    accessKey: found.accessKey,
    secretKey: found.secretKey,
    dataDir: undefined,
    pid: undefined,
    stop: async () => {},
    kill9: refuse,
    restart: refuse,
  };
}

async function layOutCertificates(
  scratch: string,
  kind: 'minio' | 'rustfs',
  tls: StartOptions['tls'],
): Promise<string> {
  // The directory exists even without TLS, so that MinIO does not look into the home directory.
  const certsDir = join(scratch, 'certs');
  await mkdir(certsDir);
  if (tls === undefined) return certsDir;
  const [certName, keyName] = kind === 'minio' ? ['public.crt', 'private.key'] : ['rustfs_cert.pem', 'rustfs_key.pem'];
  await copyFile(tls.certPath, join(certsDir, certName));
  await copyFile(tls.keyPath, join(certsDir, keyName));
  return certsDir;
}

function spawnServer({ found, dataDir, certsDir, port, tls }: Launch): ChildProcess {
  const address = `127.0.0.1:${port}`;
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  if (found.kind === 'minio') {
    const env = {
      ...process.env,
      MINIO_ROOT_USER: accessKey,
      MINIO_ROOT_PASSWORD: secretKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
    };
    return spawn(found.path, ['server', dataDir, '--address', address, '--certs-dir', certsDir], { env, stdio });
  }
  const env = {
    ...process.env,
    RUSTFS_ACCESS_KEY: accessKey,
    RUSTFS_SECRET_KEY: secretKey,
    RUSTFS_CONSOLE_ENABLE: 'false',
    ...(tls ? { RUSTFS_TLS_PATH: certsDir } : {}),
  };
  return spawn(found.path, ['--address', address, dataDir], { env, stdio });
}

async function launchAndWait(launch: Launch): Promise<ChildProcess> {
  const child = spawnServer(launch);
  let output = '';
  let spawnError: Error | undefined;
  const keepTail = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-2_000);
  };
  child.stdout?.on('data', keepTail);
  child.stderr?.on('data', keepTail);
  child.once('error', (error) => {
    spawnError = error;
  });
  // A test run that dies must not leave a server behind.
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  child.once('exit', () => process.off('exit', killOnExit));
  const healthUrl = `${endpointOf(launch)}${launch.found.kind === 'minio' ? '/minio/health/ready' : '/health/ready'}`;
  try {
    await pollUntil(`${launch.found.kind} to become healthy`, async () => {
      if (spawnError !== undefined) throw spawnError;
      if (hasExited(child)) throw new Error(`${launch.found.kind} exited at once. Its last words:\n${output}`);
      const answer = await probeUrl(healthUrl);
      return answer?.status === 200 ? true : undefined;
    });
  } catch (cause) {
    await endProcess(child, 'SIGKILL');
    throw cause;
  }
  return child;
}

function endpointOf({ port, tls }: Launch): string {
  return `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
}

function ownedServer(launch: Launch, firstChild: ChildProcess, scratch: string): RealServer {
  let child = firstChild;
  return {
    name: launch.found.kind === 'minio' ? 'MinIO' : 'RustFS',
    version: launch.found.version,
    endpoint: endpointOf(launch),
    accessKey,
    secretKey,
    dataDir: launch.dataDir,
    get pid() {
      return child.pid;
    },
    stop: async () => {
      await endProcess(child, 'SIGTERM');
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    },
    kill9: () => endProcess(child, 'SIGKILL'),
    restart: async () => {
      await endProcess(child, 'SIGTERM');
      child = await launchAndWait(launch);
    },
  };
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function endProcess(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.pid === undefined || hasExited(child)) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  // MinIO waits for open requests (event streams among them) before it obeys SIGTERM.
  const impatience = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await gone;
  clearTimeout(impatience);
}
