import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ShareInfo, ShareStep } from '../../../src/api/index.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { runFake } from './fake-host.ts';

const AT = new Date(2026, 10, 22, 10, 15).getTime();

const made: ShareInfo = {
  id: 1,
  url: 'http://127.0.0.1:9000/photos/a.jpg?X-Amz-Signature=0123abcd',
  account: 'home',
  bucket: 'photos',
  key: 'a.jpg',
  kind: 'download',
  fileName: 'a.jpg',
  createdMs: AT,
  expiresMs: AT + 86_400_000,
  warnings: [{ code: 'this-computer', message: 'The server is on this computer.' }],
};
const streams = { 'share.make': [{ kind: 'made', share: made }] satisfies ShareStep[] };
const outside = new SyncError({ code: 'not-in-folder', message: '/tmp/x is in no synced folder.', advice: 'Move it.' });
const asked = { expiresInSeconds: 86_400, upload: false, folderAs: 'page', wait: true };

describe('share', () => {
  test('prints the link alone on stdout, the rest on stderr', async () => {
    const run = await runFake({ streams }, 'share', 'home:photos/a.jpg');
    expect(run.stdout).toBe(`${made.url}\n`);
    expect(run.stderr).toBe('warning: The server is on this computer.\nIt works until 2026-11-23 10:15, for 1 d.\n');
    expect(run.calls[0]?.[1]).toEqual({
      target: { kind: 'object', account: 'home', bucket: 'photos', key: 'a.jpg' },
      ...asked,
    });
    expect([run.copied, run.notified]).toEqual([[], []]);
  });

  test('takes a local path, a time, a name and a link for sending', async () => {
    const options = ['--expires', '7d', '--no-wait', '--name', 'b.jpg', '--zip'];
    const run = await runFake({ streams }, 'share', 'Pictures/a.jpg', ...options);
    expect(run.calls[0]?.[1]).toEqual({
      target: { kind: 'path', path: '/home/me/Pictures/a.jpg' },
      expiresInSeconds: 604_800,
      upload: false,
      folderAs: 'zip',
      wait: false,
      downloadName: 'b.jpg',
    });
  });

  test('a local name with a colon is written with ./', async () => {
    const run = await runFake({ streams }, 'share', './home:photos/a.jpg');
    expect(run.calls[0]?.[1]).toMatchObject({ target: { kind: 'path', path: '/home/me/home:photos/a.jpg' } });
  });

  test('warnings are told with --quiet too; --json has them in the document', async () => {
    const quiet = await runFake({ streams }, 'share', 'home:photos/a.jpg', '--quiet');
    expect(quiet.stderr).toBe('warning: The server is on this computer.\n');
    expect((await runFake({ streams }, 'share', 'home:photos/a.jpg', '--json')).documents).toEqual([made]);
  });

  test('of several, each is told, and what failed decides the exit code', async () => {
    let calls = 0;
    const some = {
      'share.make': async function* (): AsyncGenerator<ShareStep> {
        if (++calls === 2) throw outside;
        yield { kind: 'made', share: made };
      },
    };
    const run = await runFake({ streams: some }, 'share', 'a', import.meta.filename, 'c');
    expect(run).toMatchObject({ exitCode: 1, stdout: `${made.url}\n${made.url}\n` });
    expect(run.stderr).toContain('error: /tmp/x is in no synced folder.');
    const wrong = await runFake({ streams }, 'share', 'a', 'b', '--name', 'c');
    expect(wrong).toMatchObject({ exitCode: 1, calls: [] });
  });

  test('a link for sending is asked for', async () => {
    const run = await runFake({ streams }, 'share', 'home:in/a.zip', '--upload-link');
    expect(run.calls[0]?.[1]).toMatchObject({ upload: true });
  });

  test.each([
    [['home:in/a.zip', '--upload-link', '--zip'], '--upload-link and --zip exclude'],
    [['a', '--upload-link', '--upload-to', 'home:in/'], '--upload-link and --upload-to exclude'],
    [['a', ''], 'One of the paths is empty'],
  ])('%j is refused before anything is asked', async (args, message) => {
    const run = await runFake({ streams }, 'share', ...args);
    expect(run).toMatchObject({ exitCode: 1, opened: 0 });
    expect(run.stderr).toContain(message);
  });

  test('a name that is nowhere is told as that', async () => {
    const run = await runFake({ streams: { 'share.make': [outside] } }, 'share', 'nosuch.jpg');
    expect([run.exitCode, run.stderr]).toEqual([
      1,
      'error: There is no file "nosuch.jpg".\n  Check the spelling and where you are. An object is named as ACCOUNT:BUCKET/KEY.\n',
    ]);
  });
});

describe('share --copy', () => {
  const answers = { 'setting.get': settings('system') };

  test('puts the link on the clipboard, tells by a notification, and prints it nowhere', async () => {
    for (const json of [[], ['--json']]) {
      const run = await runFake({ streams, answers }, 'share', '--copy', 'a.jpg', ...json);
      expect(run.exitCode).toBe(0);
      expect(run.copied).toEqual([made.url]);
      expect(run.notified).toEqual([
        'Link copied: a.jpg can be fetched until 2026-11-23 10:15.\nThe server is on this computer.',
      ]);
      expect(run.stdout + run.stderr).not.toContain('Signature');
    }
  });

  test('several links come one a line, with one notification', async () => {
    const run = await runFake({ streams, answers }, 'share', '--copy', 'a.jpg', 'b.jpg');
    expect(run.copied).toEqual([`${made.url}\n${made.url}`]);
    expect(run.notified).toHaveLength(1);
    expect(run.notified[0]).toMatch(/^2 links copied/);
  });

  test('at a terminal it is told there alone', async () => {
    const run = await runFake({ streams, answers, isTTY: true }, 'share', '--copy', 'a.jpg');
    expect([run.copied.length, run.notified]).toEqual([1, []]);
    expect(run.stderr).toContain('Copied the link.');
  });

  test('a notification speaks the language that was chosen, or the desktop has', async () => {
    const chosen = await runFake({ streams, answers: { 'setting.get': settings('zh-CN') } }, 'share', '--copy', 'a');
    const desktop = await runFake({ streams, answers, env: { LANG: 'zh_CN.UTF-8' } }, 'share', '--copy', 'a');
    for (const { notified } of [chosen, desktop]) expect(notified[0]).toMatch(/^链接已复制: .*本机/s);
  });

  test('a file outside any synced folder: says so, and how to upload it', async () => {
    const failing = { 'share.make': [outside] };
    const file = join(await mkdtemp(join(tmpdir(), 'rustfs-sync-share-')), "it's 我的\nfile");
    onTestFinished(() => rm(dirname(file), { recursive: true, force: true }));
    await writeFile(file, '');
    const run = await runFake({ streams: failing, answers }, 'share', '--copy', file);
    expect(run).toMatchObject({ exitCode: 1, copied: [] });
    expect(run.notified).toEqual([
      "it's 我的\nfile is in no synced folder: Move it into a synced folder, or upload it in the RustFS Sync window and share it there.",
    ]);
    expect(run.stderr).toContain('--upload-to ACCOUNT:BUCKET/PREFIX');
  });

  test('several files that can not be shared are told by one notification', async () => {
    const run = await runFake({ streams: { 'share.make': [outside] }, answers }, 'share', '--copy', 'a.jpg', 'b.jpg');
    expect(run.notified).toHaveLength(1);
    expect(run.notified[0]).toMatch(/^2 links could not be made: a\.jpg, b\.jpg\n/);
  });

  test('without a clipboard: says so, and does not print the link', async () => {
    const clipboardError = new SyncError({ code: 'not-supported', message: 'No clipboard.', advice: 'Get one.' });
    const run = await runFake({ streams, answers, clipboardError }, 'share', '--copy', 'a.jpg');
    expect(run.exitCode).toBe(3);
    expect(run.notified).toEqual(['The link is made, but could not be copied: No clipboard. Get one.']);
    const chinese = { 'setting.get': settings('zh-CN') };
    const inChinese = await runFake({ streams, answers: chinese, clipboardError }, 'share', '--copy', 'a.jpg');
    expect(inChinese.notified[0]).toMatch(/^链接已创建，但无法复制: .*wl-clipboard/);
    expect(run.stdout + run.stderr).not.toContain('Signature');
  });
});

describe('share --upload-to', () => {
  test('uploads what is in no synced folder, beside what is there, and shares that', async () => {
    const puts: unknown[] = [];
    const put = async (...[source, target]: readonly unknown[]) => {
      puts.push(source, target);
      return { etag: 'e', sizeBytes: 1 };
    };
    const answers = { 'object.locate': outside, 'object.freeKey': { key: 'in/a (2).jpg' } };
    const run = await runFake(
      { streams, answers, objects: { put } },
      'share',
      '/tmp/a.jpg',
      '--upload-to',
      'home:photos/in',
    );
    expect(run.exitCode).toBe(0);
    const place = { account: 'home', bucket: 'photos', key: 'in/a (2).jpg' };
    expect(puts).toEqual([
      { kind: 'file', path: '/tmp/a.jpg' },
      { ...place, overwrite: false },
    ]);
    expect(run.calls).toContainEqual(['object.freeKey', { ...place, key: 'in/a.jpg' }]);
    expect(run.calls.at(-1)).toEqual(['share.make', { target: { kind: 'object', ...place }, ...asked }]);
  });

  test('a file of a synced folder is shared from there', async () => {
    const located = { account: 'home', bucket: 'photos', key: 'a', folderId: 'f', path: 'a', mode: 'upload' } as const;
    const run = await runFake(
      { streams, answers: { 'object.locate': located } },
      'share',
      '/p/a',
      '--upload-to',
      'home:b/',
    );
    expect(run.calls.at(-1)?.[1]).toMatchObject({ target: { kind: 'path', path: '/p/a' } });
  });
});

describe('shares', () => {
  const { url, warnings, ...record } = made;

  test('lists what still works, says so when nothing does, and prints one again', async () => {
    const run = await runFake({ answers: { 'share.list': [{ ...record, kind: 'zip', key: '2026/' }] } }, 'shares');
    expect(run.stdout.split('\n')[1]).toBe('1   zip  2026-11-22 10:15  1 d      home:photos/2026/');
    expect((await runFake({ answers: { 'share.list': [] } }, 'shares', 'list')).stderr).toContain('no link');
    const link = await runFake({ answers: { 'share.link': made } }, 'shares', 'link', '1');
    expect([link.stdout, link.stderr]).toEqual([`${url}\n`, `warning: ${warnings[0]?.message ?? ''}\n`]);
    const copied = await runFake({ answers: { 'share.link': made } }, 'shares', 'link', '1', '--copy', '--json');
    expect(copied.copied).toEqual([url]);
    expect(copied.stdout + copied.stderr).not.toContain('Signature');
    expect(await runFake({}, 'shares', 'link', 'x')).toMatchObject({ exitCode: 1, opened: 0 });
  });

  test('a QR code is square, in half lines', async () => {
    const { stdout } = await runFake({ answers: { 'share.link': made } }, 'shares', 'qr', '1');
    const lines = stdout.trimEnd().split('\n');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(Math.abs((lines[0]?.length ?? 0) - 2 * lines.length)).toBeLessThan(2);
    expect(stdout).toMatch(/^[█▀▄ \n]+$/);
  });

  test('one that is forgotten says what that means', async () => {
    const forget = (ended: boolean) => runFake({ answers: { 'share.forget': { ended } } }, 'shares', 'forget', '1');
    expect((await forget(true)).stdout).toContain('does not work any more');
    expect((await forget(false)).stdout).toContain('works until it expires');
  });
});

function settings(language: 'system' | 'zh-CN') {
  return {
    uploadLimitBytesPerSecond: 0,
    downloadLimitBytesPerSecond: 0,
    limitHours: null,
    paused: false,
    language,
    theme: 'system',
    notifications: true,
  } as const;
}
