import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Intent } from '../../../main/intent.ts';
import { live } from '../../../main/lifecycle.ts';
import { SyncError } from '../../../src/api/index.ts';
import * as electron from '../../support/electron/index.ts';
import { CollectedLog } from '../../support/test-environment.ts';
import { reset, soon } from './support.ts';

const { app } = electron;

beforeEach(() => {
  reset();
  vi.clearAllMocks();
});

/** A life with a shell that notes what it is asked. */
function begin(args: string[] = []) {
  const intents: Intent[] = [];
  const end = Promise.withResolvers<undefined>();
  const quit = vi.fn(() => end.promise);
  const startShell = vi.fn(async () => ({ follow: (intent: Intent) => void intents.push(intent), quit }));
  const log = new CollectedLog();
  live({ args, directory: '/home/me' }, startShell, log);
  return { intents, quit, endQuit: () => end.resolve(undefined), startShell, log };
}

test('the first start does what it was started for', async () => {
  const { intents } = begin(['share', 'a.txt']);
  await soon(() => expect(intents).toEqual([{ type: 'share', paths: ['/home/me/a.txt'] }]));
});

test('the installed app takes links into it; one that is not installed leaves the system as it is', () => {
  begin();
  expect(app.setAsDefaultProtocolClient).not.toHaveBeenCalled();
  app.isPackaged = true;
  begin();
  expect(app.setAsDefaultProtocolClient).toHaveBeenCalledWith('rustfs-sync');
});

test('a second start hands its arguments over and ends', () => {
  app.hasLock = false;
  const { startShell } = begin(['share', 'b.txt']);
  expect(app.handedOver).toEqual({ args: ['share', 'b.txt'], directory: '/home/me' });
  expect(app.exit).toHaveBeenCalledWith(0);
  expect(startShell).not.toHaveBeenCalled();
});

test.each([
  [
    { args: ['share', 'b.txt'], directory: '/tmp' },
    { type: 'share', paths: ['/tmp/b.txt'] },
  ],
  [
    { args: ['rustfs-sync://open/shares'], directory: '/' },
    { type: 'open', view: 'shares' },
  ],
  [{ args: [], directory: '/' }, { type: 'open' }],
  [{ args: 'share /etc/passwd' }, { type: 'open' }],
  [undefined, { type: 'open' }],
])('the first app follows what a second start was given: %j', async (data, intent) => {
  const { intents } = begin(['--hidden']);
  app.emit('second-instance', {}, ['/app', 'share', '/ignored'], '/ignored', data);
  await soon(() => expect(intents).toEqual([{ type: 'stay-hidden' }, intent]));
});

test('a second start brings as many files as a person chose', async () => {
  const { intents } = begin(['--hidden']);
  const paths = Array.from({ length: 1_000 }, (_, number) => `/sync/${number}.jpg`);
  const data = { args: ['share', '--copy', '--', ...paths], directory: '/' };
  app.emit('second-instance', {}, [], '/', data);
  await soon(() => expect(intents).toEqual([{ type: 'stay-hidden' }, { type: 'share', paths }]));
});

test('a start at login of macOS, which is given no arguments, shows no window', async () => {
  const { platform } = process;
  onTestFinished(() => void Object.defineProperty(process, 'platform', { value: platform }));
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  app.wasOpenedAtLogin = true;
  const { intents } = begin();
  await soon(() => expect(intents).toEqual([{ type: 'stay-hidden' }]));
});

test('a link of macOS opens its part of the window', async () => {
  const { intents } = begin(['--hidden']);
  const event = electron.preventable();
  app.emit('open-url', event, 'rustfs-sync://open/activity');
  expect(event.isPrevented).toBe(true);
  await soon(() => expect(intents).toContainEqual({ type: 'open', view: 'activity' }));
});

test('the app goes on without a window', () => {
  begin();
  expect(app.listenerCount('window-all-closed')).toBe(1);
});

test('the app ends when the engine has ended, and not before', async () => {
  const { quit, endQuit } = begin();
  app.quit();
  app.quit();
  await soon(() => expect(quit).toHaveBeenCalled());
  expect(app.isGone).toBe(false);
  endQuit();
  await soon(() => expect(app.isGone).toBe(true));
});

test('the computer waits for it when it goes down', async () => {
  const { intents, quit } = begin();
  await soon(() => expect(intents).toHaveLength(1));
  const event = electron.preventable();
  electron.powerMonitor.emit('shutdown', event);
  expect(event.isPrevented).toBe(true);
  await soon(() => expect(quit).toHaveBeenCalled());
});

test.each([
  ['en-GB', ['The window is not built.', 'Build it.']],
  ['zh-CN', ['不支持此操作', expect.stringMatching(/[\u4e00-\u9fff].*\n\nThe window is not built\.$/) as string]],
])('an app that can not start says why on a system of %s, and ends', async (tag, words) => {
  app.languages = [tag];
  const failed = new SyncError({ code: 'not-supported', message: 'The window is not built.', advice: 'Build it.' });
  live({ args: [], directory: '/' }, () => Promise.reject(failed), new CollectedLog());
  await soon(() => expect(app.isGone).toBe(true));
  expect(electron.dialog.showErrorBox).toHaveBeenCalledWith(...words);
});
