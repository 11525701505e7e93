import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What electron-builder tells of a package that it has put together and not yet made an installer of. */
interface Packed {
  readonly appOutDir: string;
  readonly electronPlatformName: string;
  /** Electron-builder's number for it. */
  readonly arch: number;
  readonly packager: { getResourcesDir(appOutDir: string): string };
}

/** The order of electron-builder's `Arch`. */
const ARCHITECTURES = ['ia32', 'x64', 'armv7l', 'arm64', 'universal'];

/** Run by electron-builder for each package. @throws Error when its native modules are not those of its platform. */
export default async function checkPackage(packed: Packed): Promise<void> {
  const target = `${packed.electronPlatformName}-${ARCHITECTURES[packed.arch] ?? 'unknown'}`;
  const unpacked = join(packed.packager.getResourcesDir(packed.appOutDir), 'app.asar.unpacked');
  const found = (await readdir(unpacked, { recursive: true })).filter((path) => path.endsWith('.node'));
  const sqlite = found.filter((path) => path.endsWith(join('prebuilds', `${target}.node`)));
  const keychain = found.filter((path) => path.includes(`keyring-${target}`));
  if (sqlite.length === 1 && keychain.length === 1 && found.length === 2) return;
  throw new Error(
    `The package for ${target} needs the native modules of ${target} and no others, and has: ${found.join(', ')}.\n` +
      `npm installs the keychain of its own system alone; docs/RELEASE.md says how to get that of another.`,
  );
}
