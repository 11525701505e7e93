import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Where rclone keeps its configuration, the likeliest first. */
export function rclonePlaces(env: Env): string[] {
  const named = env['RCLONE_CONFIG'] ?? '';
  if (named !== '') return [named];
  const bases = [env['APPDATA'] ?? '', env['XDG_CONFIG_HOME'] ?? '', join(homedir(), '.config')];
  const directories = bases.filter((base) => base !== '');
  return [...directories.map((base) => join(base, 'rclone', 'rclone.conf')), join(homedir(), '.rclone.conf')];
}

/** Where mc keeps its configuration; packages call the program mcli where another mc is installed. */
export function mcPlaces(env: Env): string[] {
  const named = env['MC_CONFIG_DIR'] ?? '';
  const directories = named === '' ? ['.mc', 'mc', '.mcli'].map((name) => join(homedir(), name)) : [named];
  return directories.map((directory) => join(directory, 'config.json'));
}
