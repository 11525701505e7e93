import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { autostartEntry } from '../../../main/login-item.ts';
import { gnomeIntegration, type GnomeLike } from '../../../src/desktop/gnome.ts';
import { integrationFor, type FileManager } from '../../../src/desktop/index.ts';
import { entryGroup, execArguments } from '../../support/desktop-entry.ts';
import { makeDesktop, runShell, type DesktopWorld } from '../../support/desktop-world.ts';
import { hasProgram } from '../../support/programs.ts';

/** Each test runs exactly what a file manager would run for files with odd names. */

const hasPython = hasProgram('python3');
const hasValidator = hasProgram('desktop-file-validate');
const SHARE = ['share', '--copy', '--'];

async function installed(desktop: DesktopWorld, manager: FileManager): Promise<string> {
  const integration = integrationFor(manager, desktop.surroundings, []);
  await integration.install();
  return readFileSync(integration.places.at(-1) ?? '', 'utf8');
}

describe('Dolphin', () => {
  test('runs the share of all chosen files', async () => {
    const desktop = makeDesktop();
    const menu = await installed(desktop, 'dolphin');
    const exec = entryGroup(menu, 'Desktop Action copyLink').get('Exec') ?? '';
    const [program = '', ...args] = execArguments(exec, desktop.paths);
    execFileSync(program, args);
    expect(desktop.argv()).toEqual([...SHARE, ...desktop.paths]);
  });

  test('finds a menu that it heeds: executable, in its own place, with the action that it names', async () => {
    const { surroundings } = makeDesktop();
    const integration = integrationFor('dolphin', surroundings, []);
    await integration.install();
    const [path = ''] = integration.places;
    expect(path).toBe(join(surroundings.home, '.local/share/kio/servicemenus/rustfs-sync.desktop'));
    expect(statSync(path).mode & 0o111).toBe(0o111);
    const text = readFileSync(path, 'utf8');
    const actions = entryGroup(text, 'Desktop Entry').get('Actions');
    expect(actions).toBe('copyLink;');
    expect(entryGroup(text, 'Desktop Action copyLink').get('Name[zh_CN]')).toBe('复制 RustFS 链接');
  });

  test('keeps the state’s place where it was chosen', async () => {
    const desktop = makeDesktop({ env: { RUSTFS_SYNC_HOME: 'state' }, state: '/srv/a b/状态' });
    const exec = entryGroup(await installed(desktop, 'dolphin'), 'Desktop Action copyLink').get('Exec') ?? '';
    expect(execArguments(exec, []).slice(0, 2)).toEqual(['/usr/bin/env', 'RUSTFS_SYNC_HOME=/srv/a b/状态']);
  });
});

test.skipIf(!hasValidator)('every desktop file is valid', async () => {
  const desktop = makeDesktop();
  const menu = await installed(desktop, 'dolphin');
  const files = {
    // The validator does not know KDE's type of entry; everything else in it is as for a program.
    menu: menu.replace('Type=Service\n', 'Type=Application\nExec=true\n'),
    autostart: autostartEntry(desktop.surroundings.program[1] ?? ''),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(desktop.files, `${name}.desktop`);
    writeFileSync(path, text);
    expect(spawnSync('desktop-file-validate', [path], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
  }
});

test('Thunar runs the share of all chosen files', async () => {
  const desktop = makeDesktop();
  const text = await installed(desktop, 'thunar');
  const [, command = ''] = /<command>(.*?)<\/command>/s.exec(text) ?? [];
  const plain = command.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  // Thunar quotes each file for the shell, then gives the whole to it.
  const quoted = desktop.paths.map((path) => `'${path.replaceAll("'", `'\\''`)}'`).join(' ');
  runShell(plain.replace(/%[%F]/g, (code) => (code === '%%' ? '%' : quoted)));
  expect(desktop.argv()).toEqual([...SHARE, ...desktop.paths]);
});

describe.each(['nautilus', 'nemo', 'caja'] as const)('the script for %s', (manager: GnomeLike) => {
  const variable = `${manager.toUpperCase()}_SCRIPT_SELECTED_FILE_PATHS`;

  async function script(desktop: DesktopWorld): Promise<string> {
    const integration = gnomeIntegration(manager, desktop.surroundings, false);
    await integration.install();
    const [path = ''] = integration.places;
    expect(basename(dirname(path))).toBe('scripts');
    return path;
  }

  test('takes the files that it is given, as names in the directory that is shown', async () => {
    const desktop = makeDesktop();
    const names = desktop.paths.map((path) => basename(path));
    execFileSync(await script(desktop), names, { cwd: desktop.files, env: { ...process.env, [variable]: '/wrong\n' } });
    expect(desktop.argv()).toEqual([...SHARE, ...desktop.paths]);
  });

  test('takes the variable where no directory is shown', async () => {
    const desktop = makeDesktop();
    const paths = desktop.paths.filter((path) => !path.includes('\n'));
    execFileSync(await script(desktop), [], { cwd: '/', env: { ...process.env, [variable]: `${paths.join('\n')}\n` } });
    expect(desktop.argv()).toEqual([...SHARE, ...paths]);
  });

  test('shares nothing where a line break could make one file look like another', async () => {
    const desktop = makeDesktop();
    const path = await script(desktop);
    writeFileSync(join(desktop.files, 'line'), 'another file');
    const run = (value: string) =>
      spawnSync(path, [], { cwd: '/', env: { ...process.env, [variable]: value }, stdio: 'pipe' }).status;
    expect(run(`${join(desktop.files, 'line\nbreak.txt')}\n`)).toBe(1);
    expect(run('')).toBe(1);
    expect(desktop.argv()).toBeUndefined();
  });
});

describe.skipIf(!hasPython)('the Finder', () => {
  /** A property list as Python reads it. */
  function readPlist(path: string): unknown {
    const program = 'import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))';
    return JSON.parse(execFileSync('python3', ['-c', program, path], { encoding: 'utf8' }));
  }

  test('runs the share of all chosen files', async () => {
    const desktop = makeDesktop({ platform: 'darwin' });
    const integration = integrationFor('macos', desktop.surroundings, []);
    await integration.install();
    const [info = '', workflow = ''] = integration.places;
    expect(readPlist(info)).toMatchObject({
      NSServices: [{ NSMenuItem: { default: 'Copy RustFS Link' }, NSSendFileTypes: ['public.item'] }],
    });
    const document = readPlist(workflow) as {
      actions: [{ action: { ActionParameters: { COMMAND_STRING: string; inputMethod: number; shell: string } } }];
    };
    const { COMMAND_STRING, inputMethod, shell } = document.actions[0].action.ActionParameters;
    expect([inputMethod, shell]).toEqual([1, '/bin/sh']);
    runShell(COMMAND_STRING, desktop.paths);
    expect(desktop.argv()).toEqual([...SHARE, ...desktop.paths]);
  });

  test('shows one action after the language was changed, and none after it was removed', async () => {
    const { surroundings } = makeDesktop({ platform: 'darwin' });
    const services = join(surroundings.home, 'Library', 'Services');
    const english = integrationFor('macos', surroundings, []);
    const chinese = integrationFor('macos', { ...surroundings, language: 'zh-CN' }, []);
    await english.install();
    expect(await chinese.state()).toBe('stale');
    await chinese.install();
    expect(await chinese.state()).toBe('installed');
    expect(existsSync(join(services, 'Copy RustFS Link.workflow', 'Contents', 'document.wflow'))).toBe(false);
    mkdirSync(join(services, 'Mine.workflow'));
    await chinese.remove();
    expect(existsSync(join(services, '复制 RustFS 链接.workflow'))).toBe(false);
    expect(existsSync(join(services, 'Mine.workflow'))).toBe(true);
  });
});
