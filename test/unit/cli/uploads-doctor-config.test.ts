import { describe, expect, test } from 'vitest';
import type { ProbeInfo, UnfinishedUpload } from '../../../src/api/index.ts';
import { runFake } from './fake-host.ts';

const AT = new Date(2026, 10, 22, 10, 15).getTime();

describe('uploads', () => {
  const upload = (key: string, ours: boolean): UnfinishedUpload => ({
    key,
    uploadId: `id-${key}`,
    initiatedMs: AT - 3_600_000,
    sizeBytes: 8_000_000,
    ours,
    ...(ours && { folderId: 'k3jq7x2m' }),
  });
  const found = [upload('a', false), upload('b', true), upload('c', false)];
  const answers = { 'upload.list': found, 'upload.abort': {} };

  test('lists what is unfinished', async () => {
    const run = await runFake({ answers }, 'uploads', 'home:photos/2026/');
    expect(run.stdout.split('\n').slice(0, 3)).toEqual([
      'STARTED           AGE    SIZE  UPLOAD ID           KEY',
      '2026-11-22 09:15  1 h  8.0 MB  id-a                a',
      '2026-11-22 09:15  1 h  8.0 MB  id-b       goes on  b',
    ]);
    expect(run.calls).toEqual([
      ['upload.list', { account: 'home', bucket: 'photos', prefix: '2026/', olderThanMs: 0 }],
    ]);
    expect((await runFake({ answers }, 'uploads', 'home:photos', '--json')).documents).toEqual([found]);
    const none = await runFake({ answers: { 'upload.list': [] } }, 'uploads', 'home:photos');
    expect(none.stderr).toContain('no unfinished upload under home:photos.');
  });

  test('lists only what is older, and what is put by hand or of unknown size as such', async () => {
    const { key, uploadId, initiatedMs } = upload('d', false);
    const byHand = { key, uploadId, initiatedMs, ours: true };
    const run = await runFake(
      { answers: { 'upload.list': [byHand] } },
      ...['uploads', 'home:photos', '--older-than', '7d'],
    );
    expect(run.calls[0]?.[1]).toMatchObject({ olderThanMs: 604_800_000 });
    expect(run.stdout.split('\n')[1]).toBe('2026-11-22 09:15  1 h     ?  id-d       put by hand  d');
    const wrong = await runFake({}, 'uploads', 'home:photos', '--older-than', 'week');
    expect(wrong).toMatchObject({ exitCode: 1, opened: 0 });
  });

  test('aborts one, whoever it belongs to', async () => {
    const run = await runFake({ answers }, 'uploads', 'home:photos', '--abort', 'id-b');
    expect(run.stdout).toBe('Aborted 1 unfinished upload, 8.0 MB freed.\n');
    expect(run.calls.slice(1)).toEqual([
      ['upload.abort', { account: 'home', bucket: 'photos', key: 'b', uploadId: 'id-b' }],
    ]);
  });

  test('aborts all but those that will be finished here', async () => {
    const run = await runFake({ answers }, 'uploads', 'home:photos', '--abort', 'all', '--yes', '--json');
    expect(run.documents).toEqual([{ aborted: [found[0], found[2]], freedBytes: 16_000_000 }]);
    expect(run.calls.filter(([name]) => name === 'upload.abort').length).toBe(2);
    expect(run.stderr).toContain('1 upload that a folder here will finish, left alone.');
  });

  test('does not abort all in a script that does not say --yes, not even where there is none', async () => {
    for (const found of [answers['upload.list'], []]) {
      const some = { ...answers, 'upload.list': found };
      const run = await runFake({ answers: some }, 'uploads', 'home:photos', '--abort', 'all');
      expect(run).toMatchObject({ exitCode: 1, opened: 0, stdout: '' });
      expect(run.stderr).toContain('This ends uploads that others may still be at');
      expect(run.stderr).toContain('say --yes');
    }
  });

  test('asks at a terminal', async () => {
    const run = await runFake({ answers, isTTY: true, typed: 'n' }, 'uploads', 'home:photos', '--abort', 'all');
    expect(run.questions).toEqual(['Abort 2 unfinished uploads, which others may still be at? [y/N] ']);
    expect(run.calls.length).toBe(1);
    expect(run.stdout).toBe('Aborted 0 unfinished uploads, 0 B freed.\n');
  });

  test('an id that there is none of ends with 3', async () => {
    const run = await runFake({ answers }, 'uploads', 'home:photos', '--abort', 'nope');
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('"nope" under home:photos');
  });
});

describe('doctor', () => {
  const probe = (changes: Partial<ProbeInfo>): ProbeInfo => ({
    id: 'sign-in',
    title: 'Signing in',
    verdict: 'ok',
    finding: 'The server takes the keys.',
    advice: '',
    ...changes,
  });

  test('prints a line for each check with its shape, and the advice below', async () => {
    const probes = [
      probe({}),
      probe({
        verdict: 'degraded',
        title: 'Conditions',
        finding: 'Deleting does not honour If-Match.',
        advice: 'Nothing to do.',
      }),
      probe({
        verdict: 'failed',
        title: 'Versions',
        finding: 'No answer.',
        advice: 'Try again.',
        code: 'server-error',
      }),
      probe({ verdict: 'skipped', title: 'Events', finding: 'No bucket was given.' }),
    ];
    const run = await runFake({ streams: { doctor: probes } }, 'doctor', 'home:photos');
    expect(run.stdout).toBe(
      [
        '✓ Signing in: The server takes the keys.',
        '! Conditions: Deleting does not honour If-Match.',
        '    Nothing to do.',
        '✗ Versions: No answer.',
        '    Try again.',
        '- Events: No bucket was given.',
        '',
      ].join('\n'),
    );
    expect(run.exitCode).toBe(3);
    expect(run.calls).toEqual([['doctor', { account: 'home', bucket: 'photos' }]]);
    const json = await runFake({ streams: { doctor: probes } }, 'doctor', 'home', '--json');
    expect(json.documents).toEqual(probes);
    expect(json.calls).toEqual([['doctor', { account: 'home' }]]);
  });

  test.each([
    [[probe({})], 0],
    [[probe({ verdict: 'degraded', code: 'access-denied' })], 0],
    [[probe({ verdict: 'failed' })], 3],
    [[probe({ verdict: 'failed', code: 'bad-digest' }), probe({ verdict: 'failed', code: 'clock-skew' })], 2],
    [[probe({ verdict: 'failed', code: 'unreachable' })], 2],
  ])('%j ends with %i', async (probes, exitCode) => {
    expect((await runFake({ streams: { doctor: probes } }, 'doctor', 'home')).exitCode).toBe(exitCode);
  });
});

describe('config', () => {
  const settings = {
    uploadLimitBytesPerSecond: 2_097_152,
    downloadLimitBytesPerSecond: 0,
    limitHours: null,
    paused: false,
    language: 'system',
    theme: 'system',
    notifications: true,
  } as const;
  const answers = { 'setting.get': settings, 'setting.set': settings };

  test('shows all settings, or one', async () => {
    const all = await runFake({ answers }, 'config');
    expect(all.stdout).toBe(
      [
        'NAME            VALUE',
        'upload-limit    2.1 MB/s  most bytes sent a second',
        'download-limit  none      most bytes received a second',
        'limit-hours     always    when the limits hold',
        'paused          off       whether all syncing is paused',
        '',
      ].join('\n'),
    );
    expect((await runFake({ answers }, 'config', 'download-limit')).stdout).toBe('none\n');
    expect((await runFake({ answers }, 'config', '--json')).documents).toEqual([settings]);
  });

  test.each([
    ['upload-limit', '2MiB/s', { uploadLimitBytesPerSecond: 2_097_152 }],
    ['download-limit', '0', { downloadLimitBytesPerSecond: 0 }],
    ['paused', 'on', { paused: true }],
  ])('sets %s to %s', async (name, value, change) => {
    const run = await runFake({ answers }, 'config', name, value);
    expect(run.exitCode).toBe(0);
    expect(run.calls).toEqual([['setting.set', change]]);
  });
});
