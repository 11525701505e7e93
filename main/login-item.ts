import { mkdirSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { app } from 'electron';
import { execValue, MARKER } from '../src/desktop/index.ts';
import { ownAppImage } from './app-image.ts';

/** Started at login the app goes to the tray and opens no window. */
export const HIDDEN = '--hidden';

/** Whether the app starts at login; undefined where it can not, since it is not installed. */
export function startsAtLogin(): boolean | undefined {
  if (!app.isPackaged) return undefined;
  if (process.platform === 'linux') return existsSync(autostartFile());
  return app.getLoginItemSettings({ args: [HIDDEN] }).openAtLogin;
}

/** Whether macOS started this process at login, which it does without {@link HIDDEN}. */
export function wasOpenedAtLogin(): boolean {
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

export function setStartsAtLogin(on: boolean): void {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: on, args: [HIDDEN] });
    return;
  }
  const file = autostartFile();
  if (!on) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, autostartEntry(ownAppImage() ?? process.execPath));
}

/** What a desktop of Linux starts at login, in the form of freedesktop.org. */
export function autostartEntry(program: string): string {
  return [
    `# ${MARKER}; the tray’s menu takes it away.`,
    '[Desktop Entry]',
    'Type=Application',
    'Name=RustFS Sync',
    ...programLines(program),
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

function programLines(program: string): [exec: string, tryExec: string] {
  // Without the program there is nothing to start: one that is a file of its own may be deleted.
  return [`Exec=${execValue([program, HIDDEN])}`, `TryExec=${program.replaceAll('\\', '\\\\')}`];
}

/** The program has another name now; what else a person changed in the entry stays. For Linux. */
export function startAtLoginFrom(program: string): void {
  const file = autostartFile();
  if (!existsSync(file)) return;
  const [exec, tryExec] = programLines(program);
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(/^Exec=.*$/m, () => exec).replace(/^TryExec=.*$/m, () => tryExec),
  );
}

function autostartFile(): string {
  const given = process.env['XDG_CONFIG_HOME'] ?? '';
  const directory = isAbsolute(given) ? given : join(homedir(), '.config');
  return join(directory, 'autostart', 'rustfs-sync.desktop');
}
