import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findRealServer, startRealServer } from '../support/real-server.ts';
import { startS3Double } from '../support/s3-double/index.ts';
import { findChromium, launchChromium } from '../support/window/chromium.ts';
import { startApp } from '../support/window/app.ts';
import { runTrial, setUpScene, type SceneServer } from './scene.ts';
import { SHOTS, takeShot, type Shot } from './shots.ts';

/**
 * `npm run pictures [-- --out DIR] [-- NAME...]`: pictures of the window in all its states, to be looked at. They go to a
 * folder outside the repository.
 */
const args = process.argv.slice(2);
const outAt = args.indexOf('--out');
const out = resolve(outAt < 0 ? join(tmpdir(), 'rustfs-sync-pictures') : (args[outAt + 1] ?? '.'));
const wanted = args.filter((arg, index) => !arg.startsWith('--') && (outAt < 0 || index !== outAt + 1));

if (findChromium() === undefined) {
  process.stderr.write(
    'There is no Chromium on the PATH: no pictures. On Debian: apt-get install chromium fonts-noto-cjk\n',
  );
  process.exit(1);
}
await mkdir(out, { recursive: true });
const server = await startServer();
const app = await startApp();
const browser = await launchChromium();
try {
  const shots = SHOTS.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
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
