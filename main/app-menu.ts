import type { MenuItemConstructorOptions } from 'electron';
import type { Texts } from './texts.ts';

export interface AppMenuParts {
  readonly platform: NodeJS.Platform;
  /** Whether the tools for developers are left out. */
  readonly isPackaged: boolean;
  readonly openSettings: () => void;
}

/**
 * The menu of the app: above the window, or, on macOS, of the screen. Electron's own speaks English alone. Where there is no
 * tray, it is where a person finds how to quit.
 */
export function appMenu(
  texts: Texts,
  { platform, isPackaged, openSettings }: AppMenuParts,
): MenuItemConstructorOptions[] {
  const { menu } = texts;
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const settings: MenuItemConstructorOptions = {
    label: texts.settings,
    accelerator: 'CommandOrControl+,',
    click: openSettings,
  };
  const quit: MenuItemConstructorOptions = { label: texts.quit, role: 'quit', accelerator: 'CommandOrControl+Q' };
  const close: MenuItemConstructorOptions = { label: menu.closeWindow, role: 'close' };
  const first: MenuItemConstructorOptions[] =
    platform === 'darwin'
      ? [
          {
            label: 'RustFS Sync',
            submenu: [
              settings,
              line,
              { label: menu.hide, role: 'hide' },
              { label: menu.hideOthers, role: 'hideOthers' },
              { label: menu.unhide, role: 'unhide' },
              line,
              quit,
            ],
          },
          { label: menu.file, submenu: [close] },
        ]
      : [{ label: menu.file, submenu: [settings, line, close, quit] }];
  return [
    ...first,
    {
      label: menu.edit,
      submenu: [
        { label: menu.undo, role: 'undo' },
        { label: menu.redo, role: 'redo' },
        line,
        { label: menu.cut, role: 'cut' },
        { label: menu.copy, role: 'copy' },
        { label: menu.paste, role: 'paste' },
        { label: menu.selectAll, role: 'selectAll' },
      ],
    },
    {
      label: menu.view,
      submenu: [
        { label: menu.zoomIn, role: 'zoomIn' },
        { label: menu.zoomOut, role: 'zoomOut' },
        { label: menu.resetZoom, role: 'resetZoom' },
        line,
        { label: menu.fullScreen, role: 'togglefullscreen' },
        ...(isPackaged ? [] : [{ label: menu.developerTools, role: 'toggleDevTools' } as const]),
      ],
    },
  ];
}
