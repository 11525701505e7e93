import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Environment } from '../../src/core/environment.ts';
import { pollUntil } from '../support/loopback.ts';
import { makeBucket, type EngineBucket } from '../support/engine-bucket.ts';
import { EngineRoot } from '../support/engine-root.ts';
import { isWithoutRealServer, sharedServer } from '../support/engine-servers.ts';
import type { S3Access } from '../support/s3-client.ts';
import { findChromium, launchChromium } from '../support/window/chromium.ts';
import { startApp, type RunningApp } from '../support/window/app.ts';

const hasChromium = findChromium() !== undefined;
if (!hasChromium) process.stdout.write('No Chromium on the PATH: the tests of the window are skipped.\n');

/** Whether the tests of the window can run here. */
export const canSeeWindow = hasChromium && !isWithoutRealServer;

let browser: Browser | undefined;

/** One browser for the tests of a file. */
export function useBrowser(): void {
  beforeAll(async () => {
    if (canSeeWindow) browser = await launchChromium();
  });
  afterAll(async () => browser?.close());
}

/** A window on an app; what its page complains about fails the test. */
export async function openWindow(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  if (browser === undefined) throw new Error('There is no browser.');
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  // Generous: tests share the computer with others.
  page.setDefaultTimeout(40_000);
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    // What is refused or breaks off is what some tests are about.
    if (
      message.type() === 'error' &&
      !/WebSocket|Failed to load resource|blocked by CORS|^Framing/.test(message.text())
    ) {
      complaints.push(message.text());
    }
  });
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(url);
  return page;
}

/** An app with nothing set up, that ends with the test. */
export async function useNewApp(adapt?: (environment: Environment) => Environment): Promise<RunningApp> {
  const app = await startApp(adapt);
  onTestFinished(() => app.close());
  return app;
}

export interface SetUpApp extends RunningApp {
  readonly bucket: EngineBucket;
  readonly root: EngineRoot;
  readonly folderId: string;
}

/** An app that keeps a folder in step with a bucket. */
export async function useSyncedApp(
  mode: 'upload' | 'two-way',
  files: Readonly<Record<string, string>>,
  server: S3Access = sharedServer(),
  adapt?: (environment: Environment) => Environment,
): Promise<SetUpApp> {
  const app = await useNewApp(adapt);
  const bucket = await makeBucket(server);
  const root = await EngineRoot.make(`${app.files}/work`);
  for (const [path, content] of Object.entries(files)) await root.write(path, content);
  await addAccount(app, server);
  const { client } = app.engine;
  const { id } = await client.call('folder.add', {
    localRoot: root.path,
    account: 'test',
    bucket: bucket.name,
    mode,
    mirrorDeletes: mode === 'upload',
  });
  return Object.assign(app, { bucket, root, folderId: id });
}

export async function addAccount(
  { engine: { client } }: RunningApp,
  { endpoint, accessKey, secretKey }: S3Access = sharedServer(),
  name = 'test',
): Promise<void> {
  await client.call('account.add', {
    name,
    endpoint,
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    storeSecretInFile: true,
  });
}

/** axe finds nothing to complain about, by WCAG 2.2 AA and its own best practices. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // What fades in has too little contrast on the way.
  await pollUntil('the animations to end', async () => {
    const ends = 'document.getAnimations().map(({ effect }) => effect.getComputedTiming())';
    const isMoving = await page.evaluate(`${ends}.some(({ endTime, progress }) => endTime < Infinity && progress < 1)`);
    return isMoving === false || undefined;
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  expect({ what, found }).toEqual({ what, found: [] });
}

/** Fills in the server's address and keys as the first run asks for them. */
export async function fillServer(
  page: Page,
  {
    endpoint,
    accessKey,
    secretKey,
  }: { readonly endpoint: string; readonly accessKey: string; readonly secretKey: string },
): Promise<void> {
  await page.getByLabel('Server address').fill(endpoint);
  await page.getByLabel('Access key').fill(accessKey);
  await page.getByLabel('Secret key').fill(secretKey);
  await page.getByRole('button', { name: 'Connect' }).click();
}

/** Goes from the server to the folder. Where there is no keychain, the window offers what there is. */
export async function arriveAtFolder(page: Page): Promise<void> {
  const inFile = page.getByRole('button', { name: 'Keep it in a file that only you can read' });
  const folder = page.getByRole('heading', { name: 'Which folder?' });
  await folder.or(inFile).waitFor();
  if (await inFile.isVisible()) await inFile.click();
  await folder.waitFor();
}

/** Types a folder, and waits until the list below has followed. */
export async function typeFolder(page: Page, folder: string): Promise<void> {
  const shown = page.locator('.picker header');
  // The picker's first answer, in the middle of typing, would take away the selection that is typed over.
  await shown.getByText('/').waitFor();
  await page.getByLabel('Folder on this computer').fill(folder);
  await page.keyboard.press('Tab');
  await shown.getByText(folder, { exact: true }).waitFor();
}

/** Goes from one control to the next until this one has the focus. */
export async function tabTo(page: Page, control: Locator): Promise<void> {
  await control.waitFor();
  const focused = page.locator(':focus').and(control);
  for (let presses = 0; presses < 60; presses++) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${String(control)}.`);
}
