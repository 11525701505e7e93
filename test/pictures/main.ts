import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findRealServer, startRealServer } from '../support/real-server.ts';
import { startS3Double } from '../support/s3-double/index.ts';
import { findChromium, launchChromium } from '../support/window/chromium.ts';
import { startApp } from '../support/window/app.ts';
import { runTrial, setUpScene, type SceneServer } from './scene.ts';
import { SHOTS, takeShot, type Shot } from './shots.ts';

/** Pictures of the window in all its states, to be looked at. They go to a folder outside the repository. */
const USAGE = `Usage: npm run pictures -- [--out DIR] [NAME...]
  NAME       only pictures with this in their names; without one all are taken
  --out DIR  where they go (${join(tmpdir(), 'rustfs-sync-pictures')})
  --help     this text

The names: ${SHOTS.map(({ name }) => name).join(', ')}
`;

const { wanted, out } = readArguments();
const shots = SHOTS.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const strange = wanted.find((part) => !SHOTS.some(({ name }) => name.includes(part)));
if (strange !== undefined) stop(`No picture has "${strange}" in its name.\n\n${USAGE}`);

if (findChromium() === undefined) {
  stop('There is no Chromium on the PATH: no pictures. On Debian: apt-get install chromium fonts-noto-cjk\n');
}
await mkdir(out, { recursive: true });
const server = await startServer();
const app = await startApp();
const browser = await launchChromium();
try {
  const show = async (scene: Shot['scene']) => {
    for (const shot of shots.filter((each) => each.scene === scene)) await takeShot(browser, app.url, shot, out);
  };
  await show('new');
  if (shots.some(({ scene }) => scene.startsWith('trial'))) await runTrial(app, show);
  const scene = await setUpScene(app, server);
  await show('busy');
  await scene.finish();
  await show('settled');
  process.stdout.write(`${shots.length} kinds of pictures are in ${out}\n`);
} finally {
  await browser.close();
  await app.close();
  await server.stop();
}

function readArguments(): { readonly wanted: readonly string[]; readonly out: string } {
  try {
    const { values, positionals } = parseArgs({
      options: { out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values.help === true) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    return { wanted: positionals, out: resolve(values.out ?? join(tmpdir(), 'rustfs-sync-pictures')) };
  } catch (cause) {
    return stop(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`);
  }
}

function stop(why: string): never {
  process.stderr.write(why);
  process.exit(1);
}

async function startServer(): Promise<SceneServer & { stop(): Promise<void> }> {
  const found = await findRealServer({ build: false });
  if (found !== undefined) {
    const real = await startRealServer(found);
    const { endpoint, accessKey, secretKey } = real;
    return { endpoint, accessKey, secretKey, stop: () => real.stop() };
  }
  const [accessKey, secretKey] = ['demo', 'demo-secret-key'];
  const double = await startS3Double({ accessKey, secretKey });
  return { endpoint: double.endpoint, accessKey, secretKey, stop: () => double.close() };
}
