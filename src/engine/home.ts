import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Where the state lies: RUSTFS_SYNC_HOME, or where the system keeps the data of programs. Always absolute: other processes, which
 * read there how to reach the engine, have other working directories.
 */
export function defaultHome(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const chosen = env['RUSTFS_SYNC_HOME'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'RustFS Sync');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'RustFS Sync');
  const given = env['XDG_DATA_HOME'] ?? '';
  return join(isAbsolute(given) ? given : join(homedir(), '.local', 'share'), 'rustfs-sync');
}
