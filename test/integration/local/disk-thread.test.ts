import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileStat } from '../../../src/core/environment.ts';
import { DiskThread } from '../../../src/local/disk-thread.ts';
import { makeTemporaryRoot } from './temporary.ts';

const MTIME_NS = 1_600_000_000_000_000_000n;

const KINDS = [
  { name: 'a quick disk', slowMs: 10_000 },
  { name: 'a slow disk', slowMs: 0 },
] as const;

describe.each(KINDS)('the thread for $name', ({ slowMs }) => {
  const temporary = (name: string) => `.rustfs-sync/tmp/${name}`;

  function write(thread: DiskThread, root: string, path: string): Promise<FileStat> {
    const bytes = new TextEncoder().encode(`content of ${path}`);
    return thread.perform({ kind: 'write', root, path, bytes, how: { mtimeNs: MTIME_NS, executable: false } });
  }

  test('writes files of one moment and gives them their names', async () => {
    const thread = new DiskThread(slowMs);
    const root = await makeTemporaryRoot();
    const names = Array.from({ length: 30 }, (_, n) => `f${n}`);
    const written = await Promise.all(names.map((name) => write(thread, root, temporary(name))));
    const placed = await Promise.all(
      names.map((name, n) => {
        const expect = written[n];
        if (expect === undefined) throw new Error('One was left out.');
        return thread.perform({ kind: 'move', root, from: temporary(name), to: `d/${name}`, expect });
      }),
    );
    for (const [n, name] of names.entries()) {
      expect(placed[n]).toMatchObject({ kind: 'file', mtimeNs: MTIME_NS, fileId: written[n]?.fileId });
      expect(await readFile(join(root, 'd', name), 'utf8')).toBe(`content of ${temporary(name)}`);
    }
    expect(await readdir(join(root, '.rustfs-sync/tmp'))).toEqual([]);
  });

  test('reads files of one moment whole', async () => {
    const thread = new DiskThread(slowMs);
    const root = await makeTemporaryRoot();
    const names = Array.from({ length: 300 }, (_, n) => `f${n}`);
    await Promise.all(names.map((name) => writeFile(join(root, name), `content of ${name}`)));
    const files = await Promise.all(names.map((path) => thread.perform({ kind: 'read', root, path, maxBytes: 100 })));
    for (const [n, { opened, bytes, after }] of files.entries()) {
      expect(new TextDecoder().decode(bytes)).toBe(`content of f${n}`);
      expect(after).toEqual(opened);
    }
  });

  test('tells of each file by itself what failed, in words for people', async () => {
    const thread = new DiskThread(slowMs);
    const root = await makeTemporaryRoot();
    await mkdir(join(root, temporary('directory')), { recursive: true });
    await writeFile(join(root, 'taken'), 'somebody’s');
    const ready = await write(thread, root, temporary('ready'));
    const told = await Promise.allSettled([
      write(thread, root, temporary('directory')),
      write(thread, root, 'not-private'),
      thread.perform({ kind: 'move', root, from: temporary('nothing'), to: 'x', expect: ready }),
      thread.perform({ kind: 'move', root, from: temporary('ready'), to: 'taken', expect: ready }),
      write(thread, root, temporary('fine')),
    ]);
    const codes = told.map((one) => (one.status === 'rejected' ? (one.reason as { code?: unknown }).code : one.status));
    expect(codes).toEqual(['not-a-file', 'invalid-argument', 'file-changed', 'name-taken', 'fulfilled']);
    expect(told[3]).toMatchObject({ reason: { message: expect.stringContaining(join(root, 'taken')) as unknown } });
    expect(await readFile(join(root, 'taken'), 'utf8')).toBe('somebody’s');
  });
});
