import { describe, expect, test } from 'vitest';
import type { AuditItem } from '../../../src/api/index.ts';
import { runFake } from './fake-host.ts';

const total = {
  kind: 'total',
  verifiedFiles: 1_200,
  verifiedBytes: 9_000_000,
  findings: 0,
  unverifiedFiles: 0,
  changingFiles: 0,
  unsyncedFiles: 0,
} as const satisfies AuditItem;
const progress: AuditItem = { kind: 'progress', path: 'a.jpg', doneFiles: 3, totalFiles: 1_200, doneBytes: 2_000_000 };
const finding: AuditItem = {
  kind: 'finding',
  code: 'bit-rot',
  path: 'd/a.jpg',
  sizeBytes: 8,
  message: 'The disk has damaged it.',
  advice: 'rustfs-sync get "home:photos/d/a.jpg" "/home/me/d/a.jpg" --force',
};
const unverified: AuditItem = { kind: 'unverified', path: 'b.jpg', sizeBytes: 8, reason: 'It is encrypted.' };

describe('audit', () => {
  test('of a folder in which all is well ends with 0', async () => {
    const streams = { 'audit.run': [progress, total] };
    const run = await runFake({ streams }, 'audit', 'k3jq7x2m', '--rate', '20MiB/s');
    expect(run).toMatchObject({ exitCode: 0, stderr: '', stdout: '1,200 files verified (9.0 MB), nothing amiss.\n' });
    expect(run.calls).toEqual([['audit.run', { id: 'k3jq7x2m', bytesPerSecond: 20 * 1024 * 1024 }]]);
  });

  test('tells what it found and what to do, and ends with 3', async () => {
    const sums = { ...total, findings: 1, unverifiedFiles: 1, changingFiles: 2, unsyncedFiles: 4 };
    const streams = { 'audit.run': [finding, unverified, sums] };
    const run = await runFake({ streams }, 'audit', 'k3jq7x2m');
    expect(run.exitCode).toBe(3);
    expect(run.stdout.split('\n')).toEqual([
      'error  d/a.jpg',
      '  The disk has damaged it.',
      '  rustfs-sync get "home:photos/d/a.jpg" "/home/me/d/a.jpg" --force',
      'not verified  b.jpg',
      '  It is encrypted.',
      '1,200 files verified (9.0 MB), 1 finding, 1 file could not be verified, 2 files edited since the last sync, 4 files not synced yet.',
      '',
    ]);
  });

  test('what can not be verified alone is no failure', async () => {
    const run = await runFake(
      { streams: { 'audit.run': [unverified, { ...total, unverifiedFiles: 1 }] } },
      'audit',
      'k',
    );
    expect(run.exitCode).toBe(0);
  });

  test('shows how far it is at a terminal, and with --json only what it says', async () => {
    const streams = { 'audit.run': [progress, finding, total] };
    const seen = await runFake({ streams, isTTY: true }, 'audit', 'k3jq7x2m');
    expect(seen.stderr).toContain('3 of 1,200 files  2.0 MB  a.jpg');
    const json = await runFake({ streams }, 'audit', 'k3jq7x2m', '--json');
    expect(json.documents).toEqual([finding, total]);
  });

  test('a rate that is none is wrong usage', async () => {
    expect(await runFake({}, 'audit', 'k3jq7x2m', '--rate', 'slow')).toMatchObject({ exitCode: 1, opened: 0 });
  });
});
