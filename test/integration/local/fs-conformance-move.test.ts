import { describe, expect, test } from 'vitest';
import { bytes, diskFull, openForWriting, removePath, statOf, WORLDS, worldOf, type WorldOptions } from './fs-world.ts';

const TMP = '.rustfs-sync/tmp/1';

const DIRECTIONS = [
  ['out of the private directory', TMP, 'a/b/f'],
  ['into the private directory', 'a/f', '.rustfs-sync/trash/2026-01-01T000000Z-abcd/a/f'],
  ['within the tree', 'a/f', 'x/y/g'],
  ['within the private directory', TMP, '.rustfs-sync/other/2'],
] as const;

describe.each(WORLDS)('a move on $name', ({ make }) => {
  const world = async (options?: WorldOptions) => worldOf(await make(options));

  test('places many files side by side, and one that may not be placed holds up no other', async () => {
    const w = await world();
    const names = Array.from({ length: 40 }, (_, n) => String(n));
    for (const name of names) await w.write(`.rustfs-sync/tmp/${name}`, name);
    await w.write('a/7', 'somebody else');
    const placed = await Promise.allSettled(
      names.map(async (name) => {
        const from = `.rustfs-sync/tmp/${name}`;
        const expected = await statOf(w.fs, w.root, from);
        if (name === '8') await w.replace(from, 'something else');
        return w.fs.move(w.root, from, `a/${name}`, expected);
      }),
    );
    const refused = placed.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : ''));
    expect(refused).toEqual(names.map((name) => (name === '7' ? 'name-taken' : name === '8' ? 'file-changed' : '')));
    for (const name of names) if (!['7', '8'].includes(name)) expect(await w.read(`a/${name}`)).toBe(name);
    expect(await w.read('a/7')).toBe('somebody else');
    expect(await w.read('a/8')).toBeUndefined();
    expect(await w.list()).toHaveLength(41);
  });

  describe.each(DIRECTIONS)('%s', (_direction, from, to) => {
    test('gives the file its new name and nothing else', async () => {
      const { fs, root, write, read, list } = await world();
      await write(from, 'content');
      const before = await statOf(fs, root, from);
      const after = await fs.move(root, from, to, before);
      expect(after).toEqual(await fs.stat(root, to));
      expect(after).toMatchObject({
        fileId: before.fileId,
        sizeBytes: 7,
        mtimeNs: before.mtimeNs,
        birthtimeNs: before.birthtimeNs,
      });
      expect(await read(to)).toBe('content');
      expect(await list()).toEqual([to]);
    });

    test('leaves nothing of its own behind, no directory either', async () => {
      const { fs, root, write } = await world();
      await write(from, 'content');
      await fs.move(root, from, to, await statOf(fs, root, from));
      const trash = await fs.readDirectory(root, '.rustfs-sync/trash').catch(() => []);
      expect(trash.filter((entry) => !to.includes(entry.name))).toEqual([]);
    });

    test.each(['sizeBytes', 'mtimeNs', 'ctimeNs', 'fileId'] as const)('refuses another %s', async (field) => {
      const { fs, root, write, list } = await world();
      await write(from, 'content');
      const seen = await statOf(fs, root, from);
      const expected = { ...seen, [field]: field === 'sizeBytes' ? 8 : field === 'fileId' ? '1' : 1n };
      await expect(fs.move(root, from, to, expected)).rejects.toMatchObject({ code: 'file-changed' });
      expect(await list()).toEqual([from]);
    });

    test('refuses what is gone, also with the directory above it', async () => {
      const w = await world();
      await w.write(from, 'content');
      const seen = await statOf(w.fs, w.root, from);
      await removePath(w, from);
      await expect(w.fs.move(w.root, from, to, seen)).rejects.toMatchObject({ code: 'file-changed' });
      await removePath(w, from.slice(0, from.lastIndexOf('/')));
      await expect(w.fs.move(w.root, from, to, seen)).rejects.toMatchObject({ code: 'file-changed' });
    });

    test.each(['file', 'directory', 'link', 'dangling link'])('never replaces a %s', async (kind) => {
      const { fs, root, outside, write, read, makeDirectory, makeLink, list } = await world();
      await write(from, 'mine');
      await makeDirectory(to.slice(0, to.lastIndexOf('/')));
      if (kind === 'file') await write(to, 'theirs');
      else if (kind === 'directory') await makeDirectory(to);
      else await makeLink(to, kind === 'link' ? `${outside}/secret` : `${outside}/nothing`);
      const there = await fs.stat(root, to);
      const move = fs.move(root, from, to, await statOf(fs, root, from));
      await expect(move).rejects.toMatchObject({ code: 'name-taken' });
      expect(await fs.stat(root, to)).toEqual(there);
      expect(await read(from)).toBe('mine');
      expect(await list()).toEqual(kind === 'file' ? [from, to].sort() : [from]);
    });

    test('never leads through a link', async () => {
      const { fs, root, outside, write, makeLink, makeDirectory, rename, list, listOutside } = await world();
      await write(from, 'mine');
      const seen = await statOf(fs, root, from);
      const aboveTo = to.slice(0, to.lastIndexOf('/'));
      await makeDirectory(aboveTo);
      await rename(aboveTo, 'aside');
      await makeLink(aboveTo, outside);
      await expect(fs.move(root, from, to, seen)).rejects.toMatchObject({ code: 'link-in-path' });
      const aboveFrom = from.slice(0, from.lastIndexOf('/'));
      await rename(aboveFrom, 'was-from');
      await makeLink(aboveFrom, outside);
      await expect(fs.move(root, from, 'elsewhere', seen)).rejects.toMatchObject({ code: 'link-in-path' });
      expect(await listOutside()).toEqual(['secret']);
      expect(await list()).toHaveLength(1);
    });

    test('is done again after it failed at its first step', async () => {
      const w = await world();
      await w.write(from, 'content');
      w.before = () => {
        w.before = () => {};
        throw diskFull();
      };
      const seen = await statOf(w.fs, w.root, from);
      await expect(w.fs.move(w.root, from, to, seen)).rejects.toMatchObject({ code: 'disk-full' });
      expect(await w.list()).toEqual([from]);
      await w.fs.move(w.root, from, to, await statOf(w.fs, w.root, from));
      expect(await w.list()).toEqual([to]);
    });
  });

  test('refuses directories, links and what is no file', async () => {
    const { fs, root, outside, makeDirectory, makeLink } = await world();
    await makeDirectory('dir');
    await makeLink('link', `${outside}/secret`);
    for (const from of ['dir', 'link']) {
      const move = fs.move(root, from, 'new', await statOf(fs, root, from));
      await expect(move, from).rejects.toMatchObject({ code: 'file-changed' });
    }
  });

  test('refuses the names that belong to the engine, in any spelling, and paths that lead out', async () => {
    const { fs, root, write, list } = await world();
    await write('f', 'x');
    await write('.rustfs-sync/folder-id', 'id');
    const seen = await statOf(fs, root, 'f');
    const kept = ['', '.rustfs-sync', '.rustfs-sync/folder-id', '.rustfs-sync/FOLDER-ID', '.Rustfs-Sync/x', '../x'];
    for (const path of [...kept, '.ruſtfs-sync/x', '.rustfs\u200c-sync', 'a/../../x', '/x']) {
      await expect(fs.move(root, 'f', path, seen), path).rejects.toMatchObject({ code: 'invalid-argument' });
      await expect(fs.move(root, path, 'g', seen), path).rejects.toMatchObject({ code: 'invalid-argument' });
    }
    expect(await list()).toEqual(['.rustfs-sync/folder-id', 'f']);
  });

  test('makes no directory where a file is', async () => {
    const { fs, root, write, read } = await world();
    await write(TMP, 'mine');
    await write('a', 'theirs');
    const move = fs.move(root, TMP, 'a/f', await statOf(fs, root, TMP));
    await expect(move).rejects.toMatchObject({ code: 'name-taken' });
    expect(await read('a')).toBe('theirs');
    expect(await read(TMP)).toBe('mine');
  });

  test('spares what comes to the new name at the last moment', async () => {
    const w = await world();
    await w.write(TMP, 'mine');
    w.before = async (step) => {
      if (step === 'link') await w.write('f', 'theirs');
    };
    const move = w.fs.move(w.root, TMP, 'f', await statOf(w.fs, w.root, TMP));
    await expect(move).rejects.toMatchObject({ code: 'name-taken' });
    expect(await w.read('f')).toBe('theirs');
    expect(await w.read(TMP)).toBe('mine');
  });

  test.each([
    ['within the tree', 'link', 'g'],
    ['into the trash', 'rename', '.rustfs-sync/trash/2026-01-01T000000Z-abcd/f'],
  ] as const)('%s leaves alone another file that comes to the old name just before', async (_where, step, to) => {
    const w = await world();
    await w.write('f', 'old');
    w.before = async (now) => {
      w.before = () => {};
      expect(now).toBe(step);
      await w.replace('f', 'new!');
    };
    const move = w.fs.move(w.root, 'f', to, await statOf(w.fs, w.root, 'f'));
    await expect(move).rejects.toMatchObject({ code: 'file-changed' });
    expect(await w.read('f')).toBe('new!');
    expect(await w.list()).toEqual(['f']);
  });

  test.each([
    ['with hard links', { hardLinks: true }],
    ['without hard links', { hardLinks: false }],
  ])('gives no name in a directory that goes at the last moment, %s', async (_disk, options) => {
    const w = await world(options);
    await w.write(TMP, 'mine');
    await w.makeDirectory('a');
    w.before = async (step) => {
      if (step !== (options.hardLinks ? 'link' : 'rename')) return;
      w.before = () => {};
      await w.fs.removeEmptyDirectory(w.root, 'a');
    };
    const move = w.fs.move(w.root, TMP, 'a/f', await statOf(w.fs, w.root, TMP));
    await expect(move).rejects.toMatchObject({ code: 'file-changed' });
    expect(await w.list()).toEqual([TMP]);
  });

  test('notices a write in place that comes just before', async () => {
    const w = await world();
    await w.write('f', 'old');
    w.before = async () => {
      w.before = () => {};
      await w.write('f', 'longer');
    };
    const move = w.fs.move(w.root, 'f', 'g', await statOf(w.fs, w.root, 'f'));
    await expect(move).rejects.toMatchObject({ code: 'file-changed' });
    expect(await w.read('f')).toBe('longer');
    expect(await w.list()).toEqual(['f']);
  });

  test('spares another file that comes to the old name after the new name was given', async () => {
    const w = await world();
    await w.write('f', 'old');
    w.before = async (step) => {
      if (step !== 'rename') return;
      w.before = () => {};
      await w.replace('f', 'new!');
    };
    const seen = await statOf(w.fs, w.root, 'f');
    expect(await w.fs.move(w.root, 'f', 'g', seen)).toMatchObject({ fileId: seen.fileId });
    expect(await w.read('f')).toBe('new!');
    expect(await w.read('g')).toBe('old');
    expect(await w.list()).toEqual(['f', 'g']);
  });

  test('of a file of the tree is taken back when the old name can not go', async () => {
    const w = await world();
    await w.write('a/f', 'content');
    w.before = (step) => {
      if (step !== 'rename') return;
      w.before = () => {};
      throw diskFull();
    };
    const move = w.fs.move(w.root, 'a/f', 'g', await statOf(w.fs, w.root, 'a/f'));
    await expect(move).rejects.toMatchObject({ code: 'disk-full' });
    expect(await w.list()).toEqual(['a/f']);
  });

  test('of a finished download whose private name can not go spares what is written by its new one meanwhile', async () => {
    const w = await world();
    await w.write(TMP, 'content');
    w.before = async (step) => {
      if (step !== 'unlink') return;
      w.before = () => {};
      await w.write('g', 'edited in place');
      throw diskFull();
    };
    const move = w.fs.move(w.root, TMP, 'g', await statOf(w.fs, w.root, TMP));
    await expect(move).rejects.toMatchObject({ code: 'disk-full' });
    await w.fs.removeFile(w.root, TMP);
    expect(await w.read('g')).toBe('edited in place');
  });

  test.each([
    ['a finished download that keeps its private name', TMP, 'unlink'],
    ['a file of the tree that is taken back', 'a/f', 'rename'],
  ] as const)('of %s spares what came to the new name meanwhile', async (_what, from, step) => {
    const w = await world();
    await w.write(from, 'content');
    w.before = async (now) => {
      if (now !== step) return;
      w.before = () => {};
      await w.replace('g', 'newer');
      throw diskFull();
    };
    const move = w.fs.move(w.root, from, 'g', await statOf(w.fs, w.root, from));
    await expect(move).rejects.toMatchObject({ code: 'disk-full' });
    expect(await w.read('g')).toBe('newer');
    expect(await w.read(from)).toBe('content');
  });

  test.each([
    ['a finished download', TMP],
    ['a file of the tree', 'a/f'],
  ])('of %s that is cut off between its steps leaves both names', async (_what, from) => {
    const w = await world();
    await w.write(from, 'content');
    w.before = (step) => {
      if (step !== 'link') throw diskFull();
    };
    const move = w.fs.move(w.root, from, 'g', await statOf(w.fs, w.root, from));
    await expect(move).rejects.toMatchObject({ code: 'disk-full' });
    expect(await w.list()).toEqual([from, 'g'].sort());
    expect(await statOf(w.fs, w.root, 'g')).toEqual(await statOf(w.fs, w.root, from));
  });

  test('that is cut off does not let the next download write into the file of the tree', async () => {
    const w = await world();
    await w.write(TMP, 'content');
    w.before = (step) => {
      if (step === 'unlink') throw diskFull();
    };
    const move = w.fs.move(w.root, TMP, 'g', await statOf(w.fs, w.root, TMP));
    await expect(move).rejects.toMatchObject({ code: 'disk-full' });
    w.before = () => {};
    const file = await openForWriting(w.fs, w.root, TMP);
    expect(file.sizeBytes).toBe(0);
    await file.write(bytes('another'), 0);
    expect(await w.read('g')).toBe('content');
    expect(await w.read(TMP)).toBe('another');
    await w.fs.removeFile(w.root, TMP);
    expect(await w.list()).toEqual(['g']);
  });

  test('of a file of the tree that is cut off at its last step leaves a name in the trash', async () => {
    const w = await world();
    await w.write('f', 'content');
    w.before = (step) => {
      if (step === 'unlink') throw diskFull();
    };
    const move = w.fs.move(w.root, 'f', 'g', await statOf(w.fs, w.root, 'f'));
    await expect(move).rejects.toMatchObject({ code: 'disk-full' });
    const [held, placed] = await w.list();
    expect(held).toMatch(/^\.rustfs-sync\/trash\/\d{4}-\d\d-\d\dT\d{6}Z-[a-z]{4}\/f$/);
    expect(placed).toBe('g');
  });

  test.each(DIRECTIONS)('%s works where there are no hard links, and replaces nothing', async (_way, from, to) => {
    const { fs, root, write, read, list } = await world({ hardLinks: false });
    await write(from, 'content');
    const after = await fs.move(root, from, to, await statOf(fs, root, from));
    expect(after).toEqual(await fs.stat(root, to));
    expect(await list()).toEqual([to]);
    await write(from, 'mine');
    const move = fs.move(root, from, to, await statOf(fs, root, from));
    await expect(move).rejects.toMatchObject({ code: 'name-taken' });
    expect(await read(to)).toBe('content');
    expect(await read(from)).toBe('mine');
  });

  test('without hard links puts back another file that comes to the old name just before', async () => {
    const w = await world({ hardLinks: false });
    await w.write('f', 'old');
    w.before = async (step) => {
      if (step !== 'rename') return;
      w.before = () => {};
      await w.replace('f', 'new!');
    };
    const move = w.fs.move(w.root, 'f', 'g', await statOf(w.fs, w.root, 'f'));
    await expect(move).rejects.toMatchObject({ code: 'file-changed' });
    expect(await w.read('f')).toBe('new!');
    expect(await w.list()).toEqual(['f']);
  });

  test('changes the case of a name', async () => {
    const { fs, root, write, list } = await world();
    await write('a/name', 'content');
    await fs.move(root, 'a/name', 'a/Name', await statOf(fs, root, 'a/name'));
    expect(await list()).toEqual(['a/Name']);
  });

  test('onto its own name is refused', async () => {
    const { fs, root, write, list } = await world();
    await write('f', 'content');
    const move = fs.move(root, 'f', 'f', await statOf(fs, root, 'f'));
    await expect(move).rejects.toMatchObject({ code: 'name-taken' });
    expect(await list()).toEqual(['f']);
  });

  const NAMES = [
    ['in NFD', 'e\u0301.txt'],
    ['of 255 bytes', 'é'.repeat(127) + 'x'],
    ['with emoji', '👩‍👩‍👧 family.txt'],
    ['with a backslash, a newline and quotes', 'a\\b\n"c\'.txt'],
    ['200 directories deep', `${'dir/'.repeat(200)}f`],
  ] as const;
  test.each(NAMES)('keeps a name %s as it is', async (_what, name) => {
    const { fs, root, list } = await world();
    const file = await openForWriting(fs, root, TMP);
    const seen = await file.finish({ sizeBytes: 0, mtimeNs: undefined, executable: false });
    const placed = await fs.move(root, TMP, name, seen);
    expect(await list()).toEqual([name]);
    const trashed = await fs.move(root, name, `.rustfs-sync/trash/x/${name}`, placed);
    expect(await fs.stat(root, `.rustfs-sync/trash/x/${name}`)).toEqual(trashed);
    expect(await list()).toEqual([`.rustfs-sync/trash/x/${name}`]);
  });

  test('to a name of 256 bytes is refused by the disk', async () => {
    const { fs, root, write, list } = await world();
    await write(TMP, 'content');
    const seen = await statOf(fs, root, TMP);
    for (const to of ['x'.repeat(256), `${'é'.repeat(128)}/f`]) {
      await expect(fs.move(root, TMP, to, seen)).rejects.toMatchObject({ code: 'disk-error' });
    }
    expect(await list()).toEqual([TMP]);
  });
});
