import { describe, expect, test } from 'vitest';
import type { LocatedObject, RestoreItem, VersionInfo } from '../../../src/api/index.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { runFake, type Answers } from './fake-host.ts';

const AT = new Date(2026, 10, 22, 10, 15).getTime();
const HOUR_MS = 3_600_000;
const LOCATED: LocatedObject = {
  account: 'home',
  bucket: 'photos',
  key: '2026/boat.jpg',
  path: '2026/boat.jpg',
  folderId: 'k3jq7x2m',
  mode: 'two-way',
};

function version(versionId: string, changes: Partial<VersionInfo> = {}): VersionInfo {
  const common = { kind: 'object', key: '2026/boat.jpg', versionId, isLatest: false } as const;
  return { ...common, lastModifiedMs: AT, sizeBytes: 8_000_000, etag: 'e', ...changes };
}

describe('versions', () => {
  const found = [
    version('v3', { kind: 'delete-marker', isLatest: true, sizeBytes: 0, etag: '' }),
    version('9f2c', { lastModifiedMs: AT - HOUR_MS }),
  ];
  const answers: Answers = { 'object.locate': LOCATED, 'bucket.versioning': { status: 'enabled' } };
  const streams = { 'version.list': found };

  test('of a local path are those of its object', async () => {
    const run = await runFake({ answers, streams }, 'versions', 'Pictures/2026/boat.jpg');
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      '2026-11-22 10:15:00  deleted  * v3  2026/boat.jpg',
      '2026-11-22 09:15:00  8.0 MB  9f2c  2026/boat.jpg',
      '',
    ]);
    expect(run.calls.slice(0, 2)).toEqual([
      ['object.locate', { path: '/home/me/Pictures/2026/boat.jpg' }],
      ['version.list', { account: 'home', bucket: 'photos', key: '2026/boat.jpg' }],
    ]);
  });

  test('of a key ask for no path; --json has a line each', async () => {
    const run = await runFake({ answers, streams }, 'versions', 'home:photos/2026/', '--json');
    expect(run.documents).toEqual(found);
    expect(run.calls[0]).toEqual(['version.list', { account: 'home', bucket: 'photos', key: '2026/' }]);
  });

  test.each(['not-supported', 'access-denied'] as const)(
    'are a complete listing where the server does not say whether it keeps any: %s',
    async (code) => {
      const error = new SyncError({ code, message: 'No.', advice: 'Allow it.' });
      const denied: Answers = { 'object.locate': LOCATED, 'bucket.versioning': error };
      const run = await runFake({ answers: denied, streams }, 'versions', 'Pictures/2026/boat.jpg');
      expect(run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(run.stdout).toContain('9f2c');
    },
  );

  test('a bucket that keeps none says so and how that is changed, and ends with 0', async () => {
    const off: Answers = { 'bucket.versioning': { status: 'off' } };
    const only = { 'version.list': [version('null', { isLatest: true })] };
    const run = await runFake({ answers: off, streams: only }, 'versions', 'home:photos/2026/boat.jpg');
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('* null');
    expect(run.stderr).toContain('keeps no versions');
    expect(run.stderr).toContain('rustfs-sync bucket versioning home photos on');
  });
});

describe('bucket versioning', () => {
  test('tells, and turns on and off', async () => {
    const answers: Answers = {
      'bucket.versioning': { status: 'off' },
      'bucket.setVersioning': async (input) => ({ status: (input as { on: boolean }).on ? 'enabled' : 'suspended' }),
    };
    const told = await runFake({ answers }, 'bucket', 'versioning', 'home', 'photos');
    expect(told.stdout).toContain('home:photos keeps no versions');
    const on = await runFake({ answers }, 'bucket', 'versioning', 'home', 'photos', 'on', '--json');
    expect(on.documents).toEqual([{ account: 'home', bucket: 'photos', versioning: 'enabled' }]);
    const off = await runFake({ answers }, 'bucket', 'versioning', 'home', 'photos', 'off');
    expect(off.stdout).toContain('those that it has stay');
    expect(off.calls).toEqual([['bucket.setVersioning', { account: 'home', bucket: 'photos', on: false }]]);
    expect(await runFake({ answers }, 'bucket', 'versioning', 'home', 'photos', 'maybe')).toMatchObject({
      exitCode: 1,
      opened: 0,
    });
  });
});

describe('restore --version', () => {
  const answers: Answers = { 'object.locate': LOCATED, 'version.restore': { restored: true, sizeBytes: 8_000_000 } };

  test.each([
    ['behind', ['restore', 'Pictures/boat.jpg', '--version', '9f2c']],
    ['before', ['restore', '--version', '9f2c', 'Pictures/boat.jpg']],
    ['joined', ['restore', '--version=9f2c', 'Pictures/boat.jpg']],
  ])('is the version of the object and not of the program (%s)', async (_where, argv) => {
    const run = await runFake({ answers }, ...argv);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe('Restored home:photos/2026/boat.jpg, 8.0 MB.\n');
    expect(run.stderr).toContain('The next sync of its folder brings it to this computer.');
    const target = { account: 'home', bucket: 'photos', key: '2026/boat.jpg', versionId: '9f2c' };
    expect(run.calls.at(-1)).toEqual(['version.restore', target]);
  });

  test('elsewhere --version still is the program’s', async () => {
    expect((await runFake({}, 'sync', '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('in a folder that only uploads, says that the file here stays', async () => {
    const upload: Answers = { ...answers, 'object.locate': { ...LOCATED, mode: 'upload' } };
    const run = await runFake({ answers: upload }, 'restore', 'Pictures/boat.jpg', '--version', '9f2c');
    expect(run.stderr).toContain('stay as they are');
  });

  test('one that is there already changes nothing', async () => {
    const same: Answers = { 'version.restore': { restored: false, sizeBytes: 1 } };
    const run = await runFake({ answers: same }, 'restore', 'home:photos/a', '--version', 'v', '--json');
    const document = { account: 'home', bucket: 'photos', key: 'a', versionId: 'v', restored: false, sizeBytes: 1 };
    expect(run.documents).toEqual([document]);
  });

  test.each([
    ['neither version nor time', ['restore', 'home:photos/a']],
    ['both', ['restore', 'home:photos/a', '--version', 'v', '--at', '2h']],
    ['--remove-newer with a version', ['restore', 'home:photos/a', '--version', 'v', '--remove-newer']],
    ['no value', ['restore', 'home:photos/a', '--version']],
    ['a time that is none', ['restore', 'home:photos/a', '--at', 'yesterday']],
    ['a time to come', ['restore', 'home:photos/a', '--at', '2030-01-01']],
  ])('is wrong with %s, before the engine is opened', async (_what, argv) => {
    expect(await runFake({ answers }, ...argv)).toMatchObject({ exitCode: 1, opened: 0, stdout: '' });
  });

  test('a folder has no version of its own', async () => {
    const run = await runFake({ answers }, 'restore', 'home:photos/2026/', '--version', 'v');
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('--at');
  });
});

describe('restore --at', () => {
  const total = {
    kind: 'total',
    restoreObjects: 2,
    restoreBytes: 9_000_000,
    removeObjects: 0,
    newerObjects: 1,
    unchangedObjects: 40,
    changedObjects: 0,
    failedObjects: 0,
    seenUntilMs: AT - 1,
  } as const satisfies RestoreItem;
  const object = { sizeBytes: 8_000_000, lastModifiedMs: AT - 3 * HOUR_MS };
  const items: readonly RestoreItem[] = [
    { kind: 'restore', key: '2026/boat.jpg', versionId: 'v1', replaces: true, ...object },
    { kind: 'restore', key: '2026/gone.jpg', versionId: 'v2', replaces: false, ...object },
    { kind: 'newer', key: '2026/new.jpg', ...object },
    total,
  ];
  const streams = { 'version.restoreAt': items };
  const argv = ['restore', 'home:photos/2026', '--at', '2h ago'];
  const asked = { account: 'home', bucket: 'photos', key: '2026', atMs: AT - 2 * HOUR_MS, removeNewer: false };

  test('shows what it would do, and does it when a person says yes', async () => {
    const run = await runFake({ streams, isTTY: { stdin: true }, typed: 'y' }, ...argv);
    expect(run.exitCode).toBe(0);
    const shown = [
      'restore   2026/boat.jpg  8.0 MB, of 2026-11-22 07:15:00',
      'undelete  2026/gone.jpg  8.0 MB, of 2026-11-22 07:15:00',
      'keep      2026/new.jpg  did not exist then',
    ];
    expect(run.stdout.split('\n')).toEqual([...shown, ...shown, '']);
    expect(run.questions).toEqual(['Do it? [y/N] ']);
    expect(run.stderr).toContain(`as it was at ${new Date(AT - 2 * HOUR_MS).toISOString()}`);
    expect(run.stderr).toContain(
      '2 objects to restore (9.0 MB), 1 newer object to keep (--remove-newer deletes them) and 40 objects unchanged.',
    );
    expect(run.stderr).toContain('Restored 2 objects, 9.0 MB.');
    expect(run.calls).toEqual([
      ['version.restoreAt', { ...asked, apply: false }],
      ['version.restoreAt', { ...asked, apply: true, seenUntilMs: AT - 1 }],
    ]);
  });

  test.each([
    ['a person says no', { isTTY: { stdin: true }, typed: 'n' }],
    ['nobody is there to ask', {}],
  ])('only shows it when %s', async (_when, options) => {
    const run = await runFake({ streams, ...options }, ...argv);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('Nothing was changed yet.');
    expect(run.calls).toEqual([['version.restoreAt', { ...asked, apply: false }]]);
  });

  test('does it at once with --yes, newer ones too when told; --json has a line each', async () => {
    const run = await runFake({ streams }, ...argv, '--yes', '--remove-newer', '--json');
    expect(run.calls).toEqual([['version.restoreAt', { ...asked, removeNewer: true, apply: true }]]);
    expect(run.documents).toEqual(items.map((item) => ({ ...item, applied: true })));
    expect(run.questions).toEqual([]);
  });

  test('asks nothing where there is nothing to do', async () => {
    const nothing = { 'version.restoreAt': [{ ...total, restoreObjects: 0, restoreBytes: 0 }] };
    const run = await runFake({ streams: nothing, isTTY: true, typed: 'y' }, ...argv);
    expect(run).toMatchObject({ exitCode: 0, questions: [] });
    expect(run.calls.length).toBe(1);
  });

  test('ends with 3 when something was not restored, and says how to go on', async () => {
    const failed = {
      kind: 'failed',
      key: '2026/boat.jpg',
      code: 'access-denied',
      message: 'No.',
      advice: 'Ask.',
    } as const;
    const some = { 'version.restoreAt': [failed, { ...total, restoreObjects: 1, failedObjects: 1 }] };
    const run = await runFake({ streams: some }, ...argv, '--yes');
    expect(run.exitCode).toBe(3);
    expect(run.stdout).toContain('failed    2026/boat.jpg\n  No.\n  Ask.\n');
    expect(run.stderr).toContain('1 object failed: run it again with the same time');
  });
});
