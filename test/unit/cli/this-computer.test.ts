import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDesktop } from '../../support/desktop-world.ts';
import { folderStatus, FOLDER, engineStatus, FakeCli, runFake, settle } from './fake-host.ts';

/** What the commands install on this computer, and what they print for scripts. */

describe('service', () => {
  test('install and status say where the address of the window is, which is found in what systemd has noted', async () => {
    const { home } = makeDesktop().surroundings;
    for (const words of [['install', '--port', '8484'], ['status']]) {
      const { stderr, exitCode } = await runFake({ home }, 'service', ...words);
      const [, command = ''] = /journalctl --user -u rustfs-sync \| (.*)$/m.exec(stderr) ?? [];
      const noted = [
        'Open in a browser: http://127.0.0.1:8484/#token=old',
        'Open in a browser: http://127.0.0.1:8484/#token=new',
      ];
      const found = spawnSync('/bin/sh', ['-c', command], {
        input: `${noted.join('\n')}\nSyncing.\n`,
        encoding: 'utf8',
      });
      expect([found.stdout, exitCode]).toEqual(['http://127.0.0.1:8484/#token=new\n', 0]);
    }
    const sync = await runFake({ home }, 'service', 'install');
    expect([sync.exitCode, sync.stderr]).toEqual([0, expect.not.stringContaining('journalctl')]);
  });

  test('writes a unit for which a stop is no failure, whatever is in sync then, and an end by itself is one', async () => {
    const { home } = makeDesktop().surroundings;
    await runFake({ home }, 'service', 'install');
    const unit = readFileSync(join(home, '.config/systemd/user/rustfs-sync.service'), 'utf8').split('\n');
    // As systemd stops it.
    const status = engineStatus(folderStatus({ state: 'syncing' }));
    const cli = new FakeCli({
      answers: { 'folder.list': [FOLDER], 'sync.start': {} },
      streams: {
        'status.watch': async function* (_input, signal) {
          yield status;
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
      },
    });
    const run = cli.run('sync');
    await settle();
    cli.interrupt();
    const { exitCode } = await run;
    expect(unit).toContain(`SuccessExitStatus=${exitCode}`);
    expect(unit).toContain(`RestartForceExitStatus=${exitCode}`);
    expect(unit).toContain('Restart=on-failure');
  });

  test('writes a unit in which a call that systemd forbids fails, and does not end the program', async () => {
    const { home } = makeDesktop().surroundings;
    await runFake({ home }, 'service', 'install');
    const unit = readFileSync(join(home, '.config/systemd/user/rustfs-sync.service'), 'utf8');
    expect(unit).toMatch(/^SystemCallFilter=.*\n(#.*\n)*SystemCallErrorNumber=EPERM$/m);
  });
});

describe('with --json there is one JSON document', () => {
  test('of the diagnostics that go to stdout', async () => {
    const answers = { 'diagnostics.make': { text: 'RustFS Sync 1\n\nall is well\n' } };
    const { documents } = await runFake({ answers }, 'diagnose', '--out', '-', '--json');
    expect(documents).toEqual([{ text: 'RustFS Sync 1\n\nall is well\n' }]);
  });

  test('of a link as a QR code', async () => {
    const url = 'https://s3.example/photos/a.txt?X-Amz-Signature=1';
    const place = { account: 'home', bucket: 'photos', key: 'a.txt' };
    const link = {
      id: 3,
      ...place,
      kind: 'download' as const,
      fileName: 'a.txt',
      createdMs: 0,
      expiresMs: 1,
      url,
      warnings: [],
    };
    const answers = { 'share.link': link };
    const { documents } = await runFake({ answers }, 'shares', 'qr', '3', '--json');
    const plain = await runFake({ answers }, 'shares', 'qr', '3');
    expect(documents).toEqual([{ id: 3, url, lines: plain.stdout.split('\n').slice(0, -1) }]);
    expect(plain.stdout).toContain('▀');
  });

  test('of what became of all file managers', async () => {
    const { home } = makeDesktop().surroundings;
    for (const manager of ['dolphin', 'thunar']) mkdirSync(join(home, manager), { recursive: true });
    const env = { PATH: home };
    const of = async (word: string) => (await runFake({ home, env }, 'integrate', word, '--json')).documents;
    expect(await of('install')).toEqual([
      [expect.objectContaining({ for: 'dolphin', state: 'installed' }), expect.objectContaining({ for: 'thunar' })],
    ]);
    expect(await of('remove')).toEqual([
      [
        { for: 'dolphin', state: 'absent' },
        { for: 'thunar', state: 'absent' },
      ],
    ]);
    expect(await of('remove')).toEqual([[]]);
  });
});
