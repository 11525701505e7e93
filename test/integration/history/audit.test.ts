import { open, readFile, rename, stat, utimes } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { AuditItem, Client } from '../../../src/api/index.ts';
import type { FileSystem } from '../../../src/core/environment.ts';
import { createWorld, type World, type WorldOptions } from '../../support/engine-harness.ts';
import { MIB, randomContent, type EngineRoot } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { readInSteps } from '../../support/read-in-steps.ts';
import type { S3Access } from '../../support/s3-client.ts';
import { withMethods } from '../../support/with-methods.ts';

type Total = Extract<AuditItem, { kind: 'total' }>;

async function audit(client: Client, id: string, bytesPerSecond = 0): Promise<{ told: string[]; total: Total }> {
  const told: string[] = [];
  for await (const item of client.stream('audit.run', { id, bytesPerSecond })) {
    if (item.kind === 'finding') told.push(`${item.code} ${item.path}`);
    if (item.kind === 'unverified') told.push(`unverified ${item.path}: ${item.reason}`);
    if (item.kind === 'total') return { told, total: item };
  }
  throw new Error('An audit ends with its totals.');
}

/** Flips one byte in the middle of a file, and sets its modification time back. */
async function flipByte(root: EngineRoot, path: string): Promise<void> {
  const { atime, mtime, size } = await stat(root.at(path), { bigint: false });
  const at = Math.floor(size / 2);
  const content = await readFile(root.at(path));
  const file = await open(root.at(path), 'r+');
  await file.write(Buffer.of((content[at] ?? 0) ^ 0x20), 0, 1, at);
  await file.close();
  await utimes(root.at(path), atime, mtime);
}

/** The same as a disk does it: not even the time of the last change of the inode moved. */
async function rot(world: World, path: string): Promise<void> {
  await flipByte(world.root, path);
  const base = world.state.base.get(world.folderId, path);
  if (base === undefined) throw new Error(`${path} is not synced.`);
  const { mtimeNs, ctimeNs } = await stat(world.root.at(path), { bigint: true });
  world.state.base.put(world.folderId, { ...base, mtimeNs, ctimeNs });
}

/** Whole milliseconds, which `utimes` sets back exactly. */
async function writeAt(root: EngineRoot, path: string, content: string | Uint8Array): Promise<void> {
  await root.write(path, content);
  await utimes(root.at(path), new Date('2026-01-02T03:04:05Z'), new Date('2026-01-02T03:04:05Z'));
}

function auditTests(access: () => Promise<S3Access>): void {
  test('what is as it was synced is clean, small, in parts and empty', async () => {
    const world = await createWorld(await access());
    for (const name of ['a', 'd/b', 'd/c']) await writeAt(world.root, name, name);
    await writeAt(world.root, 'empty', '');
    await writeAt(world.root, 'large', randomContent(17 * MIB));
    await world.sync();
    await world.root.write('new', 'not synced yet');
    const { told, total } = await audit(world.client, world.folderId);
    expect(told).toEqual([]);
    expect(total).toMatchObject({ verifiedFiles: 5, verifiedBytes: 7 + 17 * MIB, findings: 0, unsyncedFiles: 1 });
    expect(await world.problemCodes()).toEqual([]);
  });

  test('a flipped byte is found, in a small file and in one of parts: as damage, or as an edit that hides', async () => {
    const world = await createWorld(await access());
    for (const name of ['rotten', 'edited', 'sound']) await writeAt(world.root, name, `content of ${name}`);
    for (const name of ['large-rotten', 'large-edited']) await writeAt(world.root, name, randomContent(17 * MIB));
    await world.sync();
    await rot(world, 'rotten');
    await rot(world, 'large-rotten');
    await flipByte(world.root, 'edited');
    await flipByte(world.root, 'large-edited');
    const before = await readFile(world.root.at('rotten'));
    const findings = ['silent-edit edited', 'silent-edit large-edited', 'bit-rot large-rotten', 'bit-rot rotten'];
    expect((await audit(world.client, world.folderId)).told).toEqual(findings);
    expect(await readFile(world.root.at('rotten'))).toEqual(before);
    expect(await world.problemCodes()).toEqual([
      'large-rotten: bit-rot',
      'rotten: bit-rot',
      'edited: silent-edit',
      'large-edited: silent-edit',
    ]);
    const problem = (await world.problems()).find(({ path }) => path === 'rotten');
    expect(problem?.advice).toContain(`rustfs-sync get "test:${world.bucket.name}/rotten"`);
    // Found again, it is one problem.
    expect((await audit(world.client, world.folderId)).told).toEqual(findings);
    expect(await world.problemCodes()).toHaveLength(4);
  });

  test('a finding is over once the good copy is back, or the edit was synced', async () => {
    const world = await createWorld(await access());
    for (const name of ['rotten', 'edited']) await writeAt(world.root, name, `content of ${name}`);
    await world.sync();
    await rot(world, 'rotten');
    await flipByte(world.root, 'edited');
    await audit(world.client, world.folderId);
    await writeAt(world.root, 'rotten', await world.bucket.get('rotten'));
    await world.sync();
    expect(await world.problemCodes()).toEqual([]);
    expect(await world.bucket.text('edited')).not.toBe('content of edited');
    expect((await audit(world.client, world.folderId)).total).toMatchObject({ verifiedFiles: 2, findings: 0 });
  });

  test('a finding stays on the list though the clock is put back while the audit is under way', async () => {
    let putBackMs = 0;
    const world = await createWorld(await access(), {
      wrap: (environment) => ({
        ...environment,
        clock: withMethods(environment.clock, { now: () => environment.clock.now() - putBackMs }),
      }),
    });
    for (const name of ['a', 'b']) await writeAt(world.root, name, `content of ${name}`);
    await world.sync();
    for (const name of ['a', 'b']) await rot(world, name);
    for await (const item of world.client.stream('audit.run', { id: world.folderId, bytesPerSecond: 0 })) {
      if (item.kind === 'finding') putBackMs = 3_600_000;
    }
    expect(await world.problemCodes()).toEqual(['a: bit-rot', 'b: bit-rot']);
  });

  test('what is missing on either side is found; what was edited openly is left to the sync', async () => {
    const world = await createWorld(await access());
    for (const name of ['edited', 'here', 'gone-here', 'gone-there']) await writeAt(world.root, name, name);
    await world.sync();
    await world.root.remove('gone-here');
    await world.bucket.remove('gone-there');
    await world.root.write('edited', 'edited openly');
    const { told, total } = await audit(world.client, world.folderId);
    expect(told).toEqual(['missing-here gone-here', 'missing-in-bucket gone-there']);
    expect(total).toMatchObject({ verifiedFiles: 1, findings: 2, changingFiles: 1 });
    await world.root.write('gone-here', 'back');
    await world.sync();
    await audit(world.client, world.folderId);
    expect(await world.problemCodes()).toEqual([]);
  });
}

describe.skipIf(isWithoutRealServer)('an audit, against the real server', () => auditTests(async () => sharedServer()));
describe('an audit, against the double', () => {
  auditTests(() => useDouble());

  test('changes nothing in the bucket and reads no content from it', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    for (const name of ['rotten', 'sound']) await writeAt(world.root, name, name);
    await world.sync();
    await rot(world, 'rotten');
    double.requests.clear();
    await audit(world.client, world.folderId);
    for (const operation of [
      'PutObject',
      'GetObject',
      'DeleteObject',
      'CopyObject',
      'CreateMultipartUpload',
    ] as const) {
      expect(double.requests.count(operation), operation).toBe(0);
    }
    expect(double.requests.count('HeadObject')).toBe(1);
  });

  test('rule 1: a root that is not there is no folder of missing files', async () => {
    const world = await createWorld(await useDouble());
    await writeAt(world.root, 'a', 'a');
    await world.sync();
    await world.root.remove('.rustfs-sync/folder-id');
    await expect(audit(world.client, world.folderId)).rejects.toMatchObject({ code: 'root-replaced' });
    expect(await world.problemCodes()).toEqual([]);
  });

  test('a file that changes while it is read is left out', async () => {
    const hook: { onOpen?: (path: string) => Promise<void> } = {};
    const world = await createWorld(await useDouble(), {
      wrap: ({ fs, ...others }) => {
        const openFile: FileSystem['openFile'] = async (root, path) => {
          const file = await fs.openFile(root, path);
          await hook.onOpen?.(path);
          return file;
        };
        const readFile: FileSystem['readFile'] = (root, path, maxBytes) =>
          readInSteps({ openFile }, root, path, maxBytes);
        return { ...others, fs: { ...fs, openFile, readFile } };
      },
    });
    for (const name of ['busy', 'quiet']) await writeAt(world.root, name, name);
    await world.sync();
    hook.onOpen = async (path) => {
      if (path === 'busy') await flipByte(world.root, 'busy');
    };
    const { told, total } = await audit(world.client, world.folderId);
    expect(told).toEqual([]);
    expect(total).toMatchObject({ verifiedFiles: 1, changingFiles: 1, findings: 0 });
  });

  test('a file that is deleted, and its deletion synced while the audit tells how far it is, is no finding', async () => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    for (const name of ['a', 'b', 'c']) await writeAt(world.root, name, name);
    await world.sync();
    await world.root.remove('a');
    const found: string[] = [];
    let synced: Promise<unknown> | undefined;
    for await (const item of world.client.stream('audit.run', { id: world.folderId, bytesPerSecond: 0 })) {
      if (item.kind === 'progress') await (synced ??= world.sync());
      if (item.kind === 'finding') found.push(item.path);
      if (item.kind === 'total') expect(item).toMatchObject({ verifiedFiles: 2, findings: 0, unsyncedFiles: 1 });
    }
    expect(await synced).toMatchObject({ deletedFiles: 1 });
    expect(found).toEqual([]);
    expect(await world.problemCodes()).toEqual([]);
  });

  const over: readonly [how: string, options: WorldOptions, happens: (world: World) => Promise<void>][] = [
    ['the object stays on purpose', { mode: 'upload' }, async () => undefined],
    ['the object is deleted too', { mode: 'two-way' }, ({ bucket }) => bucket.remove('a')],
  ];
  test.each(over)(
    'a file that is gone is no finding any more once that is synced: %s',
    async (_how, options, happens) => {
      const world = await createWorld(await useDouble(), options);
      for (const name of ['a', 'b', 'c']) await writeAt(world.root, name, name);
      await world.sync();
      await world.root.remove('a');
      expect((await audit(world.client, world.folderId)).told).toEqual(['missing-here a']);
      await happens(world);
      await world.sync();
      expect(await world.problemCodes()).toEqual([]);
    },
  );

  test('a file that was renamed is no finding any more once that is synced', async () => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    for (const name of ['a', 'b', 'c']) await writeAt(world.root, name, name);
    await world.sync();
    await rename(world.root.at('a'), world.root.at('d'));
    expect((await audit(world.client, world.folderId)).told).toEqual(['missing-here a']);
    expect(await world.sync()).toMatchObject({ movedFiles: 1 });
    expect(await world.problemCodes()).toEqual([]);
  });

  test('a file that is not chosen any more is no finding', async () => {
    const world = await createWorld(await useDouble(), { mode: 'two-way' });
    for (const name of ['kept/file', 'left/file']) await writeAt(world.root, name, name);
    await world.sync();
    await world.root.remove('left/file');
    expect((await audit(world.client, world.folderId)).told).toEqual(['missing-here left/file']);
    await world.client.call('folder.select', { id: world.folderId, paths: ['kept'] });
    await world.sync();
    expect(await world.problemCodes()).toEqual([]);
    expect(await world.bucket.text('left/file')).toBe('left/file');
  });

  test('reading is held to its rate', async () => {
    const world = await createWorld(await useDouble());
    await writeAt(world.root, 'a', randomContent(3 * MIB));
    await writeAt(world.root, 'b', randomContent(MIB));
    await world.sync();
    const startMs = performance.now();
    await audit(world.client, world.folderId, 4 * MIB);
    // The first file waits for nothing but owes three quarters of a second to the second one.
    expect(performance.now() - startMs).toBeGreaterThan(450);
  });
});
