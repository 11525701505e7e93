import { expect, test } from 'vitest';
import { downloadNotice, Notices, QUIET_MS } from '../../../main/notices.ts';
import { en } from '../../../main/texts.ts';
import type { Download, EngineStatus, ProblemInfo } from '../../../src/api/index.ts';
import { engineStatus, folderStatus } from '../cli/fake-host.ts';

const CALM = engineStatus(folderStatus({ state: 'in-sync' }));

function problem(id: number, more: Partial<ProblemInfo> = {}): ProblemInfo {
  return {
    id,
    folderId: 'f',
    path: `file-${id}`,
    code: 'conflict',
    severity: 'warning',
    message: 'It differs.',
    advice: 'Choose.',
    detail: '',
    attempts: 0,
    firstMs: 0,
    lastMs: 0,
    ...more,
  };
}

/** Notices that have seen the state at the start. */
function started(problems: readonly ProblemInfo[] = []) {
  const notices = new Notices();
  expect(notices.update(CALM, problems, en, 0)).toEqual([]);
  return (nowMs: number, now: readonly ProblemInfo[], status: EngineStatus = CALM) =>
    notices.update(status, now, en, nowMs).map(({ title }) => title);
}

test('what was there before the app started is not told', () => {
  const titles = started([problem(1)]);
  expect(titles(1, [problem(1)])).toEqual([]);
});

test('a conflict is told once, by its name', () => {
  const titles = started();
  expect(titles(1, [problem(1)])).toEqual(['Conflict: file-1']);
  expect(titles(QUIET_MS * 2, [problem(1)])).toEqual([]);
});

test('a thousand conflicts are one notification', () => {
  const many = Array.from({ length: 1000 }, (_, id) => problem(id));
  expect(started()(1, many)).toEqual(['1,000 conflicts']);
});

test('conflicts that come one by one are gathered until it was quiet long enough', () => {
  const titles = started();
  expect(titles(1, [problem(1)])).toEqual(['Conflict: file-1']);
  expect(titles(2, [problem(1), problem(2)])).toEqual([]);
  expect(titles(3, [problem(1), problem(2), problem(3)])).toEqual([]);
  expect(titles(1 + QUIET_MS, [problem(1), problem(2), problem(3)])).toEqual(['2 conflicts']);
});

test('what is tried again by itself, and what is left out by nature, needs nobody', () => {
  const titles = started();
  const itself = problem(1, { code: 'unreachable', severity: 'error', retryAtMs: 99 });
  expect(titles(1, [itself, problem(2, { code: 'symlink', severity: 'notice' })])).toEqual([]);
});

test('a problem that needs a person is told apart from conflicts', () => {
  const titles = started();
  const unreadable = problem(2, { code: 'unreadable' });
  expect(titles(1, [problem(1), unreadable])).toEqual(['Conflict: file-1', 'Not synced: file-2']);
});

test('a held plan is told, and again when it is held again', () => {
  const titles = started();
  const held = engineStatus(folderStatus({ state: 'held' }));
  expect(titles(1, [], held)).toEqual([en.held]);
  expect(titles(2, [], CALM)).toEqual([]);
  expect(titles(2 + QUIET_MS, [], held)).toEqual([en.held]);
});

test('a stopped folder is told with the reason and the advice', () => {
  const notices = new Notices();
  notices.update(CALM, [], en, 0);
  const stopped = engineStatus(
    folderStatus({ state: 'stopped', reason: 'The folder is not there.', advice: 'Plug the disk in.' }),
  );
  expect(notices.update(stopped, [], en, 1)).toEqual([
    { title: '/home/me/Pictures is not being synced', body: 'The folder is not there. Plug the disk in.' },
  ]);
});

test('while everything is paused nothing is told, and old things are not told afterwards', () => {
  const titles = started([problem(1)]);
  const paused = { ...CALM, paused: true };
  expect(titles(1, [problem(1), problem(2)], paused)).toEqual([]);
  expect(titles(2, [problem(1), problem(2)])).toEqual(['Conflict: file-2']);
});

test('a download that found no place is told by the name of its object', () => {
  const source = { account: 'home', bucket: 'photos', key: '2026/a.jpg' };
  const error = { code: 'disk-error', message: 'No place.', advice: 'Look.', detail: '', retryable: false } as const;
  const download: Download = { id: 1, source, state: 'failed', doneBytes: 0, sizeBytes: 0, startedMs: 0, error };
  const ended = [{ download, path: '' }];
  expect(downloadNotice(ended, ended, en, String).title).toBe('Not saved: a.jpg');
});
