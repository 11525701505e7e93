import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../src/core/errors.ts';
import { emptyTrash, listTrash, restoreFromTrash, trashPath, type TrashEntry } from '../../../src/local/trash.ts';
import { statOf, WORLDS, worldOf, type FsWorld } from './fs-world.ts';

const DAY_MS = 86_400_000;
const OLD = '2026-01-01T000000Z-abcd';
const NEW = '2026-01-20T120000Z-efgh';
const NOW_MS = Date.UTC(2026, 0, 31, 0, 0, 0);

describe.each(WORLDS)('the trash on $name', ({ make }) => {
  const world = async () => worldOf(await make());

  async function listed({ fs, root }: FsWorld): Promise<TrashEntry[]> {
    const entries: TrashEntry[] = [];
    for await (const entry of listTrash(fs, root)) entries.push(entry);
    return entries;
  }

  async function trash(w: FsWorld, stamp: string, path: string, content = 'content'): Promise<void> {
    await w.write(path, content);
    await w.fs.move(w.root, path, trashPath(stamp, path), await statOf(w.fs, w.root, path));
  }

  test('is empty where there is none', async () => {
    const w = await world();
    expect(await listed(w)).toEqual([]);
    expect(await emptyTrash(w.fs, w.root, undefined, NOW_MS)).toEqual({
      removedFiles: 0,
      freedBytes: 0,
      hasMore: false,
      problem: undefined,
    });
  });

  test('is listed with path, size and time, the newest first, without what is not its own', async () => {
    const w = await world();
    await trash(w, OLD, 'a/b', '12345');
    await trash(w, OLD, 'a-b');
    await trash(w, NEW, 'e\u0301/deep/f');
    await w.write('.rustfs-sync/trash/stray', 'x');
    await w.write('.rustfs-sync/trash/other/f', 'x');
    await w.makeLink('.rustfs-sync/trash/linked', w.outside);
    await w.makeLink(`.rustfs-sync/trash/${OLD}/link`, w.outside);
    const old = { stamp: OLD, trashedMs: Date.UTC(2026, 0, 1) };
    expect(await listed(w)).toEqual([
      { stamp: NEW, path: 'e\u0301/deep/f', sizeBytes: 7, trashedMs: Date.UTC(2026, 0, 20, 12) },
      { ...old, path: 'a/b', sizeBytes: 5 },
      { ...old, path: 'a-b', sizeBytes: 7 },
    ]);
  });

  test('gives a file back with its time, and drops the directories that it leaves empty', async () => {
    const w = await world();
    await w.write('a/b/f', 'content');
    const before = await statOf(w.fs, w.root, 'a/b/f');
    await w.fs.move(w.root, 'a/b/f', trashPath(OLD, 'a/b/f'), before);
    await trash(w, OLD, 'a/g');
    const restored = await restoreFromTrash(w.fs, w.root, { stamp: OLD, path: 'a/b/f' }, 'new/place');
    expect(restored.mtimeNs).toBe(before.mtimeNs);
    expect(restored).toEqual(await statOf(w.fs, w.root, 'new/place'));
    expect(await w.list()).toEqual([trashPath(OLD, 'a/g'), 'new/place']);
    expect(await w.fs.stat(w.root, trashPath(OLD, 'a/b'))).toBeUndefined();
    await restoreFromTrash(w.fs, w.root, { stamp: OLD, path: 'a/g' }, 'a/g');
    expect(await w.fs.readDirectory(w.root, '.rustfs-sync/trash')).toEqual([]);
  });

  test('never replaces anything by what it gives back', async () => {
    const w = await world();
    await trash(w, OLD, 'f', 'old');
    await w.write('f', 'new');
    const restoring = restoreFromTrash(w.fs, w.root, { stamp: OLD, path: 'f' }, 'f');
    await expect(restoring).rejects.toMatchObject({ code: 'name-taken' });
    expect(await w.read('f')).toBe('new');
    expect(await w.read(trashPath(OLD, 'f'))).toBe('old');
  });

  test('gives back nothing that is not in it', async () => {
    const w = await world();
    await trash(w, OLD, 'd/f');
    await w.write('.rustfs-sync/tmp/x', 'x');
    for (const [stamp, path] of [
      [OLD, 'gone'],
      [OLD, 'd'],
      [NEW, 'd/f'],
      ['../tmp', 'x'],
      ['', 'x'],
    ] as const) {
      const restoring = restoreFromTrash(w.fs, w.root, { stamp, path }, 'to');
      await expect(restoring, `${stamp} ${path}`).rejects.toMatchObject({ code: 'file-vanished' });
    }
    const escaping = restoreFromTrash(w.fs, w.root, { stamp: OLD, path: '../../tmp/x' }, 'to');
    await expect(escaping).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(await w.list()).toEqual(['.rustfs-sync/tmp/x', trashPath(OLD, 'd/f')]);
  });

  test('loses what is older than the limit and nothing else', async () => {
    const w = await world();
    await trash(w, OLD, 'a/f', '123');
    await trash(w, OLD, 'g', '12');
    await trash(w, NEW, 'a/f');
    await w.write('.rustfs-sync/trash/other/f', 'x');
    await w.write('a/f', 'mine');
    expect(await emptyTrash(w.fs, w.root, 30 * DAY_MS, NOW_MS)).toMatchObject({ removedFiles: 0 });
    expect(await emptyTrash(w.fs, w.root, 30 * DAY_MS, NOW_MS + 1)).toEqual({
      removedFiles: 2,
      freedBytes: 5,
      hasMore: false,
      problem: undefined,
    });
    expect(await w.list()).toEqual([trashPath(NEW, 'a/f'), '.rustfs-sync/trash/other/f', 'a/f'].sort());
    expect(await w.fs.stat(w.root, `.rustfs-sync/trash/${OLD}`)).toBeUndefined();
  });

  test('is emptied whole on demand, links in it included but not what they point to', async () => {
    const w = await world();
    await trash(w, OLD, 'f');
    await trash(w, NEW, `${'deep/'.repeat(200)}f`);
    await w.makeLink(`.rustfs-sync/trash/${OLD}/link`, w.outside);
    expect(await emptyTrash(w.fs, w.root, undefined, 0)).toMatchObject({ removedFiles: 3, hasMore: false });
    expect(await w.fs.readDirectory(w.root, '.rustfs-sync/trash')).toEqual([]);
    expect(await w.listOutside()).toEqual(['secret']);
  });

  test('is emptied a thousand files at a time', async () => {
    const w = await world();
    for (let i = 0; i < 1003; i++) await w.write(trashPath(OLD, `d${i % 7}/${i}`), 'x');
    expect(await emptyTrash(w.fs, w.root, undefined, 0)).toMatchObject({ removedFiles: 1000, hasMore: true });
    expect(await emptyTrash(w.fs, w.root, undefined, 0)).toMatchObject({ removedFiles: 3, hasMore: false });
    expect(await w.list()).toEqual([]);
  });

  test('goes on past a file that can not be removed, and says why', async () => {
    const w = await world();
    await trash(w, OLD, 'a');
    await trash(w, OLD, 'b');
    const problem = new SyncError({ code: 'file-unreadable', message: 'No.', advice: 'None; this is a test.' });
    const fs: Pick<FsWorld['fs'], 'readDirectory' | 'stat' | 'removeFile' | 'removeEmptyDirectory'> = {
      readDirectory: (root, path) => w.fs.readDirectory(root, path),
      stat: (root, path) => w.fs.stat(root, path),
      removeFile: async (root, path) => {
        if (path.endsWith('/a')) throw problem;
        await w.fs.removeFile(root, path);
      },
      removeEmptyDirectory: (root, path) => w.fs.removeEmptyDirectory(root, path),
    };
    const outcome = await emptyTrash(fs, w.root, undefined, 0);
    expect(outcome).toEqual({ removedFiles: 1, freedBytes: 7, hasMore: false, problem });
    expect(await w.list()).toEqual([trashPath(OLD, 'a')]);
  });
});
