import { chmod, symlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { approveHeld } from '../../support/approve-held.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { createPair } from '../../support/two-way-team.ts';
import { fill, preview, shown } from './held-changes.ts';

describe('rule 3: a side of a few files that is emptied is held', () => {
  test('although a rule leaves out another file that is remembered', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    for (const name of ['one', 'two', 'film.mov']) await a.root.write(name, name);
    await settle();
    // Rules that leave themselves out, too: on this computer alone.
    await a.root.write('.rustfsignore', '*.mov\n.rustfsignore\n');
    expect(await a.sync()).toMatchObject({ result: 'in-sync' });
    for (const name of ['one', 'two']) await a.root.remove(name);
    expect(await preview(a)).toContainEqual({ kind: 'held', hold: expect.objectContaining({ known: 2 }) as unknown });
    expect(await a.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    expect(await bucket.keys()).toEqual(['film.mov', 'one', 'two']);
  });

  test('although all of its files were touched as well, and have to be read first', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    await fill(a.root, 12);
    await settle();
    // As a copy of the whole folder to another disk does.
    for (let i = 0; i < 12; i++) await chmod(a.root.at(`d/${String(i).padStart(2, '0')}`), 0o600);
    for (const key of await bucket.keys()) await bucket.remove(key);
    expect(await a.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
    const hold = { reason: 'empties-side', known: 12, deletions: 12, replacements: 0 };
    expect((await shown(a))[0]).toMatchObject({ hold });
    expect(Object.keys(await a.tree())).toHaveLength(12);
    await approveHeld(a);
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 12 });
  });

  test('although a symbolic link stands in the place of another, also while the bucket is watched', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    for (const name of ['one', 'two', 'doc']) await a.root.write(name, name);
    await settle();
    await a.root.remove('doc');
    await symlink('/nowhere', a.root.at('doc'));
    await a.watch();
    await expect.poll(() => a.problemCodes(), { timeout: 20_000 }).toEqual(['doc: symlink']);
    await bucket.remove('one');
    await expect.poll(() => a.root.read('one').catch(() => 'gone'), { timeout: 20_000 }).toBe('gone');
    await bucket.remove('two');
    const hold = async () => (await a.client.call('folder.status', { id: a.folderId })).hold;
    await expect.poll(hold, { timeout: 20_000 }).toMatchObject({ reason: 'empties-side' });
    expect((await a.root.read('two')).toString()).toBe('two');
  });
});

describe('rule 3: deletions that come one after the other are counted together', () => {
  test('although the rules are edited in the middle, which has everything compared', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    for (const name of ['.rustfsignore', 'one', 'two']) await a.root.write(name, '# nothing\n');
    await settle();
    await a.watch();
    for (const name of ['one', 'two']) await a.root.remove(name);
    await expect.poll(() => bucket.keys(), { timeout: 20_000 }).toEqual(['.rustfsignore']);
    await a.root.remove('.rustfsignore');
    const hold = async () => (await a.client.call('folder.status', { id: a.folderId })).hold;
    await expect.poll(hold, { timeout: 20_000 }).toMatchObject({ reason: 'empties-side', deletions: 3, known: 3 });
    expect(await bucket.keys()).toEqual(['.rustfsignore']);
  });

  test('but not the old names of a folder that was renamed', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    await fill(a.root, 12);
    await settle();
    await a.watch();
    await a.root.move('d', 'e');
    await expect.poll(async () => (await bucket.keys())[0], { timeout: 20_000 }).toBe('e/00');
    await expect.poll(() => bucket.keys(), { timeout: 20_000 }).toHaveLength(12);
    await a.root.remove('e/00');
    await expect.poll(() => bucket.keys(), { timeout: 20_000 }).toHaveLength(11);
  });

  test('and what is held because of those before stays held when the program is started anew', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    for (const name of ['one', 'two', 'three']) await a.root.write(name, name);
    await settle();
    await a.watch();
    for (const name of ['one', 'two']) await a.root.remove(name);
    await expect.poll(() => bucket.keys(), { timeout: 20_000 }).toEqual(['three']);
    await a.root.remove('three');
    const hold = async () => (await a.client.call('folder.status', { id: a.folderId })).hold;
    const held = { reason: 'empties-side', deletions: 3, known: 3 };
    await expect.poll(hold, { timeout: 20_000 }).toMatchObject(held);
    for (let start = 0; start < 2; start++) {
      await a.restart();
      expect(await a.sync()).toMatchObject({ result: 'held', deletedFiles: 0 });
      expect(await hold()).toMatchObject(held);
    }
    expect(await bucket.keys()).toEqual(['three']);
    await approveHeld(a);
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1 });
  });

  test('and begin anew once a person has approved of them', async () => {
    const { a, bucket, settle } = await createPair(await useDouble());
    for (const name of ['one', 'two']) await a.root.write(name, name);
    await settle();
    for (const name of ['one', 'two']) await a.root.remove(name);
    expect(await a.sync()).toMatchObject({ result: 'held' });
    await approveHeld(a);
    expect(await a.sync()).toMatchObject({ result: 'in-sync' });
    await a.root.write('three', 'three');
    await a.sync();
    await a.root.remove('three');
    expect(await a.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1 });
    expect(await bucket.keys()).toEqual([]);
  });
});
