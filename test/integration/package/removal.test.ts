import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { autostartEntry } from '../../../main/login-item.ts';
import { FILE_MANAGERS, integrationFor, type Surroundings } from '../../../src/desktop/index.ts';
import { REPOSITORY, temporaryDirectory } from '../../support/package.ts';
import { hasProgram } from '../../support/programs.ts';

/** Packages of Debian around the script that runs when the app is removed, in a root of their own. */

const SCRIPT = join(REPOSITORY, 'build/before-remove.sh');
const PROGRAM = '/opt/RustFS Sync/rustfs-sync-app';
/** Somebody whom every system has, so that a process can be theirs. */
const PERSON = 'nobody';
const canRun = process.getuid?.() === 0 && ['dpkg', 'dpkg-deb', 'runuser'].every(hasProgram);

describe.skipIf(!canRun)('removing the package', () => {
  const temporary = temporaryDirectory('removal');
  afterAll(() => temporary.remove());
  const uid = Number(canRun ? execFileSync('id', ['-u', PERSON], { encoding: 'utf8' }) : 0);

  /** A root with one person, who has what the app (or another program) puts into a home. */
  async function makeRoot(name: string, program: string, others: (home: string) => void = () => undefined) {
    const root = join(temporary.path, name);
    const home = join(root, 'home/ann lee');
    for (const path of [join(root, 'etc'), join(root, 'var/lib/dpkg/updates'), join(root, 'var/lib/dpkg/info'), home])
      mkdirSync(path, { recursive: true });
    writeFileSync(join(root, 'var/lib/dpkg/status'), '');
    const passwd = ['root:x:0:0::/root:/bin/sh', `${PERSON}:x:1000:1000:Ann:/home/ann lee:/bin/sh`];
    writeFileSync(join(root, 'etc/passwd'), `${passwd.join('\n')}\n`);
    const here: Surroundings = { platform: 'linux', env: {}, home, program: [program], state: '', language: 'zh-CN' };
    others(home);
    const managers = FILE_MANAGERS.filter((each) => each !== 'windows' && each !== 'macos');
    for (const manager of managers) await integrationFor(manager, here, []).install();
    const autostart = join(home, '.config/autostart/rustfs-sync.desktop');
    mkdirSync(dirname(autostart), { recursive: true });
    writeFileSync(autostart, autostartEntry(program));
    mkdirSync(join(home, '.local/share/rustfs-sync'));
    writeFileSync(join(home, '.local/share/rustfs-sync/state.db'), 'accounts and folders');
    for (const path of ['', ...filesIn(home, true)]) chownSync(join(home, path), uid, uid);
    // The way to it is open to everybody, as /home is.
    for (let path = home; path !== dirname(temporary.path); path = dirname(path)) chmodSync(path, 0o755);
    return { root, home };
  }

  function filesIn(home: string, all = false): string[] {
    return readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => all || entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))
      .sort();
  }

  function dpkg(root: string, ...args: readonly string[]): string {
    const options = ['--force-script-chrootless', '--force-not-root', `--root=${root}`, '--log=/dev/null'];
    return execFileSync('dpkg', [...options, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  function makePackage(version: string): string {
    const tree = join(temporary.path, `package-${version}`);
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
    mkdirSync(join(tree, dirname(PROGRAM)), { recursive: true });
    writeFileSync(join(tree, PROGRAM), '');
    const control = { Package: 'rustfs-sync', Version: version, Architecture: 'all', Maintainer: 'A <a@b>' };
    const lines = Object.entries({ ...control, Description: 'test' }).map(([key, value]) => `${key}: ${value}\n`);
    writeFileSync(join(tree, 'DEBIAN/control'), lines.join(''));
    cpSync(SCRIPT, join(tree, 'DEBIAN/prerm'));
    chmodSync(join(tree, 'DEBIAN/prerm'), 0o755);
    const file = `${tree}.deb`;
    execFileSync('dpkg-deb', ['--build', '--root-owner-group', tree, file], { stdio: 'ignore' });
    return file;
  }

  const OTHERS = '.config/Thunar/uca.xml';
  const MIME = '.config/mimeapps.list';
  function ownFiles(home: string): void {
    for (const path of [OTHERS, MIME]) mkdirSync(dirname(join(home, path)), { recursive: true });
    const action = '<action>\n\t<name>My own</name>\n\t<command>echo %f</command>\n</action>';
    writeFileSync(join(home, OTHERS), `<?xml version="1.0" encoding="UTF-8"?>\n<actions>\n${action}\n</actions>\n`);
    const scheme = 'x-scheme-handler/rustfs-sync=rustfs-sync-app.desktop';
    writeFileSync(join(home, MIME), `[Default Applications]\n${scheme}\ntext/html=web.desktop\n`);
  }

  test('an upgrade changes nothing; a removal takes out what the app put into a home, and leaves all else', async () => {
    const { root, home } = await makeRoot('person', PROGRAM, ownFiles);
    const before = filesIn(home);
    expect(before.length).toBeGreaterThan(7);
    dpkg(root, '-i', makePackage('1'));
    dpkg(root, '-i', makePackage('2'));
    expect(filesIn(home)).toEqual(before);
    expect(readFileSync(join(home, OTHERS), 'utf8')).toContain(PROGRAM);
    const told = dpkg(root, '-r', 'rustfs-sync');
    expect(told).toContain('accounts, folders and state stay');
    expect(told).toContain('rustfs-sync integrate remove');
    const backup = `${OTHERS}.before-rustfs-sync`;
    expect(filesIn(home)).toEqual([OTHERS, backup, MIME, '.local/share/rustfs-sync/state.db'].sort());
    expect(readFileSync(join(home, OTHERS), 'utf8')).toBe(readFileSync(join(home, backup), 'utf8'));
    expect(readFileSync(join(home, MIME), 'utf8')).toBe('[Default Applications]\ntext/html=web.desktop\n');
    expect(existsSync(join(root, PROGRAM))).toBe(false);
  }, 60_000);

  test('what the command line made of itself stays', async () => {
    const { root, home } = await makeRoot('terminal', '/usr/bin/rustfs-sync');
    const before = filesIn(home);
    const contents = before.map((path) => readFileSync(join(home, path), 'utf8'));
    execFileSync(SCRIPT, ['remove'], { env: { ...process.env, DPKG_ROOT: root }, stdio: 'ignore' });
    expect(filesIn(home)).toEqual(before);
    expect(before.map((path) => readFileSync(join(home, path), 'utf8'))).toEqual(contents);
  });

  test('rpm tells by a number which it is', async () => {
    const { root, home } = await makeRoot('rpm', PROGRAM);
    const before = filesIn(home);
    const run = (arg: string) =>
      execFileSync(SCRIPT, [arg], { env: { ...process.env, DPKG_ROOT: root }, stdio: 'ignore' });
    run('1');
    expect(filesIn(home)).toEqual(before);
    run('0');
    expect(filesIn(home).filter((path) => !path.includes('Thunar'))).toEqual(['.local/share/rustfs-sync/state.db']);
    expect(readFileSync(join(home, OTHERS), 'utf8')).not.toContain(PROGRAM);
  });
});

test('the script of the packages is theirs, and names the program as they install it', () => {
  const config = readFileSync(join(REPOSITORY, 'electron-builder.yml'), 'utf8');
  const name = (key: string) => new RegExp(`^${key}: (.+)$`, 'm').exec(config)?.[1];
  expect(PROGRAM).toBe(`/opt/${name('productName')}/${name('executableName')}`);
  expect(readFileSync(SCRIPT, 'utf8')).toContain(`program="${PROGRAM}"`);
  expect(config.match(/^ {4}- --before-remove=build\/before-remove\.sh$/gm)).toHaveLength(2);
});
