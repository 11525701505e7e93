import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { appSurroundings, ExplorerVerb, integrate } from '../../../main/file-managers.ts';
import type { Integration, IntegrationState } from '../../../src/desktop/index.ts';
import { makeDesktop } from '../../support/desktop-world.ts';
import { CollectedLog } from '../../support/test-environment.ts';

/** Notes what was installed; `state` is what is there before. */
function explorer(state: IntegrationState = 'absent', failure?: Error) {
  const installed: string[] = [];
  const log = new CollectedLog();
  const verbFor = (roots: readonly string[]): Integration => ({
    places: [],
    state: async () => state,
    install: async () => {
      if (failure !== undefined) throw failure;
      installed.push(roots.join(' '));
    },
    remove: async () => undefined,
  });
  return { installed, log, verb: new ExplorerVerb(verbFor, log) };
}

describe('the Explorer’s verb', () => {
  test('follows the synced folders, and is written only when they change', async () => {
    const { installed, verb } = explorer();
    for (const roots of [['b', 'a'], ['a', 'b'], ['a']]) {
      verb.show(roots);
      await verb.settled();
    }
    expect(installed).toEqual(['a b', 'a']);
  });

  test('is written once for many changes at a time, the last of them', async () => {
    const { installed, verb } = explorer();
    for (const roots of [['a'], ['b'], ['c']]) verb.show(roots);
    await verb.settled();
    expect(installed).toEqual(['c']);
  });

  test('that is there already is left alone, and one that is refused is told in the log', async () => {
    const there = explorer('installed');
    there.verb.show(['a']);
    await there.verb.settled();
    expect(there.installed).toEqual([]);
    const refused = explorer('absent', new Error('no'));
    refused.verb.show(['a']);
    await refused.verb.settled();
    expect(refused.log.lines.map(({ message }) => message).join()).toContain('Explorer');
  });
});

test('the app puts itself into the file managers that are here, and takes itself out of all', async () => {
  const { surroundings, files } = makeDesktop();
  const bin = join(files, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'dolphin'), '', { mode: 0o755 });
  const here = { ...surroundings, env: { PATH: bin }, program: ['/opt/RustFS Sync/rustfs-sync-app'] };
  const menu = join(surroundings.home, '.local/share/kio/servicemenus/rustfs-sync.desktop');
  const lines: string[] = [];
  await integrate('install', here, (line) => lines.push(line));
  expect([lines, existsSync(menu)]).toEqual([[`dolphin: installed ${menu}`], true]);
  await integrate('remove', here, () => undefined);
  expect(existsSync(menu)).toBe(false);
});

test('a word that the app does not know puts nothing into a desktop', async () => {
  const { surroundings, files } = makeDesktop();
  writeFileSync(join(files, 'dolphin'), '', { mode: 0o755 });
  const here = { ...surroundings, env: { PATH: files } };
  const lines: string[] = [];
  for (const word of ['uninstall', undefined]) {
    await expect(integrate(word, here, (line) => lines.push(line))).rejects.toMatchObject({ code: 'invalid-argument' });
  }
  expect(lines).toEqual([]);
  await integrate('status', here, (line) => lines.push(line));
  expect(lines).toEqual([expect.stringMatching(/^dolphin: absent /)]);
});

test('menus run the AppImage that the app runs from, and no other that started it', () => {
  vi.stubEnv('APPIMAGE', '/apps/Other.AppImage');
  vi.stubEnv('APPDIR', '/tmp/.mount_Other1');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(appSurroundings('/state').program).toEqual([process.execPath]);
  vi.stubEnv('APPDIR', dirname(process.execPath));
  expect(appSurroundings('/state').program).toEqual(['/apps/Other.AppImage']);
});
