import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { dolphinIntegration } from './dolphin.ts';
import { gnomeIntegration } from './gnome.ts';
import { FILE_MANAGERS, type FileManager, type Integration } from './integration.ts';
import { macIntegration } from './macos.ts';
import type { Surroundings } from './surroundings.ts';
import { ThunarIntegration } from './thunar.ts';
import { WindowsIntegration } from './windows.ts';

export { FILE_MANAGERS, type FileManager, type Integration, type IntegrationState } from './integration.ts';
export { MARKER } from './owned-files.ts';
export { execValue } from './quoting.ts';
export { servicePort, systemdService } from './systemd.ts';
export { systemLanguage, type Surroundings } from './surroundings.ts';

/** What teaches a file manager to copy links. @param roots of the synced folders; Windows alone asks for them. */
export function integrationFor(
  manager: FileManager,
  surroundings: Surroundings,
  roots: readonly string[],
): Integration {
  switch (manager) {
    case 'nautilus':
    case 'nemo':
    case 'caja':
      return gnomeIntegration(manager, surroundings);
    case 'dolphin':
      return dolphinIntegration(surroundings);
    case 'thunar':
      return new ThunarIntegration(surroundings);
    case 'windows':
      return new WindowsIntegration(surroundings, roots);
    case 'macos':
      return macIntegration(surroundings);
  }
}

/** The file managers that there can be on this system. */
export function managersOf(platform: NodeJS.Platform): readonly FileManager[] {
  if (platform === 'win32') return ['windows'];
  if (platform === 'darwin') return ['macos'];
  return FILE_MANAGERS.filter((manager) => manager !== 'windows' && manager !== 'macos');
}

/** Those of them that are there: on Linux, whose programs are on the path. */
export function managersHere({ platform, env }: Pick<Surroundings, 'platform' | 'env'>): readonly FileManager[] {
  const possible = managersOf(platform);
  if (platform === 'win32' || platform === 'darwin') return possible;
  const directories = (env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  return possible.filter((manager) => directories.some((directory) => isProgram(join(directory, manager))));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not here, or not for us: the next directory.
    return false;
  }
}
