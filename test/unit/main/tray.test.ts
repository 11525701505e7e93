import { describe, expect, test } from 'vitest';
import { en, zhCN } from '../../../main/texts.ts';
import { drawIcon } from '../../../main/tray-icon.ts';
import { recentFiles, trayMenu, type TrayAction } from '../../../main/tray-menu.ts';
import { statusLine, TRAY_STATES, trayStateOf } from '../../../main/tray-state.ts';
import type { ActivityInfo, FolderStatus } from '../../../src/api/index.ts';
import { engineStatus, FOLDER, folderStatus } from '../cli/fake-host.ts';

const number = (value: number) => String(value);

function inState(state: FolderStatus['state'], more: Partial<FolderStatus> = {}): FolderStatus {
  return folderStatus({ state, problems: { notice: 0, warning: 0, error: 0 }, ...more });
}

function uploaded(path: string, kind: ActivityInfo['kind'] = 'uploaded'): ActivityInfo {
  return { atMs: 0, folderId: FOLDER.id, kind, path, sizeBytes: 1, detail: '' };
}

describe('the tray’s state', () => {
  test.each([
    [['in-sync'], 'in-sync'],
    [['in-sync', 'syncing'], 'syncing'],
    [['comparing'], 'syncing'],
    [['offline', 'syncing'], 'offline'],
    [['held', 'offline'], 'attention'],
    [['stopped'], 'attention'],
    [['attention'], 'attention'],
    [['paused', 'in-sync'], 'in-sync'],
    [['paused', 'paused'], 'paused'],
    [[], 'in-sync'],
  ] as const)('of folders that are %j is %s', (states, expected) => {
    expect(trayStateOf(engineStatus(...states.map((state) => inState(state))))).toBe(expected);
  });

  test('is paused when everything is, whatever else there is', () => {
    expect(trayStateOf({ ...engineStatus(inState('held')), paused: true })).toBe('paused');
  });

  test('is offline while there is no engine', () => {
    expect(trayStateOf(undefined)).toBe('offline');
  });

  test('says that a file failed while others go on', () => {
    const status = engineStatus(inState('syncing', { problems: { notice: 9, warning: 1, error: 0 } }));
    expect(trayStateOf(status)).toBe('attention');
    expect(statusLine(status, en, number)).toBe('1 problem');
  });

  test('in words has the numbers', () => {
    const busy = inState('syncing', { planned: { files: 10, bytes: 9 }, done: { files: 4, bytes: 3 } });
    expect(statusLine(engineStatus(busy), en, number)).toBe('Syncing, 6 files left');
    expect(statusLine(engineStatus(inState('in-sync', { filesInSync: 7 })), zhCN, number)).toBe('已同步，7 个文件');
    expect(statusLine(engineStatus(inState('stopped', { reason: 'The disk is full.' })), en, number)).toBe(
      'The disk is full.',
    );
    expect(statusLine(undefined, en, number)).toBe('Starting…');
    expect(statusLine(engineStatus(), en, number)).toBe('No folder is synced yet');
  });
});

describe('the tray’s menu', () => {
  const menuOf = (status: Parameters<typeof trayStateOf>[0], act: (action: TrayAction) => void = () => undefined) =>
    trayMenu({ status, activity: [uploaded('a & b.txt')], startsAtLogin: false }, en, number, act);
  const labels = (menu: ReturnType<typeof trayMenu>) => menu.map(({ label, type }) => label ?? type);

  test('has everything in its order', () => {
    expect(labels(menuOf(engineStatus(inState('in-sync', { filesInSync: 3 }))))).toEqual([
      'In sync, 3 files',
      'separator',
      'Recent files',
      'separator',
      'Open RustFS Sync',
      'Pause',
      'Settings…',
      'Start at login',
      'separator',
      'Quit',
    ]);
  });

  test('offers to resume instead of to pause while everything is paused', () => {
    const shown = labels(menuOf({ ...engineStatus(inState('paused')), paused: true }));
    expect(shown).toContain('Resume');
    expect(shown).not.toContain('Pause');
  });

  test('offers neither before the engine has said anything', () => {
    const shown = labels(menuOf(undefined));
    expect(shown).not.toContain('Pause');
    expect(shown).not.toContain('Resume');
    expect(shown).toContain('Quit');
  });

  test('does what it says', () => {
    const done: TrayAction[] = [];
    const click = (items: ReturnType<typeof trayMenu>): void => {
      for (const { click: act, submenu } of items) {
        (act as (() => void) | undefined)?.();
        if (Array.isArray(submenu)) click(submenu);
      }
    };
    click(menuOf(engineStatus(inState('in-sync')), (action) => done.push(action)));
    expect(done).toEqual([
      { type: 'show-file', path: '/home/me/Pictures/a & b.txt' },
      { type: 'copy-link', path: '/home/me/Pictures/a & b.txt' },
      { type: 'open' },
      { type: 'pause', hours: 1 },
      { type: 'pause' },
      { type: 'settings' },
      { type: 'start-at-login', on: true },
      { type: 'quit' },
    ]);
  });

  test('shows an ampersand in a name as it is', () => {
    const recent = menuOf(engineStatus(inState('in-sync')))[2]?.submenu;
    expect(recent).toMatchObject([{ label: 'a && b.txt' }]);
  });

  test('has the last five files, each once, without what is gone', () => {
    const activity = [
      uploaded('a'),
      uploaded('gone', 'deleted-remote'),
      uploaded('a'),
      uploaded('b', 'downloaded'),
      { ...uploaded('elsewhere'), folderId: 'removed' },
      ...['c', 'd', 'e', 'f'].map((name) => uploaded(name)),
    ];
    const paths = recentFiles(engineStatus(inState('in-sync')), activity);
    expect(paths).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `/home/me/Pictures/${name}`));
  });
});

describe('the tray’s icons', () => {
  test.each([22, 44])('differ in shape, without colour, at %i pixels', (sizePx) => {
    const shapes = TRAY_STATES.map((state) => drawIcon(state, sizePx, true).pixels);
    for (const [index, one] of shapes.entries()) {
      for (const other of shapes.slice(index + 1)) {
        let different = 0;
        for (let at = 3; at < one.length; at += 4)
          different += Math.abs((one[at] ?? 0) - (other[at] ?? 0)) > 128 ? 1 : 0;
        // A tenth of all pixels.
        expect(different).toBeGreaterThan((sizePx * sizePx) / 10);
      }
    }
  });

  test('are transparent at the corners and never lighter than their alpha allows', () => {
    for (const state of TRAY_STATES) {
      const { pixels } = drawIcon(state, 22, false);
      expect(pixels[3]).toBe(0);
      for (let at = 0; at < pixels.length; at += 4) {
        const alpha = pixels[at + 3] ?? 0;
        expect(Math.max(...pixels.subarray(at, at + 3))).toBeLessThanOrEqual(alpha + 1);
      }
    }
  });
});
