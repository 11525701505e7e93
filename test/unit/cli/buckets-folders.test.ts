import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../src/core/errors.ts';
import { FOLDER, folderStatus, runFake } from './fake-host.ts';

describe('bucket', () => {
  test('list shows names and times', async () => {
    const bucket = { name: 'photos', createdMs: new Date(2026, 0, 2, 3, 4).getTime() };
    const answers = { 'bucket.list': [bucket] };
    const run = await runFake({ answers }, 'bucket', 'list', 'home');
    expect(run.stdout).toBe('BUCKET  CREATED\nphotos  2026-01-02 03:04\n');
    expect(run.calls).toEqual([['bucket.list', { account: 'home' }]]);
    expect((await runFake({ answers }, 'bucket', 'list', 'home', '--json')).documents).toEqual([[bucket]]);
    const none = await runFake({ answers: { 'bucket.list': [] } }, 'bucket', 'list', 'home');
    expect(none.stderr).toContain('no bucket');
  });

  test('create names what it made', async () => {
    const answers = { 'bucket.create': {} };
    const run = await runFake({ answers }, 'bucket', 'create', 'home', 'photos');
    expect(run).toMatchObject({ exitCode: 0, stdout: 'Created the bucket home:photos.\n' });
    expect(run.calls).toEqual([['bucket.create', { account: 'home', bucket: 'photos' }]]);
    const json = await runFake({ answers }, 'bucket', 'create', 'home', 'photos', '--json');
    expect(json.documents).toEqual([{ account: 'home', bucket: 'photos', created: true }]);
  });

  test.each([
    ['y', true],
    ['yes', true],
    ['n', false],
    ['', false],
    [undefined, false],
  ])('delete asks at a terminal: %j', async (typed, isDeleted) => {
    const options = { isTTY: true, answers: { 'bucket.delete': {} }, ...(typed !== undefined && { typed }) };
    const run = await runFake(options, 'bucket', 'delete', 'home', 'photos');
    expect(run.questions).toEqual(['Delete the bucket home:photos? [y/N] ']);
    expect(run.calls.length).toBe(isDeleted ? 1 : 0);
    expect(run.stdout).toBe(isDeleted ? 'Deleted the bucket home:photos.\n' : 'Nothing was deleted.\n');
  });

  test('delete does not ask with --yes, nor in a pipe', async () => {
    const answers = { 'bucket.delete': {} };
    for (const options of [
      { isTTY: true, argv: ['--yes'] },
      { isTTY: false, argv: [] },
    ]) {
      const run = await runFake(
        { isTTY: options.isTTY, answers },
        'bucket',
        'delete',
        'home',
        'photos',
        ...options.argv,
      );
      expect([run.questions, run.calls]).toEqual([[], [['bucket.delete', { account: 'home', bucket: 'photos' }]]]);
    }
  });

  test('a bucket that is not empty ends with 3', async () => {
    const error = new SyncError({ code: 'bucket-not-empty', message: 'It is not empty.', advice: 'Empty it.' });
    const run = await runFake({ answers: { 'bucket.delete': error } }, 'bucket', 'delete', 'home', 'photos', '--json');
    expect(run.exitCode).toBe(3);
    expect(run.documents).toMatchObject([{ error: { code: 'bucket-not-empty', advice: 'Empty it.' } }]);
  });
});

describe('folder', () => {
  test('add gives the engine an absolute path and every choice', async () => {
    const answers = { 'folder.add': FOLDER };
    const run = await runFake(
      { answers },
      ...['folder', 'add', 'Pictures', 'home:photos/2026', '--mode', 'two-way', '--mirror-deletes'],
      ...['--ignore', '*.tmp', '--ignore', 'node_modules/'],
    );
    expect(run.exitCode).toBe(0);
    expect(run.calls).toEqual([
      [
        'folder.add',
        {
          localRoot: '/home/me/Pictures',
          account: 'home',
          bucket: 'photos',
          prefix: '2026',
          mode: 'two-way',
          mirrorDeletes: true,
          ignoreGlobs: ['*.tmp', 'node_modules/'],
        },
      ],
    ]);
    expect(run.stdout).toBe('Added the folder k3jq7x2m: /home/me/Pictures → home:photos (upload).\n');
    expect(run.stderr).toBe('Start with: rustfs-sync sync\n');
    const beside = await runFake(
      { answers, otherProcess: () => 'process 7' },
      ...['folder', 'add', 'Pictures', 'home:photos'],
    );
    expect(beside.stderr).toBe('RustFS Sync runs already, as process 7: `rustfs-sync status` shows what it does.\n');
  });

  test('add says how to make the bucket where there is none', async () => {
    const error = new SyncError({ code: 'no-such-bucket', message: 'There is no bucket "photos".', advice: 'Check.' });
    const run = await runFake({ answers: { 'folder.add': error } }, 'folder', 'add', 'Pictures', 'home:photos/2026');
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toBe(
      'error: There is no bucket "photos".\n  Check its name, or make it: rustfs-sync bucket create home photos\n',
    );
  });

  test('add only uploads unless told otherwise', async () => {
    const run = await runFake({ answers: { 'folder.add': FOLDER } }, 'folder', 'add', '/data', 'home:photos', '--json');
    expect(run.calls[0]?.[1]).toMatchObject({ localRoot: '/data', mode: 'upload', mirrorDeletes: false, prefix: '' });
    expect(run.documents).toEqual([FOLDER]);
  });

  test('list shows all folders', async () => {
    const answers = {
      'folder.list': [FOLDER, { ...FOLDER, id: 'other', prefix: 'x/', mode: 'two-way' as const, paused: true }],
    };
    const run = await runFake({ answers }, 'folder', 'list');
    expect(run.stdout).toBe(
      [
        'ID        MODE     LOCAL              TARGET',
        'k3jq7x2m  upload   /home/me/Pictures  home:photos',
        'other     two-way  /home/me/Pictures  home:photos/x/  paused',
        '',
      ].join('\n'),
    );
    expect((await runFake({ answers }, 'folder', 'list', '--json')).documents).toEqual([answers['folder.list']]);
    const none = await runFake({ answers: { 'folder.list': [] } }, 'folder', 'list');
    expect(none.stderr).toContain('rustfs-sync folder add');
  });

  test.each([
    ['remove', 'folder.remove', 'Removed the folder k3jq7x2m.', { removed: true }],
    ['pause', 'folder.pause', 'Paused the folder k3jq7x2m.', { paused: true }],
    ['resume', 'folder.resume', 'Resumed the folder k3jq7x2m.', { paused: false }],
  ] as const)('%s says what it did', async (word, command, sentence, document) => {
    const answers = { [command]: {} };
    const run = await runFake({ answers }, 'folder', word, 'k3jq7x2m');
    expect(run).toMatchObject({ exitCode: 0, stdout: `${sentence}\n`, calls: [[command, { id: 'k3jq7x2m' }]] });
    const json = await runFake({ answers }, 'folder', word, 'k3jq7x2m', '--json');
    expect(json.documents).toEqual([{ id: 'k3jq7x2m', ...document }]);
    expect((await runFake({ answers }, 'folder', word, 'k3jq7x2m', '--quiet')).stdout).toBe('');
  });

  test('select keeps a part here, everything again, or shows what is chosen', async () => {
    const chosen = folderStatus({ folder: { ...FOLDER, chosen: ['2026', 'contracts/open'] } });
    const answers = { 'folder.select': FOLDER, 'folder.status': chosen };
    const run = await runFake({ answers }, 'folder', 'select', 'k3jq7x2m', '2026', 'contracts/open');
    expect(run.calls[0]).toEqual(['folder.select', { id: 'k3jq7x2m', paths: ['2026', 'contracts/open'] }]);
    expect(run.stdout).toBe('Kept on this computer, and nothing else:\n  2026\n  contracts/open\n');
    const all = await runFake(
      { answers: { ...answers, 'folder.status': folderStatus() } },
      ...['folder', 'select', 'k3jq7x2m', '--all'],
    );
    expect(all.calls[0]).toEqual(['folder.select', { id: 'k3jq7x2m', paths: null }]);
    expect(all.stdout).toBe('Everything in the folder is kept on this computer.\n');
    const shown = await runFake({ answers }, 'folder', 'select', 'k3jq7x2m', '--json');
    expect(shown.calls).toEqual([['folder.status', { id: 'k3jq7x2m' }]]);
    expect(shown.documents).toEqual([{ id: 'k3jq7x2m', chosen: ['2026', 'contracts/open'] }]);
    const both = await runFake({ answers }, 'folder', 'select', 'k3jq7x2m', '2026', '--all');
    expect(both).toMatchObject({ exitCode: 1, opened: 0 });
  });

  test('an unknown id ends with 1', async () => {
    const error = new SyncError({ code: 'unknown-folder', message: 'There is no folder x.', advice: 'List them.' });
    expect((await runFake({ answers: { 'folder.pause': error } }, 'folder', 'pause', 'x')).exitCode).toBe(1);
  });
});
