import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the state lies: RUSTFS_SYNC_HOME, or where the system keeps the data of programs. */
export function defaultHome(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const chosen = env['RUSTFS_SYNC_HOME'];
  if (chosen !== undefined && chosen !== '') return chosen;
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'RustFS Sync');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'RustFS Sync');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'rustfs-sync');
}
