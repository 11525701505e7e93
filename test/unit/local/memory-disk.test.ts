import { describe, expect, test } from 'vitest';
import { MemoryFileSystem } from '../../support/memory-fs.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const TMP = '.rustfs-sync/tmp/1';

describe('a disk in memory that ignores case', () => {
  async function disk() {
    const fs = new MemoryFileSystem(new VirtualClock(), { caseInsensitive: true });
    fs.write('/root/Dir/Name', 'content');
    const seen = await fs.stat('/root', 'Dir/Name');
    if (seen === undefined) throw new Error('It was just written.');
    return { fs, seen };
  }

  test('finds a file under any spelling and lists it as it was first given', async () => {
    const { fs, seen } = await disk();
    expect(await fs.stat('/root', 'dIR/nAME')).toEqual(seen);
    fs.write('/root/DIR/NAME', 'longer content');
    expect(fs.filesBelow('/root')).toEqual(['Dir/Name']);
    fs.remove('/root/dir/name');
    expect(fs.filesBelow('/root')).toEqual([]);
  });

  test('gives a file another spelling of its own name', async () => {
    const { fs, seen } = await disk();
    const moved = await fs.move('/root', 'Dir/Name', 'Dir/NAME', seen);
    expect(moved.fileId).toBe(seen.fileId);
    expect(fs.filesBelow('/root')).toEqual(['Dir/NAME']);
  });

  test('does so without replacing what comes to the old name meanwhile', async () => {
    const { fs, seen } = await disk();
    fs.onCall = ({ op }) => {
      if (op === 'rename') fs.replace('/root/Dir/Name', 'new');
    };
    await expect(fs.move('/root', 'Dir/Name', 'Dir/NAME', seen)).rejects.toMatchObject({ code: 'file-changed' });
    expect(fs.filesBelow('/root')).toEqual(['Dir/Name']);
  });

  test('refuses the spelling of another file', async () => {
    const { fs, seen } = await disk();
    fs.write('/root/Dir/other', 'theirs');
    await expect(fs.move('/root', 'Dir/Name', 'Dir/OTHER', seen)).rejects.toMatchObject({ code: 'name-taken' });
    expect(fs.filesBelow('/root')).toEqual(['Dir/Name', 'Dir/other']);
  });

  test('gives directories the spelling that a move asks for, once, and whatever else is in them goes along', async () => {
    const { fs, seen } = await disk();
    fs.write('/root/Dir/other', 'theirs');
    const other = fs.statNow('/root/Dir/other');
    expect(await fs.move('/root', 'Dir/Name', 'DIR/Name', seen)).toEqual(seen);
    expect(fs.filesBelow('/root')).toEqual(['DIR/Name', 'DIR/other']);
    expect(await fs.move('/root', 'Dir/other', 'DIR/new', other)).toMatchObject({ fileId: other.fileId });
    expect(fs.filesBelow('/root')).toEqual(['DIR/Name', 'DIR/new']);
  });

  test('spells no directory anew for a file that is not the one to be moved', async () => {
    const { fs, seen } = await disk();
    fs.write('/root/Dir/Name', 'edited');
    await expect(fs.move('/root', 'Dir/Name', 'DIR/Name', seen)).rejects.toMatchObject({ code: 'file-changed' });
    expect(fs.filesBelow('/root')).toEqual(['Dir/Name']);
  });
});

describe('a disk in memory with coarse times', () => {
  test('cuts every time to its grain, as the stat of finish tells', async () => {
    const fs = new MemoryFileSystem(new VirtualClock(), { mtimeGranularityMs: 1000 });
    fs.makeDirectory('/root');
    const file = await fs.openForWriting('/root', TMP);
    const kept = await file.finish({ sizeBytes: 0, mtimeNs: 1_700_000_000_987_654_321n, executable: false });
    await file.close();
    expect(kept.mtimeNs).toBe(1_700_000_000_000_000_000n);
    expect(kept.ctimeNs % 1_000_000_000n).toBe(0n);
    expect(await fs.stat('/root', TMP)).toEqual(kept);
  });

  test('does not show two writes of one second by their times', () => {
    const fs = new MemoryFileSystem(new VirtualClock(), { mtimeGranularityMs: 1000 });
    fs.write('/root/f', 'one');
    const before = fs.statNow('/root/f');
    fs.write('/root/f', 'two');
    expect(fs.statNow('/root/f')).toEqual(before);
  });
});

test('a disk in memory counts a file with two names once, and lets nobody write through the second', async () => {
  const fs = new MemoryFileSystem(new VirtualClock());
  fs.write(`/root/${TMP}`, 'content');
  fs.capacityBytes = 10;
  fs.onCall = ({ op }) => {
    if (op === 'unlink') throw new Error('The power went.');
  };
  await expect(fs.move('/root', TMP, 'f', fs.statNow(`/root/${TMP}`))).rejects.toThrow('The power went.');
  fs.onCall = undefined;
  const file = await fs.openForWriting('/root', TMP);
  await file.write(new Uint8Array(3), 0);
  await expect(file.write(new Uint8Array(1), 3)).rejects.toMatchObject({ code: 'disk-full' });
  await file.close();
  expect(new TextDecoder().decode(fs.contentOf('/root/f'))).toBe('content');
});
