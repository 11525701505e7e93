import { describe, expect, test } from 'vitest';
import type { HeldPlanItem } from '../../../src/api/index.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { FOLDER, folderStatus, runFake } from './fake-host.ts';

const HOLD = { reason: 'deletes-most' as const, known: 1_000, deletions: 812, replacements: 0 };
const STATUS = { 'folder.status': folderStatus({ state: 'held', hold: HOLD }) };

describe('plan show', () => {
  const paths = Array.from({ length: 150 }, (_, n) => `d/${String(n).padStart(3, '0')}`);
  const items: HeldPlanItem[] = [
    { kind: 'held', hold: HOLD, approved: false, revision: 3 },
    { kind: 'total', action: 'delete-remote', files: 150, bytes: 1_500 },
    { kind: 'total', action: 'move-local', files: 1, bytes: 7 },
    { kind: 'action', action: 'move-local', path: 'new', from: 'old', sizeBytes: 7 },
    ...paths.map((path) => ({ kind: 'action', action: 'delete-remote', path, sizeBytes: 10 }) as const),
  ];
  const options = { answers: STATUS, streams: { 'plan.show': items } };

  test('says why, what it adds up to, the first paths, and what to do; ends with 4', async () => {
    const run = await runFake(options, 'plan', 'show', 'k3jq7x2m');
    expect(run.exitCode).toBe(4);
    const lines = run.stdout.trimEnd().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'It is held, since it would delete 812 of 1,000 files. Nothing of that was done.',
      '1 file to move here (7 B) and 150 files to delete in the bucket (1.5 kB).',
      'rename    old → new  7 B',
      'delete    d/000  10 B',
    ]);
    expect(lines).toHaveLength(2 + 100 + 1);
    expect(lines.at(-1)).toBe('… and 51 paths more: --limit or --json shows them.');
    expect(run.stderr).toContain('rustfs-sync plan approve k3jq7x2m --seen 3\n');
    expect(run.stderr).toContain('rustfs-sync plan revert k3jq7x2m\n');
  });

  test('prints more or fewer paths when asked, and all of them as lines of JSON', async () => {
    const few = await runFake(options, 'plan', 'show', 'k3jq7x2m', '--limit', '2');
    expect(few.stdout.trimEnd().split('\n')).toHaveLength(5);
    const json = await runFake(options, 'plan', 'show', 'k3jq7x2m', '--json');
    expect(json.documents).toEqual(items);
    expect(json.exitCode).toBe(4);
  });

  test('of one that was approved says that it goes on', async () => {
    const streams = { 'plan.show': [{ kind: 'held', hold: HOLD, approved: true, revision: 3 } as const] };
    const run = await runFake({ answers: STATUS, streams }, 'plan', 'show', 'k3jq7x2m');
    expect(run.stderr).toBe('It was approved, and goes on with the next sync.\n');
  });

  test('of a folder that nothing is held in ends with 0', async () => {
    const run = await runFake({ answers: { 'folder.status': folderStatus() } }, 'plan', 'show', 'k3jq7x2m');
    expect(run).toMatchObject({ exitCode: 0, stdout: '', stderr: 'Nothing is held in the folder k3jq7x2m.\n' });
  });
});

describe('plan approve', () => {
  const answers = { 'plan.approve': {} };
  const streams = {
    'plan.show': [
      { kind: 'held', hold: HOLD, approved: false, revision: 3 },
      { kind: 'action', action: 'delete-remote', path: 'a', sizeBytes: 10 },
    ] as const,
  };

  test('says what it did with what a script has seen', async () => {
    const run = await runFake({ answers }, 'plan', 'approve', 'k3jq7x2m', '--seen', '3');
    expect(run).toMatchObject({
      exitCode: 0,
      stdout: 'Approved the plan of the folder k3jq7x2m: it is carried out with the next sync.\n',
    });
    expect(run.calls).toEqual([['plan.approve', { id: 'k3jq7x2m', seen: 3 }]]);
    const json = await runFake({ answers }, 'plan', 'approve', 'k3jq7x2m', '--seen', '3', '--json');
    expect(json.documents).toEqual([{ id: 'k3jq7x2m', approved: true }]);
  });

  test('shows it at a terminal and asks, and approves of what it showed', async () => {
    const yes = await runFake({ answers, streams, isTTY: true, typed: 'y' }, 'plan', 'approve', 'k3jq7x2m');
    expect(yes.seenWhenAsked[0]).toContain('delete    a');
    expect(yes.questions).toEqual(['Let it go on? [y/N] ']);
    expect(yes.calls).toContainEqual(['plan.approve', { id: 'k3jq7x2m', seen: 3 }]);
    const no = await runFake({ answers, streams, isTTY: true, typed: '' }, 'plan', 'approve', 'k3jq7x2m');
    expect(no.stdout).toContain('Nothing was changed.');
    expect(no.calls.map(([name]) => name)).not.toContain('plan.approve');
  });

  test('is refused where nobody can be asked and nothing was seen', async () => {
    const run = await runFake({ answers, streams }, 'plan', 'approve', 'k3jq7x2m');
    expect(run).toMatchObject({ exitCode: 1, calls: [] });
    expect(run.stderr).toContain('rustfs-sync plan show k3jq7x2m');
  });

  test('with nothing to approve is wrong usage', async () => {
    const error = new SyncError({ code: 'invalid-argument', message: 'Nothing is held.', advice: 'Look.' });
    expect(
      (await runFake({ answers: { 'plan.approve': error } }, 'plan', 'approve', 'x', '--seen', '1')).exitCode,
    ).toBe(1);
  });
});

describe('plan revert', () => {
  const answers = {
    'plan.revert': { paths: 812 },
    'folder.status': folderStatus({ folder: { ...FOLDER, mode: 'two-way' } }),
  };

  test('says how many files come back', async () => {
    const run = await runFake({ answers }, 'plan', 'revert', 'k3jq7x2m');
    expect(run.stdout).toBe('Dropped the plan of the folder k3jq7x2m: 812 files will come back with the next sync.\n');
    const oneWay = { ...answers, 'folder.status': folderStatus({ folder: { ...FOLDER, mode: 'upload' } }) };
    expect((await runFake({ answers: oneWay }, 'plan', 'revert', 'k3jq7x2m')).stdout).toBe(
      'Dropped the plan of the folder k3jq7x2m: both sides stay as they are, since it syncs one way only.\n',
    );
    const json = await runFake({ answers }, 'plan', 'revert', 'k3jq7x2m', '--json');
    expect(json.documents).toEqual([{ id: 'k3jq7x2m', reverted: true, paths: 812 }]);
  });

  test('asks at a terminal, unless told not to', async () => {
    const no = await runFake({ answers, isTTY: true, typed: 'n' }, 'plan', 'revert', 'k3jq7x2m');
    expect(no).toMatchObject({ exitCode: 0, calls: [], stdout: 'Nothing was changed.\n' });
    const yes = await runFake({ answers, isTTY: true, typed: 'n' }, 'plan', 'revert', 'k3jq7x2m', '--yes');
    expect(yes.calls).toContainEqual(['plan.revert', { id: 'k3jq7x2m' }]);
  });
});
