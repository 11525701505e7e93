import { describe, expect, test } from 'vitest';
import type { FileStat, WritableFile } from '../../../src/core/environment.ts';
import { bytes, openForWriting, removePath, statOf, text, WORLDS, worldOf } from './fs-world.ts';

const TMP = '.rustfs-sync/tmp/1';

const NOW = { mtimeNs: undefined, executable: false };

/** What must never be written or removed directly, and what is no path. */
const NOT_PRIVATE = ['f', '', '.rustfs-sync', '.rustfs-sync/', '.rustfs-syncx/f', '.RUSTFS-SYNC/f', '../x'];

describe.each(WORLDS)('$name', ({ make }) => {
  const world = async () => worldOf(await make());

  test('a small text is read from a file alone, not through a link, and is undefined where nothing is', async () => {
    const { fs, root, outside, write, makeDirectory, makeLink } = await world();
    await write('file', 'text');
    await makeDirectory('directory');
    await makeLink('link', `${outside}/secret`);
    expect(await fs.readText(root, 'file', 10)).toBe('text');
    expect(await fs.readText(root, 'nothing', 10)).toBeUndefined();
    await expect(fs.readText(root, 'directory', 10)).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(fs.readText(root, 'link', 10)).rejects.toMatchObject({ code: 'link-in-path' });
    await expect(fs.readText(root, 'file', 3)).rejects.toMatchObject({ code: 'too-large' });
  });

  test('a small file is read whole, with what it was before and after', async () => {
    const { fs, root, outside, write, makeDirectory, makeLink } = await world();
    await write('file', 'text');
    await write('empty', '');
    await makeDirectory('directory');
    await makeLink('link', `${outside}/secret`);
    const stat = await fs.stat(root, 'file');
    expect(await fs.readFile(root, 'file', 4)).toEqual({ opened: stat, bytes: bytes('text'), after: stat });
    expect((await fs.readFile(root, 'empty', 0)).bytes).toHaveLength(0);
    await expect(fs.readFile(root, 'file', 3)).rejects.toMatchObject({ code: 'too-large' });
    await expect(fs.readFile(root, 'nothing', 10)).rejects.toMatchObject({ code: 'file-vanished' });
    await expect(fs.readFile(root, 'directory', 10)).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(fs.readFile(root, 'link', 10)).rejects.toMatchObject({ code: 'link-in-path' });
  });

  describe('a file open for writing', () => {
    test('is made with the directories above it, written piece by piece, read back, and kept by finish', async () => {
      const { fs, root, read } = await world();
      const file = await openForWriting(fs, root, TMP);
      expect(file.sizeBytes).toBe(0);
      await file.write(bytes('6789'), 6);
      await file.write(bytes('012345'), 0);
      expect(file.sizeBytes).toBe(10);
      const buffer = new Uint8Array(4);
      expect(await file.read(buffer, 4)).toBe(4);
      expect(text(buffer)).toBe('4567');
      expect(await file.read(buffer, 8)).toBe(2);
      const stat = await file.finish({ sizeBytes: 8, mtimeNs: 1_700_000_000_000_000_000n, executable: false });
      expect(stat).toMatchObject({ kind: 'file', sizeBytes: 8, mtimeNs: 1_700_000_000_000_000_000n });
      expect(file.sizeBytes).toBe(8);
      expect(stat).toEqual(await fs.stat(root, TMP));
      expect(await read(TMP)).toBe('01234567');
    });

    test('keeps what it held, so that a download goes on', async () => {
      const { fs, root, write, read } = await world();
      await write(TMP, 'first');
      const file = await openForWriting(fs, root, TMP);
      expect(file.sizeBytes).toBe(5);
      await file.write(bytes(' second'), 5);
      expect(await read(TMP)).toBe('first second');
    });

    test('is refused outside the private directory', async () => {
      const { fs, root, list } = await world();
      for (const path of [...NOT_PRIVATE, '.rustfs-sync/../f', '.rustfs-sync//f']) {
        await expect(fs.openForWriting(root, path), path).rejects.toMatchObject({ code: 'invalid-argument' });
      }
      expect(await list()).toEqual([]);
    });

    test('is refused through a link, at its own name or above', async () => {
      const { fs, root, outside, makeDirectory, makeLink, listOutside } = await world();
      await makeDirectory('.rustfs-sync');
      await makeLink('.rustfs-sync/tmp', outside);
      await makeLink('.rustfs-sync/file', `${outside}/secret`);
      await makeLink('.rustfs-sync/dangling', `${outside}/new`);
      for (const name of ['tmp/x', 'tmp/deep/x', 'file', 'dangling', 'tmp']) {
        const call = fs.openForWriting(root, `.rustfs-sync/${name}`);
        await expect(call, name).rejects.toMatchObject({ code: 'link-in-path' });
      }
      expect(await listOutside()).toEqual(['secret']);
    });

    test('is refused where the private directory itself is a link', async () => {
      const { fs, root, outside, makeLink, listOutside } = await world();
      await makeLink('.rustfs-sync', outside);
      await expect(fs.openForWriting(root, TMP)).rejects.toMatchObject({ code: 'link-in-path' });
      await expect(fs.openForWriting(root, '.rustfs-sync/secret')).rejects.toMatchObject({ code: 'link-in-path' });
      await expect(fs.removeFile(root, '.rustfs-sync/secret')).rejects.toMatchObject({ code: 'link-in-path' });
      expect(await listOutside()).toEqual(['secret']);
    });

    test('is no directory, and no directory is made where a file is', async () => {
      const { fs, root, makeDirectory, write } = await world();
      await makeDirectory(TMP);
      await write('.rustfs-sync/file', 'x');
      await expect(fs.openForWriting(root, TMP)).rejects.toMatchObject({ code: 'not-a-file' });
      await expect(fs.openForWriting(root, '.rustfs-sync/file/x')).rejects.toMatchObject({ code: 'name-taken' });
    });

    test('is never made longer by finish, which would fill it with zeros', async () => {
      const { fs, root, read } = await world();
      const file = await openForWriting(fs, root, TMP);
      await file.write(bytes('123'), 0);
      const finish = file.finish({ sizeBytes: 4, mtimeNs: undefined, executable: false });
      await expect(finish).rejects.toMatchObject({ code: 'file-changed' });
      expect(await read(TMP)).toBe('123');
    });

    test('becomes executable and stops being so', async () => {
      const { fs, root } = await world();
      const file = await openForWriting(fs, root, TMP);
      for (const executable of [true, true, false, false]) {
        expect(await file.finish({ sizeBytes: 0, mtimeNs: undefined, executable })).toMatchObject({ executable });
      }
    });

    test('gets times before 1970, and fractions that read as the same microsecond', async () => {
      const { fs, root } = await world();
      const file = await openForWriting(fs, root, TMP);
      for (const second of [-2_000_000_000n, -1n, 0n, 1n, 1_700_000_000n, 4_102_444_800n]) {
        const mtimeNs = second * 1_000_000_000n;
        expect(await finished(file, mtimeNs)).toMatchObject({ mtimeNs });
      }
      for (const us of [1_700_000_000_000_001n, 1_700_000_000_123_456n, 1_700_000_000_999_999n]) {
        const { mtimeNs } = await finished(file, us * 1000n);
        expect(mtimeNs / 1000n).toBe(us);
        expect(mtimeNs - us * 1000n).toBeLessThan(239n);
      }
    });

    test('keeps the time of its last write when none is given', async () => {
      const { fs, root } = await world();
      const file = await openForWriting(fs, root, TMP);
      await file.write(bytes('x'), 0);
      const before = await fs.stat(root, TMP);
      const after = await file.finish({ sizeBytes: 1, mtimeNs: undefined, executable: false });
      expect(after.mtimeNs).toBe(before?.mtimeNs);
    });
  });

  describe('a file that is written in one go', () => {
    test('is there with the directories above it, its time and its mode, as its stat tells', async () => {
      const { fs, root, read } = await world();
      for (const [index, executable] of [false, true].entries()) {
        const how = { mtimeNs: 1_700_000_000_000_000_000n, executable };
        const stat = await fs.writeFile(root, `${TMP}/${index}`, bytes('content'), how);
        expect(stat).toMatchObject({ kind: 'file', sizeBytes: 7, ...how });
        expect(stat).toEqual(await fs.stat(root, `${TMP}/${index}`));
        expect(await read(`${TMP}/${index}`)).toBe('content');
      }
      expect(await fs.writeFile(root, `${TMP}/empty`, bytes(''), NOW)).toMatchObject({ sizeBytes: 0 });
    });

    test('can be many at once, of which one that fails stops no other', async () => {
      const { fs, root, makeDirectory, read } = await world();
      await makeDirectory('.rustfs-sync/tmp/3');
      const names = ['0', '1', '2', '3', '4'];
      const written = await Promise.allSettled(
        names.map((name) => fs.writeFile(root, `.rustfs-sync/tmp/${name}`, bytes(`content ${name}`), NOW)),
      );
      for (const [index, { status }] of written.entries()) {
        expect(status).toBe(index === 3 ? 'rejected' : 'fulfilled');
        if (index !== 3) expect(await read(`.rustfs-sync/tmp/${index}`)).toBe(`content ${index}`);
      }
    });

    test('takes the name from what an interruption left, and never writes into another name of it', async () => {
      const { fs, root, write, read, makeHardLink } = await world();
      await write('mine', 'longer than what comes');
      await write('.rustfs-sync/tmp/other', 'x');
      await makeHardLink('mine', TMP);
      expect(await fs.writeFile(root, TMP, bytes('new'), NOW)).toMatchObject({ sizeBytes: 3, executable: false });
      expect(await read(TMP)).toBe('new');
      expect(await read('mine')).toBe('longer than what comes');
    });

    test('is refused outside the private directory, through a link, and where a directory is', async () => {
      const { fs, root, outside, makeDirectory, makeLink, write, listOutside } = await world();
      for (const path of NOT_PRIVATE) {
        const call = fs.writeFile(root, path, bytes('x'), NOW);
        await expect(call, path).rejects.toMatchObject({ code: 'invalid-argument' });
      }
      await makeDirectory(TMP);
      await write('.rustfs-sync/file', 'x');
      await makeLink('.rustfs-sync/link', outside);
      await makeLink('.rustfs-sync/secret', `${outside}/secret`);
      const codes = { [TMP]: 'not-a-file', '.rustfs-sync/file/x': 'name-taken' };
      const links = { '.rustfs-sync/link/x': 'link-in-path', '.rustfs-sync/secret': 'link-in-path' };
      for (const [path, code] of Object.entries({ ...codes, ...links })) {
        await expect(fs.writeFile(root, path, bytes('x'), NOW), path).rejects.toMatchObject({ code });
      }
      expect(await listOutside()).toEqual(['secret']);
    });
  });

  describe('a removal', () => {
    test('takes a file of the private directory, and is content when it is gone', async () => {
      const { fs, root, write, list } = await world();
      await write(TMP, 'x');
      await fs.removeFile(root, TMP);
      await fs.removeFile(root, TMP);
      await fs.removeFile(root, '.rustfs-sync/nowhere/x');
      expect(await list()).toEqual([]);
    });

    test('is refused outside the private directory, and for a directory', async () => {
      const { fs, root, write, makeDirectory, list } = await world();
      await write('f', 'x');
      for (const path of NOT_PRIVATE) {
        await expect(fs.removeFile(root, path), path).rejects.toMatchObject({ code: 'invalid-argument' });
      }
      await makeDirectory(TMP);
      await expect(fs.removeFile(root, TMP)).rejects.toMatchObject({ code: 'not-a-file' });
      expect(await list()).toEqual(['f']);
    });

    test('takes a link itself and never what is behind one', async () => {
      const { fs, root, outside, makeDirectory, makeLink, listOutside } = await world();
      await makeDirectory('.rustfs-sync');
      await makeLink('.rustfs-sync/file', `${outside}/secret`);
      await makeLink('.rustfs-sync/dir', outside);
      await fs.removeFile(root, '.rustfs-sync/file');
      expect(await fs.stat(root, '.rustfs-sync/file')).toBeUndefined();
      await expect(fs.removeFile(root, '.rustfs-sync/dir/secret')).rejects.toMatchObject({ code: 'link-in-path' });
      expect(await listOutside()).toEqual(['secret']);
    });

    test('takes an empty directory, no full one, no file and no link', async () => {
      const { fs, root, outside, write, makeDirectory, makeLink, list } = await world();
      await makeDirectory('a/empty');
      await write('full/f', 'x');
      await makeLink('link', outside);
      expect(await fs.removeEmptyDirectory(root, 'a/empty')).toBe(true);
      expect(await fs.removeEmptyDirectory(root, 'a/empty')).toBe(true);
      expect(await fs.removeEmptyDirectory(root, 'nowhere/x')).toBe(true);
      expect(await fs.removeEmptyDirectory(root, 'a')).toBe(true);
      expect(await fs.removeEmptyDirectory(root, 'full')).toBe(false);
      expect(await fs.removeEmptyDirectory(root, 'full/f')).toBe(false);
      expect(await fs.removeEmptyDirectory(root, 'link')).toBe(false);
      await expect(fs.removeEmptyDirectory(root, 'link/x')).rejects.toMatchObject({ code: 'link-in-path' });
      expect(await list()).toEqual(['full/f']);
      expect(await fs.stat(root, 'link')).toMatchObject({ kind: 'symlink' });
      expect(await fs.stat(root, 'a')).toBeUndefined();
    });

    test('never takes the root or the private directory', async () => {
      const { fs, root, makeDirectory } = await world();
      await makeDirectory('.rustfs-sync');
      for (const path of ['', '.rustfs-sync', '.RUSTFS-SYNC', '../x', '.']) {
        await expect(fs.removeEmptyDirectory(root, path), path).rejects.toMatchObject({ code: 'invalid-argument' });
      }
      expect(await fs.stat(root, '.rustfs-sync')).toMatchObject({ kind: 'directory' });
    });
  });

  test('a full disk is told as such, what was written stays, and it goes on when there is room', async ({ skip }) => {
    const w = await make({ sizeBytes: 262_144 });
    if (w === undefined) return skip('A small file system can not be mounted here.');
    await w.write('large', 'x'.repeat(150_000));
    const file = await openForWriting(w.fs, w.root, TMP);
    await file.write(bytes('y'.repeat(50_000)), 0);
    await expect(file.write(bytes('y'.repeat(150_000)), 50_000)).rejects.toMatchObject({ code: 'disk-full' });
    expect(file.sizeBytes).toBeGreaterThanOrEqual(50_000);
    const inOneGo = () => w.fs.writeFile(w.root, `${TMP}-whole`, bytes('z'.repeat(90_000)), NOW);
    await expect(inOneGo()).rejects.toMatchObject({ code: 'disk-full' });
    await removePath(w, 'large');
    expect(await inOneGo()).toMatchObject({ sizeBytes: 90_000 });
    await w.fs.removeFile(w.root, `${TMP}-whole`);
    await file.write(bytes('y'.repeat(150_000)), 50_000);
    const seen = await file.finish({ sizeBytes: 200_000, mtimeNs: 0n, executable: false });
    await w.fs.move(w.root, TMP, 'f', seen);
    expect(await w.read('f')).toBe('y'.repeat(200_000));
  });

  test('a read-only disk is told as such and changes nothing', async ({ skip }) => {
    const w = await make({ sizeBytes: 262_144 });
    if (w === undefined) return skip('A small file system can not be mounted here.');
    await w.write('f', 'x');
    await w.write(TMP, 'y');
    await w.makeDirectory('empty');
    w.setReadOnly();
    const seen = await statOf(w.fs, w.root, 'f');
    for (const call of [
      () => w.fs.openForWriting(w.root, TMP),
      () => w.fs.openForWriting(w.root, '.rustfs-sync/new/x'),
      () => w.fs.writeFile(w.root, TMP, bytes('x'), NOW),
      () => w.fs.writeFile(w.root, '.rustfs-sync/new/x', bytes('x'), NOW),
      () => w.fs.move(w.root, 'f', 'g', seen),
      () => w.fs.move(w.root, 'f', '.rustfs-sync/g', seen),
      () => w.fs.move(w.root, 'f', 'new/g', seen),
      () => w.fs.removeFile(w.root, TMP),
      () => w.fs.removeEmptyDirectory(w.root, 'empty'),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'disk-error' });
    }
    expect(await w.list()).toEqual([TMP, 'f']);
    expect(await w.fs.stat(w.root, 'empty')).toBeDefined();
  });
});

function finished(file: WritableFile, mtimeNs: bigint): Promise<FileStat> {
  return file.finish({ sizeBytes: 0, mtimeNs, executable: false });
}
