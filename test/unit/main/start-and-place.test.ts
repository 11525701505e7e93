import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { argumentsOf, intentOf, linkIntent } from '../../../main/intent.ts';
import { autostartEntry } from '../../../main/login-item.ts';
import { freePath } from '../../../main/free-path.ts';
import { supportsTray } from '../../../main/tray-support.ts';
import { DEFAULT_SIZE, LEAST_SIZE, placeOn } from '../../../main/window-state.ts';

describe('the arguments of a start', () => {
  test.each([
    [[], { type: 'open' }],
    [['--hidden'], { type: 'stay-hidden' }],
    [['share', 'a.txt'], { type: 'share', paths: ['/home/me/a.txt'] }],
    [['share', '/b.txt'], { type: 'share', paths: ['/b.txt'] }],
    [
      ['share', '--copy', '--', '/b.txt', '-c', '--'],
      { type: 'share', paths: ['/b.txt', '/home/me/-c', '/home/me/--'] },
    ],
    [['share'], { type: 'open' }],
    [['share', '--copy', '--'], { type: 'open' }],
    [['rustfs-sync://open/problems'], { type: 'open', view: 'problems' }],
  ] as const)('%j mean %j', (args, intent) => {
    expect(intentOf(args, '/home/me')).toEqual(intent);
  });

  test.each([
    [['--no-sandbox', 'share', '--copy', '--', '/b.txt'], { type: 'share', paths: ['/b.txt'] }],
    [['--no-sandbox', '--hidden'], { type: 'stay-hidden' }],
    [['--no-sandbox'], { type: 'open' }],
    [['share', '--copy', '--', '--no-sandbox'], { type: 'share', paths: ['/home/me/--no-sandbox'] }],
  ] as const)('%j mean the same with what an AppImage puts before them for Chromium', (args, intent) => {
    expect(intentOf(argumentsOf(['/opt/app', ...args], true), '/home/me')).toEqual(intent);
    expect(intentOf(argumentsOf(['/electron', '/the/app', ...args], false), '/home/me')).toEqual(intent);
  });

  test.each(['rustfs-sync://share/etc/passwd', 'rustfs-sync:share', 'rustfs-sync://open/../x', 'rustfs-sync://', 'x'])(
    'a link like %s opens the window and does nothing else',
    (link) => {
      expect(linkIntent(link)).toEqual({ type: 'open' });
    },
  );

  test('a link can not bring other arguments along', () => {
    expect(intentOf(['share', '/etc/passwd', 'RustFS-Sync://open'], '/')).toEqual({ type: 'open' });
  });
});

describe('the place of the window', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];

  test('is the one where it was', () => {
    const known = { x: 100, y: 100, width: 900, height: 700 };
    expect(placeOn(screens, known)).toEqual(known);
  });

  test.each([
    { x: 3000, y: 100, width: 900, height: 700 },
    { x: -890, y: 100, width: 900, height: 700 },
    { x: 100, y: -50, width: 900, height: 700 },
    { x: 100, y: 1070, width: 900, height: 700 },
  ])('is left to the system where nobody could take hold of it: %j', (known) => {
    expect(placeOn(screens, known)).toEqual({ width: 900, height: 700 });
  });

  test('is never smaller than what can be used', () => {
    expect(placeOn(screens, { x: 0, y: 0, width: 1, height: 1 })).toMatchObject(LEAST_SIZE);
    expect(placeOn(screens, undefined)).toEqual(DEFAULT_SIZE);
  });
});

describe('a download', () => {
  test('takes a name that is free and stays in its directory', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-free-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'a.txt'), '');
    await writeFile(join(directory, 'a (1).txt'), '');
    const free = () => false;
    expect(freePath(directory, 'x/y/a.txt', free)).toBe(join(directory, 'a (2).txt'));
    expect(freePath(directory, 'x/..', free)).toBe(join(directory, 'download'));
    expect(freePath(directory, '..\\..\\evil:stream', free)).toBe(join(directory, '.._.._evil_stream'));
    const promised = join(directory, 'a (2).txt');
    expect(freePath(directory, 'a.txt', (path) => path === promised)).toBe(join(directory, 'a (3).txt'));
    expect(freePath(directory, 'folder/', free)).toBe(join(directory, 'folder'));
  });
});

describe('on Linux', () => {
  test('the start at login survives odd paths', () => {
    expect(autostartEntry('/opt/a b/100%/$x"y')).toContain('Exec="/opt/a b/100%%/\\\\$x\\\\"y" --hidden\n');
  });

  test.each([
    ['(true,)\n', true],
    ['(false,)\n', false],
    [undefined, false],
  ])('a session bus that says %j means a tray: %s', async (answer, expected) => {
    expect(await supportsTray('linux', async () => answer)).toBe(expected);
    expect(await supportsTray('win32', async () => answer)).toBe(true);
  });
});
