import { describe, expect, test } from 'vitest';
import type { FolderInfo, ProblemInfo, SyncOutcome } from '../../../src/api/index.ts';
import { problemText } from '../../../src/core/problems.ts';
import { engineStatus, FakeCli, FOLDER, folderStatus, runFake, settle, type FakeOptions } from './fake-host.ts';

const OTHER: FolderInfo = { ...FOLDER, id: 'other234', localRoot: '/home/me/Music', bucket: 'music' };
const DONE: SyncOutcome = {
  result: 'in-sync',
  uploadedFiles: 0,
  uploadedBytes: 0,
  downloadedFiles: 0,
  downloadedBytes: 0,
  deletedFiles: 0,
  movedFiles: 0,
  releasedFiles: 0,
};

function problem(number: number, changes: Partial<ProblemInfo> = {}): ProblemInfo {
  return {
    id: number,
    folderId: FOLDER.id,
    path: `file-${number}.txt`,
    code: 'unreadable',
    severity: 'warning',
    message: `It can not be read (${number}).`,
    advice: 'Give yourself permission.',
    detail: '',
    attempts: 1,
    firstMs: 0,
    lastMs: 0,
    ...changes,
  };
}

function once(outcome: SyncOutcome, options: FakeOptions = {}, ...argv: string[]) {
  return runFake(
    {
      ...options,
      answers: {
        'folder.list': [FOLDER, OTHER],
        'sync.once': outcome,
        'status.get': engineStatus(folderStatus()),
        ...options.answers,
      },
    },
    'sync',
    '--once',
    ...argv,
  );
}

describe('which folders', () => {
  test('without any, says how to add one', async () => {
    const run = await runFake({ answers: { 'folder.list': [] } }, 'sync', '--once');
    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr).toContain('rustfs-sync folder add LOCAL_DIR ACCOUNT:BUCKET[/PREFIX]');
  });

  test('an id that there is none of is named, with those that there are', async () => {
    const run = await runFake({ answers: { 'folder.list': [FOLDER] } }, 'sync', 'k3jq', '--once');
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('"k3jq"');
    expect(run.stderr).toContain('k3jq7x2m (/home/me/Pictures to home:photos)');
  });

  test('all, or those named', async () => {
    expect((await once(DONE)).calls).toContainEqual(['sync.once', { ids: [FOLDER.id, OTHER.id] }]);
    expect((await once(DONE, {}, OTHER.id)).calls).toContainEqual(['sync.once', { ids: [OTHER.id] }]);
  });
});

describe('sync --once', () => {
  test('tells on stderr what was done, in a pipe too', async () => {
    const outcome = { ...DONE, uploadedFiles: 10_000, uploadedBytes: 41_000_000, deletedFiles: 1 };
    const cli = new FakeCli({
      answers: {
        'folder.list': [FOLDER],
        'status.get': engineStatus(folderStatus()),
        'sync.once': async () => {
          cli.clock.advance(6_200);
          return outcome;
        },
      },
    });
    const run = await cli.run('sync', '--once');
    expect(run).toMatchObject({ exitCode: 0, stdout: '', closed: 1 });
    expect(run.stderr).toBe(
      [
        'Uploaded 10,000 files, 41.0 MB in 6.2 s (6.6 MB/s).',
        'Deleted 1 file: kept in the trash, or as an old version in the bucket.',
        'Everything is in sync.',
        '',
      ].join('\n'),
    );
  });

  test('tells what left this computer because it is not chosen for it', async () => {
    const run = await once({ ...DONE, releasedFiles: 3 });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('Took 3 files off this computer: not chosen for it, kept in the bucket.\n');
    const json = await once({ ...DONE, releasedFiles: 3 }, {}, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ releasedFiles: 3, deletedFiles: 0 });
  });

  test('that is called off tells what was done, and asks nothing more', async () => {
    const error = { code: 'cancelled', message: 'Syncing was cancelled.', advice: 'Start it again.', detail: '' };
    const stopped: SyncOutcome = { ...DONE, result: 'stopped', error, uploadedFiles: 3, uploadedBytes: 4_000 };
    const run = async (...argv: string[]) => {
      const cli = new FakeCli({
        answers: {
          'folder.list': [FOLDER],
          'sync.once': async () => {
            cli.interrupt();
            return stopped;
          },
        },
      });
      return cli.run('sync', '--once', ...argv);
    };
    const told = await run();
    expect(told).toMatchObject({ exitCode: 3, closed: 1 });
    expect(told.stderr).toContain('Uploaded 3 files, 4.0 kB');
    expect(told.stderr).toContain('error: Syncing was cancelled.');
    expect((await run('--json')).documents).toEqual([
      { ...stopped, durationMs: 0, folders: [], problems: [], otherProblems: 0 },
    ]);
  });

  test('that is ended by a second Ctrl-C says where to find what was done', async () => {
    const answers = { 'folder.list': [FOLDER], 'sync.once': () => new Promise<never>(() => undefined) };
    const cli = new FakeCli({ answers });
    const run = cli.run('sync', '--once');
    await settle();
    cli.interrupt();
    cli.clock.advance(1_000);
    cli.interrupt();
    expect(await run).toMatchObject({ exitCode: 3, stdout: '', closed: 0 });
    expect((await run).stderr).toContain('`rustfs-sync activity` lists what was done');
  });

  test('tells nothing with --quiet when all is well', async () => {
    expect(await once(DONE, {}, '--quiet')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('lists twenty problems with advice, and the number of the others', async () => {
    const listed = Array.from({ length: 60 }, (_, index) =>
      problem(index, { severity: index % 2 ? 'warning' : 'notice' }),
    );
    const status = engineStatus(folderStatus({ state: 'attention', problems: { notice: 30, warning: 28, error: 2 } }));
    const limits: unknown[] = [];
    const answers = {
      'status.get': status,
      'problem.list': async (input: unknown) => {
        limits.push(input);
        return listed;
      },
    };
    for (const argv of [[], ['--quiet']]) {
      const run = await once({ ...DONE, result: 'problems' }, { answers }, ...argv);
      expect(run.exitCode).toBe(3);
      expect(run.stderr).toContain('warning  file-1.txt\n  It can not be read (1).\n  Give yourself permission.\n');
      expect(run.stderr.split('warning  ').length - 1).toBe(20);
      expect(run.stderr).toContain('10 other problems: `rustfs-sync problems`');
    }
    // Enough to find twenty behind all the notices.
    expect(limits[0]).toEqual({ folderId: FOLDER.id, limit: 50 });
  });

  test('tells of a conflict what it takes to settle it', async () => {
    const answers = {
      'status.get': engineStatus(folderStatus({ state: 'attention', problems: { notice: 0, warning: 1, error: 0 } })),
      'problem.list': [
        problem(7, { ...problemText('conflict-copy'), code: 'conflict-copy', detail: 'file-7 (conflict vm).txt' }),
      ],
    };
    const run = await once({ ...DONE, result: 'problems' }, { answers });
    expect(run.stderr).toContain('Your version is file-7 (conflict vm).txt. The id of this conflict is 7.');
    expect(run.stderr).toContain('rustfs-sync problems resolve 7 --keep mine|theirs|both');
  });

  test('tells why a folder stopped', async () => {
    const stopped = folderStatus({
      state: 'stopped',
      reason: 'The folder is gone.',
      advice: 'Plug the disk in.',
      code: 'root-missing',
    });
    const run = await once({ ...DONE, result: 'problems' }, { answers: { 'status.get': engineStatus(stopped) } });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('/home/me/Pictures → home:photos\n  The folder is gone.\n  Plug the disk in.\n');
  });

  test('held by the brake: says what, how to look and how to go on', async () => {
    const hold = { reason: 'deletes-most' as const, known: 1_000, deletions: 812, replacements: 0 };
    const held = engineStatus(folderStatus({ state: 'held', hold }));
    const run = await once({ ...DONE, result: 'held' }, { answers: { 'status.get': held } }, '--quiet');
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('it would delete 812 of 1,000 files');
    for (const word of ['show', 'approve', 'revert']) expect(run.stderr).toContain(`rustfs-sync plan ${word} k3jq7x2m`);
  });

  test('unreachable: the error and its advice, once', async () => {
    const error = { code: 'unreachable', message: 'No answer from nas.', advice: 'Is it on?', detail: 'ECONNREFUSED' };
    const offline = folderStatus({
      state: 'offline',
      reason: 'No answer from nas.',
      advice: 'Is it on?',
      code: 'unreachable',
    });
    const answers = { 'status.get': engineStatus(offline) };
    const run = await once({ ...DONE, result: 'unreachable', error }, { answers });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('error: No answer from nas.\n  Is it on?\n');
    expect(run.stderr.split('No answer').length - 1).toBe(1);
    // It has ended: nothing goes on by itself.
    expect(run.stderr).not.toContain('by itself');
  });

  test('paused folders are named', async () => {
    const answers = { 'status.get': engineStatus(folderStatus({ state: 'paused' })) };
    const run = await once({ ...DONE, result: 'paused' }, { answers });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('k3jq7x2m');
    expect(run.stderr).toContain('folder resume');
  });

  test('--json is one document with the outcome, the folders and the problems', async () => {
    const answers = {
      'status.get': engineStatus(folderStatus({ state: 'attention', problems: { notice: 0, warning: 1, error: 0 } })),
      'problem.list': [problem(1)],
    };
    const run = await once({ ...DONE, result: 'problems' }, { answers }, FOLDER.id, '--json');
    expect(run.exitCode).toBe(3);
    expect(run.documents).toEqual([
      {
        ...DONE,
        result: 'problems',
        durationMs: 0,
        folders: [{ id: FOLDER.id, state: 'attention', reason: '', advice: '', code: '' }],
        problems: [problem(1)],
        otherProblems: 0,
      },
    ]);
  });

  test('draws the progress of the folders at a terminal', async () => {
    const finished = Promise.withResolvers<SyncOutcome>();
    const working = folderStatus({
      state: 'syncing',
      planned: { files: 10, bytes: 1_000 },
      done: { files: 5, bytes: 500 },
    });
    const cli = new FakeCli({
      isTTY: true,
      answers: {
        'folder.list': [FOLDER],
        'status.get': engineStatus(folderStatus()),
        'sync.once': () => finished.promise,
      },
      streams: {
        async *'status.watch'() {
          yield engineStatus(working);
          // Goes on until it is not listened to any more; takes no notice of its signal.
          await new Promise(() => undefined);
        },
      },
    });
    const running = cli.run('sync', '--once');
    await settle();
    cli.clock.advance(200);
    finished.resolve(DONE);
    const run = await running;
    expect(run.stderr).toContain('5 of 10 files  500 B of 1.0 kB (50%)\r\x1b[2KEverything is in sync.\n');
    expect(cli.clock.timers).toBe(0);
  });

  test('the engine is not asked for progress that nobody sees', async () => {
    expect((await once(DONE)).calls.map(([name]) => name)).not.toContain('status.watch');
    expect((await once(DONE, { isTTY: true }, '--json')).calls.map(([name]) => name)).not.toContain('status.watch');
  });
});

describe('sync --dry-run', () => {
  const items = [
    { kind: 'action', action: 'upload', path: 'a/b.txt', sizeBytes: 1_500 },
    { kind: 'action', action: 'upload', path: 'c.txt', sizeBytes: 500 },
    { kind: 'action', action: 'move-remote', path: 'new.txt', from: 'old.txt', sizeBytes: 7 },
    { kind: 'action', action: 'delete-remote', path: 'd.txt', sizeBytes: 10 },
  ] as const;

  test('prints the plan on stdout, the total on stderr, and changes nothing', async () => {
    const run = await runFake(
      { answers: { 'folder.list': [FOLDER] }, streams: { 'folder.preview': items } },
      'sync',
      '--dry-run',
    );
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe(
      'upload    a/b.txt  1.5 kB\nupload    c.txt  500 B\nmove      old.txt → new.txt  7 B\ndelete    d.txt  10 B\n',
    );
    expect(run.stderr).toBe(
      '2 files to upload (2.0 kB), 1 file to move in the bucket (7 B) and 1 file to delete in the bucket (10 B).\nNothing was changed.\n',
    );
    expect(run.calls.map(([name]) => name)).toEqual(['folder.list', 'folder.preview']);
  });

  test('--json prints each item as a line, with its folder, and a total', async () => {
    const options = { answers: { 'folder.list': [FOLDER] }, streams: { 'folder.preview': items } };
    const run = await runFake(options, 'sync', '--dry-run', '--json');
    expect(run.documents).toEqual([
      ...items.map((item) => ({ folderId: FOLDER.id, ...item })),
      {
        kind: 'total',
        actions: {
          upload: { files: 2, bytes: 2_000 },
          'move-remote': { files: 1, bytes: 7 },
          'delete-remote': { files: 1, bytes: 10 },
        },
        problems: 0,
      },
    ]);
  });

  test('problems end with 3, a held plan with 4, and nothing to do says so', async () => {
    const answers = { 'folder.list': [FOLDER] };
    const { severity, path, code, message, advice } = problem(1);
    const found = { kind: 'problem' as const, severity, path, code, message, advice };
    const withProblem = await runFake({ answers, streams: { 'folder.preview': [found] } }, 'sync', '--dry-run');
    expect(withProblem.exitCode).toBe(3);
    expect(withProblem.stdout).toContain('warning  file-1.txt\n  It can not be read (1).');
    const hold = { reason: 'empties-side' as const, known: 20, deletions: 20, replacements: 0 };
    const held = await runFake(
      { answers, streams: { 'folder.preview': [{ kind: 'held', hold }] } },
      'sync',
      '--dry-run',
    );
    expect(held.exitCode).toBe(4);
    expect(held.stderr).toContain('it would delete 20 of 20 files');
    const nothing = await runFake({ answers, streams: { 'folder.preview': [] } }, 'sync', '--dry-run');
    expect(nothing).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'There is nothing to do.\nNothing was changed.\n',
    });
  });
});
