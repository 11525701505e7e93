import { describe, expect, test } from 'vitest';
import type { ProblemInfo } from '../../../src/api/index.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { engineStatus, FakeCli, FOLDER, folderStatus, runFake, settle } from './fake-host.ts';

const AT = new Date(2026, 10, 22, 10, 15).getTime();

describe('status', () => {
  test('tells the state of each folder, with the reason and what to do', async () => {
    const offline = folderStatus({
      state: 'offline',
      reason: 'No answer from nas.',
      advice: 'Is it on?',
      lastFullPassMs: AT,
      problems: { notice: 9, warning: 1, error: 2 },
      planned: { files: 12, bytes: 5_000 },
      done: { files: 2, bytes: 1_000 },
    });
    const run = await runFake({ answers: { 'status.get': engineStatus(offline) } }, 'status');
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe(
      [
        '! offline    /home/me/Pictures → home:photos',
        '  id k3jq7x2m, upload, 12,034 files in sync',
        '  last compared in full 2026-11-22 10:15',
        '  10 files to go, 4.0 kB',
        '  No answer from nas.',
        '  Is it on?',
        '  It goes on by itself once the server answers.',
        '  3 problems: `rustfs-sync problems --folder k3jq7x2m`',
        '',
      ].join('\n'),
    );
  });

  test('tells a hold only as long as it holds', async () => {
    const hold = { reason: 'replaces-all' as const, known: 20, deletions: 0, replacements: 20 };
    const held = await runFake(
      { answers: { 'status.get': engineStatus(folderStatus({ state: 'held', hold })) } },
      'status',
    );
    expect(held.stdout).toContain('it would replace 20 of 20 files');
    const approved = engineStatus(folderStatus({ state: 'syncing', hold }));
    expect((await runFake({ answers: { 'status.get': approved } }, 'status')).stdout).not.toContain('approve');
  });

  test('tells the speed while there is one, and how to begin without folders', async () => {
    const busy = { ...engineStatus(folderStatus()), bytesPerSecond: { up: 2_000_000, down: 0 } };
    expect((await runFake({ answers: { 'status.get': busy } }, 'status')).stdout).toContain(
      'Sending 2.0 MB/s, receiving 0 B/s.',
    );
    const none = await runFake({ answers: { 'status.get': engineStatus() } }, 'status');
    expect(none.stderr).toContain('rustfs-sync folder add');
  });

  test('says when nothing runs, and what is kept of a folder', async () => {
    const folder = { ...folderStatus().folder, chosen: ['2026'] };
    const off = engineStatus(folderStatus({ state: 'not-running', folder }));
    const run = await runFake({ answers: { 'status.get': off } }, 'status');
    expect(run.stdout).toContain('- off ');
    expect(run.stdout).toContain('only a part is kept on this computer: `rustfs-sync folder select k3jq7x2m`');
    expect(run.stderr).toBe('RustFS Sync is not running: `rustfs-sync sync` starts it.\n');
    const busy = engineStatus(folderStatus({ state: 'not-running' }), folderStatus({ state: 'syncing' }));
    expect((await runFake({ answers: { 'status.get': busy } }, 'status')).stderr).toBe('');
  });

  test('--json is the status', async () => {
    const status = engineStatus(folderStatus());
    expect((await runFake({ answers: { 'status.get': status } }, 'status', '--json')).documents).toEqual([status]);
  });

  test('--watch goes on until Ctrl-C, as lines of JSON where wanted', async () => {
    const statuses = [engineStatus(folderStatus({ state: 'comparing' })), engineStatus(folderStatus())];
    const cli = new FakeCli({
      otherProcess: () => 'process 7',
      answers: { 'status.get': statuses[0] ?? engineStatus() },
      streams: {
        async *'status.watch'() {
          yield* statuses;
          await new Promise(() => undefined);
        },
      },
    });
    const run = cli.run('status', '--watch', '--json');
    await settle();
    cli.interrupt();
    expect(await run).toMatchObject({ exitCode: 0, closed: 1, documents: statuses });
  });

  test('--watch asks anew when the engine that it watched ends, and while none runs', async () => {
    const states = (['in-sync', 'not-running', 'comparing'] as const).map((state) =>
      engineStatus(folderStatus({ state })),
    );
    let asked = 0;
    const lost = new SyncError({ code: 'engine-lost', message: 'It ended.', advice: 'Run it again.' });
    const cli = new FakeCli({
      otherProcess: () => (asked === 1 ? 'process 7' : undefined),
      answers: { 'status.get': async () => states[asked++] ?? engineStatus() },
      streams: { 'status.watch': [lost] },
    });
    const run = cli.run('status', '--watch', '--json');
    await settle();
    cli.clock.advance(1_000);
    await settle();
    cli.interrupt();
    expect(await run).toMatchObject({ exitCode: 0, documents: states });
  });

  test('colours show on a terminal only, and not with NO_COLOR or a dumb one', async () => {
    const answers = { 'status.get': engineStatus(folderStatus()) };
    const colours = async (options: object) =>
      (await runFake({ answers, ...options }, 'status')).stdout.includes('\x1b[');
    expect(await colours({ isTTY: true })).toBe(true);
    expect(await colours({ isTTY: false })).toBe(false);
    expect(await colours({ isTTY: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await colours({ isTTY: true, env: { NO_COLOR: '' } })).toBe(true);
    expect(await colours({ isTTY: true, env: { TERM: 'dumb' } })).toBe(false);
    expect(await colours({ isTTY: { stderr: true } })).toBe(false);
  });
});

describe('problems', () => {
  const problem: ProblemInfo = {
    id: 1,
    folderId: FOLDER.id,
    path: 'a\nb.txt',
    code: 'line-break-in-name',
    severity: 'warning',
    message: 'The name has a line break in it.',
    advice: 'Rename the file.',
    detail: '',
    attempts: 3,
    firstMs: AT,
    lastMs: AT,
    retryAtMs: AT,
  };

  test('are told with advice and the next try', async () => {
    const whole = { ...problem, path: '', attempts: 1, advice: '' };
    const run = await runFake({ answers: { 'problem.list': [problem, whole], 'folder.list': [FOLDER] } }, 'problems');
    expect(run.stdout).toBe(
      [
        'warning  a\\nb.txt',
        '  The name has a line break in it.',
        '  Rename the file.',
        '  Failed 3 times; tried again at 2026-11-22 10:15.',
        'warning  /home/me/Pictures',
        '  The name has a line break in it.',
        '  Failed once; tried again at 2026-11-22 10:15.',
        '',
      ].join('\n'),
    );
    expect(run.calls[0]).toEqual(['problem.list', { limit: 1_000 }]);
  });

  test('of one folder, so many, as JSON', async () => {
    const run = await runFake(
      { answers: { 'problem.list': [problem] } },
      'problems',
      '--folder',
      'x',
      '--limit',
      '5',
      '--json',
    );
    expect(run.calls).toEqual([['problem.list', { folderId: 'x', limit: 5 }]]);
    expect(run.documents).toEqual([[problem]]);
  });

  test('none is good news', async () => {
    const run = await runFake({ answers: { 'problem.list': [], 'folder.list': [] } }, 'problems');
    expect(run).toMatchObject({ exitCode: 0, stdout: '', stderr: 'There are no problems.\n' });
  });
});

describe('problems resolve', () => {
  test.each([
    ['mine', 'your version has the name, the other one is in the trash'],
    ['theirs', "the bucket's version has the name, yours is in the trash"],
    ['both', 'both files stay'],
  ])('--keep %s is what the engine is asked for, and what is told', async (keep, told) => {
    const answers = { 'problem.resolve': {} };
    const run = await runFake({ answers }, 'problems', 'resolve', '12', '--keep', keep);
    expect(run.calls).toEqual([['problem.resolve', { id: 12, keep }]]);
    expect(run).toMatchObject({ exitCode: 0, stdout: `Settled the conflict 12: ${told}.\n`, stderr: '' });
    const json = await runFake({ answers }, 'problems', 'resolve', '12', '--keep', keep, '--json');
    expect(json.documents).toEqual([{ id: 12, keep }]);
  });

  test.each([
    [['12', '--keep', 'yours'], 'error: --keep "yours" is none of the choices.'],
    [['a.txt', '--keep', 'mine'], 'error: "a.txt" is not the id of a problem.'],
    [['12'], '--keep'],
  ])('%j asks the engine for nothing', async (args, told) => {
    const run = await runFake({}, 'problems', 'resolve', ...args);
    expect(run).toMatchObject({ exitCode: 1, stdout: '', calls: [] });
    expect(run.stderr).toContain(told);
  });
});

test('activity lists what was done', async () => {
  const entry = {
    atMs: AT,
    folderId: FOLDER.id,
    kind: 'uploaded' as const,
    path: 'a.txt',
    sizeBytes: 1_500,
    detail: '',
  };
  const answers = { 'activity.list': [entry] };
  const run = await runFake({ answers }, 'activity', '--limit', '20');
  expect(run.stdout).toBe('TIME              WHAT        SIZE  PATH\n2026-11-22 10:15  uploaded  1.5 kB  a.txt\n');
  expect(run.calls).toEqual([['activity.list', { limit: 20 }]]);
  expect((await runFake({ answers }, 'activity', '--json')).documents).toEqual([[entry]]);
  expect((await runFake({ answers: { 'activity.list': [] } }, 'activity')).stderr).toBe('Nothing was done yet.\n');
});
