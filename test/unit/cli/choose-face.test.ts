import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { chooseFace } from '../../../src/cli/choose-face.ts';
import { pollUntil } from '../../support/loopback.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rustfs-sync-face-'));
});
afterEach(() => rm(root, { recursive: true }));

async function put(...path: readonly string[]): Promise<string> {
  const file = join(root, ...path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '');
  return file;
}

const SCREEN = { DISPLAY: ':0' };
const START = fileURLToPath(new URL('../../../src/cli/start.ts', import.meta.url));
/** Electron is not begun for root, who may be running the tests. */
const AS_PERSON = ['--import', 'data:text/javascript,process.getuid=()=>1000'];

test.each([
  ['linux', 'electron'],
  ['win32', 'electron.exe'],
  ['darwin', 'Electron.app/Contents/MacOS/Electron'],
] as const)('with the runtime that came with the package it is a desktop app on %s', async (platform, executable) => {
  const program = await put('node_modules', 'electron', 'dist', executable);
  expect(chooseFace({ env: SCREEN, platform, userId: 1000, root })).toEqual({
    kind: 'desktop',
    program,
    why: `RustFS Sync opens as a desktop app, with ${program}.`,
  });
});

test('a runtime that is named counts before it', async () => {
  await put('node_modules', 'electron', 'dist', 'electron');
  const program = await put('elsewhere', 'electron');
  const env = { WAYLAND_DISPLAY: 'wayland-0', ELECTRON_OVERRIDE_DIST_PATH: join(root, 'elsewhere') };
  expect(chooseFace({ env, platform: 'linux', userId: 1000, root })).toMatchObject({ kind: 'desktop', program });
});

test.each([
  [{}, 1000, true, 'there is no screen here'],
  [{ DISPLAY: '' }, 1000, true, 'there is no screen here'],
  [SCREEN, 1000, false, 'there is no Electron runtime in '],
  [SCREEN, 0, true, 'Electron does not run as root'],
])('else it is the browser, and says why: %j, user %i, runtime %s', async (env, userId, hasRuntime, why) => {
  if (hasRuntime) await put('node_modules', 'electron', 'dist', 'electron');
  const face = chooseFace({ env, platform: 'linux', userId, root });
  expect(face.kind).toBe('browser');
  expect(face.why).toContain(`RustFS Sync opens in the browser: ${why}`);
  expect(face.why.split('\n')).toHaveLength(1);
});

test('a runtime that can not be started is told in words', async () => {
  // Not executable.
  const program = await put('elsewhere', 'electron');
  const env = { ...process.env, ...SCREEN, ELECTRON_OVERRIDE_DIST_PATH: dirname(program) };
  const run = spawnSync(process.execPath, [...AS_PERSON, START], { env, encoding: 'utf8' });
  expect(run.stderr).toMatch(/^error: \S+electron can not be started \(.*EACCES.*\)\.\n {2}Install .*\n$/);
  expect(run.status).toBe(1);
});

test.runIf(process.platform !== 'win32')('it ends with npm, which passes a kill on to its shell alone', async () => {
  const program = await put('elsewhere', 'electron');
  const note = join(root, 'pid');
  await writeFile(program, `#!/bin/sh\necho $$ > '${note}.new' && mv '${note}.new' '${note}'\nexec sleep 60\n`);
  await chmod(program, 0o755);
  const env = {
    ...process.env,
    ...SCREEN,
    ELECTRON_OVERRIDE_DIST_PATH: dirname(program),
    npm_lifecycle_event: 'start',
  };
  // Some shells become the last program that they run; this one has something to do after it.
  const shell = spawn('sh', ['-c', '"$0" "$@"; true', process.execPath, ...AS_PERSON, START], { env, stdio: 'ignore' });
  const app = await pollUntil('the app', async () => Number(await readFile(note, 'utf8').catch(() => 0)) || undefined);
  onTestFinished(() => {
    if (isRunning(app)) process.kill(app);
  });
  shell.kill('SIGTERM');
  await pollUntil('its end', async () => !isRunning(app) || undefined);
});

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
