import { isAbsolute, join } from 'node:path';

/** What the integrations into a desktop need to know of this computer. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home directory. */
  readonly home: string;
  /** What starts this program, absolute: `share --copy -- PATH...` goes behind it. */
  readonly program: readonly string[];
  /** Where the engine's state and address are. */
  readonly state: string;
  readonly language: Language;
}

export type Language = 'en' | 'zh-CN';

/** The person's language, as the system tells it to every program. */
export function systemLanguage(): Language {
  return Intl.DateTimeFormat().resolvedOptions().locale.startsWith('zh') ? 'zh-CN' : 'en';
}

/** What the menus call it. */
export const TITLES: Readonly<Record<Language, string>> = { en: 'Copy RustFS Link', 'zh-CN': '复制 RustFS 链接' };

/** What a file manager runs, with the paths of the chosen files behind it. Without RUSTFS_SYNC_HOME of its own. */
export function shareCommand({ program, platform, env, state }: Surroundings): string[] {
  const isChosen = (env['RUSTFS_SYNC_HOME'] ?? '') !== '';
  // A desktop does not know what is set in a terminal, nor where that was.
  const home = isChosen && platform !== 'win32' ? ['/usr/bin/env', `RUSTFS_SYNC_HOME=${state}`] : [];
  return [...home, ...program, 'share', '--copy', '--'];
}

/** Where programs of this person keep data files (freedesktop.org). */
export function dataDirectory(surroundings: Surroundings): string {
  return xdgDirectory(surroundings, 'XDG_DATA_HOME', '.local/share');
}

/** Where programs of this person keep settings (freedesktop.org). */
export function configDirectory(surroundings: Surroundings): string {
  return xdgDirectory(surroundings, 'XDG_CONFIG_HOME', '.config');
}

function xdgDirectory({ env, home }: Surroundings, variable: string, usual: string): string {
  const given = env[variable] ?? '';
  return isAbsolute(given) ? given : join(home, usual);
}
