import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { constants, getPriority } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { buildRenderer } from '../../../build-renderer.ts';
import { createFilter } from '../../../src/core/filters.ts';
import { CliWorld } from '../../support/engine-cli.ts';
import { pollUntil } from '../../support/loopback.ts';
import { startS3Double } from '../../support/s3-double/index.ts';
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

test('a file that is sent from the window is refused where its server is away, and not waited for without a word', async () => {
  const world = await CliWorld.make();
  const double = await startS3Double();
  const added = await world.addAccount(double).finally(() => double.close());
  expect(added).toMatchObject({ exitCode: 0 });
  const run = world.start(['serve', '--json']);
  const line = await pollUntil('the address', async () => /^.*"url".*$/m.exec(run.written.stdout)?.[0]);
  const { origin, hash } = new URL((JSON.parse(line) as { url: string }).url);
  const target = new URLSearchParams({ account: 'test', bucket: 'bucket', key: 'sent', overwrite: 'false' });
  const sent = await fetch(`${origin}/objects?${target.toString()}`, {
    method: 'PUT',
    headers: { origin, authorization: hash.replace('#token=', 'Bearer ') },
    body: 'sent',
    signal: AbortSignal.timeout(15_000),
  });
  expect(await sent.json()).toMatchObject({ code: 'unreachable' });
  run.kill('SIGINT');
  expect(await run.done).toMatchObject({ exitCode: 0 });
});

/**
 * Runs `serve --open` with a program in the place of the one that opens pages.
 *
 * @param before given the directory that is the person's home.
 * @param end what the program does last.
 * @returns also what the program was started with.
 */
async function openBrowser({ before, end = '' }: { before?: (home: string) => Promise<unknown>; end?: string } = {}) {
  const world = await CliWorld.make();
  const home = dirname(world.home);
  await before?.(home);
  const programs = join(home, 'programs');
  const told = join(programs, 'told');
  const opener = join(programs, 'xdg-open');
  await mkdir(programs);
  await writeFile(opener, `#!/bin/sh\nprintf '%s' "$*" > '${told}.new' && mv '${told}.new' '${told}'\n${end}`);
  await chmod(opener, 0o755);
  const path = `${programs}:${process.env['PATH'] ?? ''}`;
  const run = world.start(['serve', '--open'], { PATH: path, DISPLAY: ':99', HOME: home, TMPDIR: world.root.path });
  const page = await pollUntil('the browser to be opened', () => readFile(told, 'utf8').catch(() => undefined));
  return { run, page, home };
}

describe.skipIf(process.platform !== 'linux')('serve --open', () => {
  test('keeps the token out of what everybody can read, and the page that has it is gone once a window is in', async () => {
    const { run, page } = await openBrowser();
    expect(page).toMatch(/^\/\S+\/open\.html$/);
    const told = /^The window opens in the browser\. If it does not, open: http:/;
    await pollUntil('the address', () => told.test(run.written.stdout) || undefined);
    expect((await stat(page)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(page))).mode & 0o777).toBe(0o700);
    const address = /url=(http[^"]+)"/.exec(await readFile(page, 'utf8'))?.[1] ?? '';
    expect(await enter(address)).toMatchObject({ type: 'hello' });
    await pollUntil('the page to be gone', async () => !existsSync(dirname(page)) || undefined);
    run.kill('SIGINT');
    expect(await run.done).toMatchObject({ exitCode: 0 });
  });

  test('has the page where a browser that is a snap can read it, and no folder that is synced takes it up', async () => {
    const { run, page, home } = await openBrowser();
    // A snap has a /tmp of its own, and sees nothing hidden.
    expect(dirname(dirname(page))).toBe(home);
    expect(basename(dirname(page))).not.toMatch(/^\./);
    expect(createFilter([], '').ignoresFile(relative(home, page))).toBe(true);
    run.kill('SIGINT');
    expect(await run.done).toMatchObject({ exitCode: 0 });
  });

  test('removes the page that a killed one left, and no other directory', async () => {
    const left = (home: string) =>
      ['rustfs-sync-open-0123456789abcdef~', 'rustfs-sync-open~'].map((name) => join(home, name));
    const { run, home } = await openBrowser({
      before: async (place) => {
        for (const path of left(place)) {
          await mkdir(path);
          await utimes(path, 1, 1);
        }
      },
    });
    expect(left(home).map((path) => existsSync(path))).toEqual([false, true]);
    run.kill('SIGINT');
    expect(await run.done).toMatchObject({ exitCode: 0 });
  });

  test('leaves it to the person where the program that opens pages fails', async () => {
    const { run, page } = await openBrowser({ end: 'exit 3\n' });
    await pollUntil('the address', () => /^Open in a browser: http/m.test(run.written.stdout) || undefined);
    expect(existsSync(dirname(page))).toBe(false);
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
