import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { constants, getPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { buildRenderer } from '../../../build-renderer.ts';
import { CliWorld } from '../../support/engine-cli.ts';
import { pollUntil } from '../../support/loopback.ts';
import { findChromium, launchChromium } from '../../support/window/chromium.ts';

const BUILT = fileURLToPath(new URL('../../../dist/renderer/', import.meta.url));

beforeAll(async () => {
  if (!existsSync(BUILT)) await buildRenderer(BUILT);
});

/** A window that is let in with the address. @returns the first thing that it is told. */
async function enter(address: string): Promise<unknown> {
  const { host, hash } = new URL(address);
  const socket = new WebSocket(`ws://${host}/socket`, ['rustfs-sync', hash.replace('#token=', 'token.')], {
    origin: `http://${host}`,
  });
  const hello = await new Promise<string>((resolve, reject) => {
    socket.once('message', (data: Buffer) => resolve(data.toString('utf8')));
    socket.once('error', reject);
  });
  return JSON.parse(hello);
}

test('serve prints an address that lets a window in, and ends with Ctrl-C', async () => {
  const world = await CliWorld.make();
  const run = world.start(['serve', '--json']);
  const line = await pollUntil('the address', async () => /^.*"url".*$/m.exec(run.written.stdout)?.[0]);
  const { url } = JSON.parse(line) as { url: string };
  expect((await fetch(url)).status).toBe(200);
  expect(await enter(url)).toMatchObject({ type: 'hello' });
  await pollUntil(
    'it to let others go first',
    async () => getPriority(run.pid) >= constants.priority.PRIORITY_BELOW_NORMAL || undefined,
  );
  run.kill('SIGINT');
  expect(await run.done).toMatchObject({ exitCode: 0 });
});

/** Runs `serve --open` with a program in the place of the one that opens pages. @returns what that one was started with. */
async function openBrowser() {
  const world = await CliWorld.make();
  const programs = join(dirname(world.home), 'programs');
  const told = join(programs, 'told');
  const opener = join(programs, 'xdg-open');
  await mkdir(programs);
  await writeFile(opener, `#!/bin/sh\nprintf '%s' "$*" > '${told}.new' && mv '${told}.new' '${told}'\n`);
  await chmod(opener, 0o755);
  const path = `${programs}:${process.env['PATH'] ?? ''}`;
  const run = world.start(['serve', '--open'], { PATH: path, DISPLAY: ':99', TMPDIR: dirname(world.home) });
  const page = await pollUntil('the browser to be opened', () => readFile(told, 'utf8').catch(() => undefined));
  return { run, page };
}

describe.skipIf(process.platform !== 'linux')('serve --open', () => {
  test('keeps the token out of what everybody can read, and the page that has it is gone once a window is in', async () => {
    const { run, page } = await openBrowser();
    expect(page).toMatch(/^\/\S+\/open\.html$/);
    expect((await stat(page)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(page))).mode & 0o777).toBe(0o700);
    const address = /url=(http[^"]+)"/.exec(await readFile(page, 'utf8'))?.[1] ?? '';
    expect(await enter(address)).toMatchObject({ type: 'hello' });
    await pollUntil('the page to be gone', async () => !existsSync(dirname(page)) || undefined);
    run.kill('SIGINT');
    expect(await run.done).toMatchObject({ exitCode: 0 });
  });

  test('leaves no page behind when no window came', async () => {
    const { run, page } = await openBrowser();
    await pollUntil('the engine to sync', async () => run.written.stderr.includes('Ctrl-C') || undefined);
    run.kill('SIGINT');
    expect(await run.done).toMatchObject({ exitCode: 0 });
    expect(existsSync(dirname(page))).toBe(false);
  });

  test.skipIf(findChromium() === undefined)('leads a browser to a window that is signed in', async () => {
    const { run, page } = await openBrowser();
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const window = await browser.newPage();
    await window.goto(pathToFileURL(page).href);
    await window.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    expect(new URL(window.url())).toMatchObject({ pathname: '/', hash: '' });
    await pollUntil('the page to be gone', async () => !existsSync(page) || undefined);
    await window.reload();
    await window.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    run.kill('SIGINT');
    expect(await run.done).toMatchObject({ exitCode: 0 });
  });
});
