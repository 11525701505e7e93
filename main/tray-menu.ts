import { basename, join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import type { ActivityInfo, EngineStatus } from '../src/api/index.ts';
import { statusLine } from './tray-state.ts';
import type { Texts } from './texts.ts';

/** What a click in the menu does. */
export type TrayAction =
  | { readonly type: 'open' | 'settings' | 'resume' | 'quit' }
  /** Without hours: until resumed. */
  | { readonly type: 'pause'; readonly hours?: number }
  | { readonly type: 'show-file' | 'copy-link'; readonly path: string }
  | { readonly type: 'start-at-login'; readonly on: boolean };

export interface TrayModel {
  readonly status: EngineStatus | undefined;
  /** Newest first, as the engine tells them. */
  readonly activity: readonly ActivityInfo[];
  /** Undefined where the app can not be started at login. */
  readonly startsAtLogin: boolean | undefined;
}

/** Files in the menu. */
const MOST_RECENT = 5;

/** The menu of the tray for what is the case now. */
export function trayMenu(
  { status, activity, startsAtLogin }: TrayModel,
  texts: Texts,
  number: (value: number) => string,
  act: (action: TrayAction) => void,
): MenuItemConstructorOptions[] {
  const item = (label: string, action: TrayAction): MenuItemConstructorOptions => ({
    // Says all of what a click does, so that two menus are alike only when they do the same.
    id: JSON.stringify(action),
    label: literal(label),
    click: () => act(action),
  });
  const files = recentFiles(status, activity).map((path) => ({
    label: literal(basename(path)),
    submenu: [item(texts.showInFolder, { type: 'show-file', path }), item(texts.copyLink, { type: 'copy-link', path })],
  }));
  const canPause = status !== undefined && status.folders.length > 0;
  return [
    { label: literal(statusLine(status, texts, number)), enabled: false },
    { type: 'separator' },
    {
      label: texts.recent,
      submenu: files.length > 0 ? files : [{ label: texts.nothingRecent, enabled: false }],
    },
    { type: 'separator' },
    item(texts.open, { type: 'open' }),
    ...(status?.paused === true ? [item(texts.resume, { type: 'resume' })] : []),
    ...(canPause && !status.paused
      ? [
          {
            label: texts.pause,
            submenu: [
              item(texts.pauseHour, { type: 'pause', hours: 1 }),
              item(texts.pauseUntilResumed, { type: 'pause' }),
            ],
          },
        ]
      : []),
    item(texts.settings, { type: 'settings' }),
    ...(startsAtLogin === undefined
      ? []
      : [
          {
            ...item(texts.startAtLogin, { type: 'start-at-login', on: !startsAtLogin }),
            type: 'checkbox' as const,
            checked: startsAtLogin,
          },
        ]),
    { type: 'separator' },
    item(texts.quit, { type: 'quit' }),
  ];
}

/** Where on this computer the last files are that came or went, each once. */
export function recentFiles(status: EngineStatus | undefined, activity: readonly ActivityInfo[]): string[] {
  const roots = new Map(status?.folders.map(({ folder }) => [folder.id, folder.localRoot]));
  const paths = new Set<string>();
  for (const { kind, folderId, path } of activity) {
    const root = roots.get(folderId);
    if (root === undefined || (kind !== 'uploaded' && kind !== 'downloaded')) continue;
    paths.add(join(root, path));
    if (paths.size === MOST_RECENT) break;
  }
  return [...paths];
}

/** Menus take & for the mark of a key; in names it is a letter. */
function literal(label: string): string {
  return label.replaceAll('&', '&&');
}
