import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gnomeIntegration } from '../../../src/desktop/gnome.ts';
import {
  FILE_MANAGERS,
  integrationFor,
  managersHere,
  servicePort,
  systemdService,
  type Surroundings,
} from '../../../src/desktop/index.ts';
import { makeDesktop } from '../../support/desktop-world.ts';
import { hasProgram } from '../../support/programs.ts';

const ON_DISK = FILE_MANAGERS.filter((manager) => manager !== 'windows');

/** Every file below a directory. */
function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

const moved = (surroundings: Surroundings): Surroundings => ({ ...surroundings, program: ['/elsewhere/rustfs-sync'] });

describe.each(ON_DISK)('the integration into %s', (manager) => {
  test('is installed, is out of date once the program has moved, is mended, and leaves nothing behind', async () => {
    const { surroundings } = makeDesktop();
    const integration = integrationFor(manager, surroundings, []);
    expect(await integration.state()).toBe('absent');
    await integration.install();
    expect(await integration.state()).toBe('installed');
    const before = filesIn(surroundings.home).map((path) => readFileSync(path, 'utf8'));
    await integration.install();
    expect(filesIn(surroundings.home).map((path) => readFileSync(path, 'utf8'))).toEqual(before);

    const newPlace = integrationFor(manager, moved(surroundings), []);
    expect(await newPlace.state()).toBe('stale');
    await newPlace.install();
    expect([await newPlace.state(), await integration.state()]).toEqual(['installed', 'stale']);
    await newPlace.remove();
    expect(await integration.state()).toBe('absent');
    expect(filesIn(surroundings.home)).toEqual([]);
    await integration.remove();
  });
});

test.each(ON_DISK.filter((manager) => manager !== 'thunar'))(
  'a file of somebody else in the place of ours for %s is neither replaced nor removed',
  async (manager) => {
    const { surroundings } = makeDesktop();
    const integration = integrationFor(manager, surroundings, []);
    const path = integration.places.at(-1) ?? '';
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'somebody else’s');
    await expect(integration.install()).rejects.toMatchObject({ code: 'name-taken' });
    expect(await integration.state()).toBe('absent');
    await integration.remove();
    expect(filesIn(surroundings.home).map((each) => readFileSync(each, 'utf8'))).toEqual(['somebody else’s']);
  },
);

test('a script gives way to the extension once the file manager takes one, and the other way round', async () => {
  const { surroundings } = makeDesktop();
  const script = gnomeIntegration('nautilus', { ...surroundings, language: 'zh-CN' }, false);
  const extension = gnomeIntegration('nautilus', surroundings, true);
  await script.install();
  expect(filesIn(surroundings.home)).toEqual([
    join(surroundings.home, '.local/share/nautilus/scripts/复制 RustFS 链接'),
  ]);
  expect(await extension.state()).toBe('stale');
  await extension.install();
  expect(filesIn(surroundings.home)).toEqual(extension.places);
  await script.install();
  expect(filesIn(surroundings.home)).toEqual(script.places);
});

describe('Thunar’s actions', () => {
  const OWN = '<actions>\n<action><name>Mine</name><unique-id>1</unique-id></action>\n</actions>\n';

  function withActions(text: string) {
    const desktop = makeDesktop();
    const directory = join(desktop.surroundings.home, '.config', 'Thunar');
    mkdirSync(directory, { recursive: true });
    const path = join(directory, 'uca.xml');
    writeFileSync(path, text);
    return { path, backup: `${path}.before-rustfs-sync`, thunar: integrationFor('thunar', desktop.surroundings, []) };
  }

  test('of a person stay, and a copy from before is kept until ours is gone', async () => {
    const { path, backup, thunar } = withActions(OWN);
    await thunar.install();
    expect(readFileSync(path, 'utf8')).toContain('<name>Mine</name>');
    expect(readFileSync(backup, 'utf8')).toBe(OWN);
    await thunar.remove();
    expect(filesIn(dirname(path))).toEqual([path]);
    expect(readFileSync(path, 'utf8')).toBe(OWN);
  });

  test('that a person changed meanwhile stay, and the copy too', async () => {
    const { path, backup, thunar } = withActions(OWN);
    await thunar.install();
    writeFileSync(path, readFileSync(path, 'utf8').replace('Mine', 'Changed'));
    await thunar.remove();
    expect(readFileSync(path, 'utf8')).toBe(OWN.replace('Mine', 'Changed'));
    expect(readFileSync(backup, 'utf8')).toBe(OWN);
  });

  test('of a person who wants none stay none', async () => {
    const { path, thunar } = withActions('<actions>\n</actions>\n');
    await thunar.install();
    await thunar.remove();
    expect(readFileSync(path, 'utf8')).toBe('<actions>\n</actions>\n');
  });

  test('of the system still show while ours is there, and come back after it', async () => {
    const desktop = makeDesktop();
    const system = join(desktop.files, 'xdg');
    mkdirSync(join(system, 'Thunar'), { recursive: true });
    writeFileSync(join(system, 'Thunar', 'uca.xml'), OWN);
    const env = { XDG_CONFIG_DIRS: `/nowhere:${system}` };
    const thunar = integrationFor('thunar', { ...desktop.surroundings, env }, []);
    await thunar.install();
    const [path = ''] = thunar.places;
    expect(readFileSync(path, 'utf8')).toContain('<name>Mine</name>');
    await thunar.remove();
    expect(filesIn(desktop.surroundings.home)).toEqual([]);
  });

  test('are left as they are when they can not be read', async () => {
    const { path, thunar } = withActions('<actions><action>');
    await expect(thunar.install()).rejects.toMatchObject({ code: 'not-supported' });
    await expect(thunar.remove()).rejects.toMatchObject({ code: 'not-supported' });
    expect(filesIn(dirname(path)).map((each) => readFileSync(each, 'utf8'))).toEqual(['<actions><action>']);
  });

  test('behind a link are changed where they are', async () => {
    const { path, thunar } = withActions(OWN);
    const elsewhere = join(dirname(path), 'dotfiles.xml');
    writeFileSync(elsewhere, OWN);
    const linked = join(dirname(path), 'uca.xml');
    await import('node:fs/promises').then(({ rm }) => rm(linked));
    symlinkSync(elsewhere, linked);
    await thunar.install();
    expect(lstatSync(linked).isSymbolicLink()).toBe(true);
    expect(readFileSync(elsewhere, 'utf8')).toContain('rustfs-sync-copy-link');
  });
});

test('the file managers that are here are those whose programs are on the path', () => {
  const { files } = makeDesktop();
  writeFileSync(join(files, 'thunar'), '', { mode: 0o755 });
  writeFileSync(join(files, 'nemo'), '', { mode: 0o644 });
  mkdirSync(join(files, 'bin'));
  expect(managersHere({ platform: 'linux', env: { PATH: `/nowhere::${files}` } })).toEqual(['thunar']);
  expect(managersHere({ platform: 'win32', env: {} })).toEqual(['windows']);
  expect(managersHere({ platform: 'darwin', env: {} })).toEqual(['macos']);
});

const hasSystemd = hasProgram('systemd-analyze');

describe('the unit for systemd', () => {
  test.skipIf(!hasSystemd)('is one that systemd understands, from odd places too', async () => {
    const { surroundings } = makeDesktop({ env: { RUSTFS_SYNC_HOME: 'state' }, state: '/srv/a "b"/100%' });
    const unit = systemdService(surroundings, ['serve', '--port', '8484']);
    await unit.install();
    const env = { ...process.env, XDG_RUNTIME_DIR: surroundings.home, HOME: surroundings.home };
    const verified = spawnSync('systemd-analyze', ['verify', '--user', ...unit.places], { env, encoding: 'utf8' });
    const ours = verified.stderr.split('\n').filter((line) => line.includes('rustfs-sync.service'));
    expect([ours, verified.status]).toEqual([[], 0]);
  });

  test('is written, is told of when the program has moved, and goes without a trace', async () => {
    const { surroundings } = makeDesktop();
    const unit = systemdService(surroundings, ['sync']);
    await unit.install();
    expect([await unit.state(), await systemdService(moved(surroundings), ['sync']).state()]).toEqual([
      'installed',
      'stale',
    ]);
    expect(await servicePort(surroundings)).toBeUndefined();
    await systemdService(surroundings, ['serve', '--port', '8484']).install();
    expect(await servicePort(surroundings)).toBe('8484');
    await unit.remove();
    expect(filesIn(surroundings.home)).toEqual([]);
  });

  test('goes with what enabled it; a unit of somebody else stays enabled', async () => {
    const { surroundings } = makeDesktop();
    const unit = systemdService(surroundings, ['sync']);
    const [file = ''] = unit.places;
    const link = join(dirname(file), 'default.target.wants', basename(file));
    // As systemctl enable makes it.
    const enable = () => {
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(file, link);
    };
    await unit.install();
    enable();
    await unit.remove();
    expect(readdirSync(dirname(link))).toEqual([]);
    writeFileSync(file, '[Service]\nExecStart=/bin/true\n');
    enable();
    await unit.remove();
    expect(readdirSync(dirname(link))).toEqual([basename(file)]);
  });

  test('starts again after a failure, but not after wrong usage, and can do little else', async () => {
    const { surroundings } = makeDesktop({ env: { RUSTFS_SYNC_HOME: 'state' }, state: '/srv/a b/100%' });
    const unit = systemdService(surroundings, ['sync']);
    await unit.install();
    const text = readFileSync(unit.places[0] ?? '', 'utf8');
    for (const line of ['Restart=on-failure', 'RestartPreventExitStatus=1', 'NoNewPrivileges=yes'])
      expect(text.split('\n')).toContain(line);
    expect(text).toContain('Environment="RUSTFS_SYNC_HOME=/srv/a b/100%%"\n');
    expect(text).toMatch(/ 100%% \$\$HOME\/program\.cjs" sync\n/);
  });
});
