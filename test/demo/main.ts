import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRealServer, startRealServer } from '../support/real-server.ts';
import { startS3Double } from '../support/s3-double/index.ts';

/**
 * `npm run demo`: a throw-away server, a sample folder synced into it, and what to try next. Ends with Ctrl-C and leaves
 * nothing behind; `--once` ends after the first sync.
 */
const once = process.argv.includes('--once');
const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-demo-'));
const sample = join(directory, 'Sample folder');
const server = await startServer();
let exitCode = 1;
try {
  process.stdout.write(`Server: ${server.name}, at ${server.endpoint}\n`);
  await makeSample(sample);
  const env = {
    ...process.env,
    RUSTFS_SYNC_HOME: join(directory, 'state'),
    DEMO_SECRET: server.secretKey,
  };
  const account = ['--endpoint', server.endpoint, '--access-key', server.accessKey, '--secret-key-env', 'DEMO_SECRET'];
  await run(['account', 'add', 'demo', ...account, '--store-secret-in-file', '--quiet'], env);
  await run(['bucket', 'create', 'demo', 'first-bucket', '--quiet'], env);
  await run(['folder', 'add', sample, 'demo:first-bucket', '--quiet'], env);
  process.stdout.write(`\nSyncing ${sample} into the bucket first-bucket:\n\n`);
  await run(['sync', '--once'], env);
  await run(['ls', 'demo:first-bucket', '--recursive'], env);
  exitCode = 0;
  if (!once) {
    process.stdout.write(nextSteps());
    await run(['sync'], env);
  }
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exitCode = exitCode;

interface DemoServer {
  readonly name: string;
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  stop(): Promise<void>;
}

/** A real server where one is installed, else our own in this process. */
async function startServer(): Promise<DemoServer> {
  const found = await findRealServer({ build: false });
  if (found !== undefined) {
    const real = await startRealServer(found);
    return { ...real, name: `${real.name} ${real.version}`, stop: () => real.stop() };
  }
  const [accessKey, secretKey] = ['demo', 'demo-secret-key'];
  const double = await startS3Double({ accessKey, secretKey });
  const name = "RustFS Sync's own test server, in this process (no rustfs or minio was found)";
  return { name, endpoint: double.endpoint, accessKey, secretKey, stop: () => double.close() };
}

async function makeSample(path: string): Promise<void> {
  await mkdir(join(path, 'Photos', '2026'), { recursive: true });
  await writeFile(join(path, 'Read me first.txt'), 'Everything in this folder is in the bucket a moment later.\n');
  await writeFile(join(path, '读我.txt'), '这个文件夹里的一切，片刻之后就在存储桶里。\n');
  for (let n = 1; n <= 40; n++) {
    await writeFile(
      join(path, 'Photos', '2026', `IMG_${String(n).padStart(4, '0')}.raw`),
      Buffer.alloc(200_000 + n, n),
    );
  }
  await writeFile(join(path, 'Film.mov'), Buffer.alloc(48 * 1024 * 1024, 7));
}

function nextSteps(): string {
  const home = join(directory, 'state');
  return `
Now it keeps watching. In another terminal:

  export RUSTFS_SYNC_HOME='${home}'
  echo hello > '${join(sample, 'hello.txt')}'        # a second later it is in the bucket
  npm run --silent cli -- ls demo:first-bucket
  npm run --silent cli -- share demo:first-bucket/Film.mov --expires 10m
  npm run --silent cli -- doctor demo:first-bucket

Ctrl-C ends the demo and removes all of it.

`;
}

/** Runs our command line as a person would. @throws when it fails. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, ['src/cli/bin.ts', ...args], { env, stdio: 'inherit' });
  // Ctrl-C reaches the child by itself; this process goes on to clean up.
  const wait = () => undefined;
  process.on('SIGINT', wait);
  const code = await new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject));
  process.off('SIGINT', wait);
  const ended = args[0] === 'sync' && args.length === 1;
  if (code !== 0 && !ended) throw new Error(`rustfs-sync ${args.join(' ')} ended with ${code}`);
}
