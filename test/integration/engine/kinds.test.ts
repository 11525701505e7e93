import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { createWorld } from '../../support/engine-harness.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';

/** Root may read everything, so that a refusal has to be played. */
function refuse(path: string, call: 'readFile' | 'readDirectory'): (environment: Environment) => Environment {
  const check = (at: string) => {
    if (at !== path) return;
    throw new SyncError({ code: 'file-unreadable', message: `Reading ${path} failed.`, advice: 'Allow it.' });
  };
  return (environment) => ({
    ...environment,
    fs: {
      ...environment.fs,
      readFile: async (root, at, maxBytes) => {
        if (call === 'readFile') check(at);
        return environment.fs.readFile(root, at, maxBytes);
      },
      readDirectory: async (root, at) => {
        if (call === 'readDirectory') check(at);
        return environment.fs.readDirectory(root, at);
      },
    },
  });
}

describe('rule 13: what is not synced is shown with its reason and blocks nothing', () => {
  test('symlinks to files and directories', async () => {
    const world = await createWorld(await useDouble());
    await world.root.write('dir/inside', 'x');
    await symlink('dir', world.root.at('to-dir'));
    await symlink('dir/inside', world.root.at('to-file'));
    await symlink('/etc', world.root.at('to-outside'));
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect(await world.problemCodes()).toEqual(['to-dir: symlink', 'to-file: symlink', 'to-outside: symlink']);
    expect(await world.bucket.keys()).toEqual(['dir/inside']);
  });

  test('a file that became a symlink is left in the bucket as it was', async () => {
    const world = await createWorld(await useDouble(), { mirrorDeletes: true });
    await world.root.write('doc', 'x');
    await world.root.write('dir/one', 'x');
    await world.sync();
    await world.root.remove('doc');
    await symlink('/etc/hostname', world.root.at('doc'));
    await world.root.remove('dir');
    await symlink('/etc', world.root.at('dir'));
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0, uploadedFiles: 0 });
    expect(await world.bucket.keys()).toEqual(['dir/one', 'doc']);
  });

  test('a FIFO, which would block whoever opens it', async () => {
    const world = await createWorld(await useDouble());
    execFileSync('mkfifo', [world.root.at('pipe')]);
    await world.root.write('doc', 'x');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect(await world.problemCodes()).toEqual(['pipe: special-file']);
  });

  test('unreadable: a file that can not be opened', async () => {
    const world = await createWorld(await useDouble(), { wrap: refuse('secret', 'readFile') });
    await world.root.write('secret', 'x');
    await world.root.write('doc', 'x');
    expect(await world.sync()).toMatchObject({ result: 'problems', uploadedFiles: 1 });
    expect(await world.problemCodes()).toEqual(['secret: file-unreadable']);
  });

  test('unreadable: a directory that can not be listed any more deletes nothing', async () => {
    const double = await useDouble();
    const worldOf = { refused: false };
    const world = await createWorld(double, {
      mirrorDeletes: true,
      wrap: (environment) => {
        const refusing = refuse('private', 'readDirectory')(environment);
        const readDirectory: Environment['fs']['readDirectory'] = (root, at) =>
          (worldOf.refused ? refusing : environment).fs.readDirectory(root, at);
        return { ...environment, fs: { ...environment.fs, readDirectory } };
      },
    });
    await world.root.write('private/a', 'x');
    await world.root.write('doc', 'x');
    await world.sync();
    worldOf.refused = true;
    expect(await world.sync()).toMatchObject({ result: 'problems', deletedFiles: 0 });
    expect(await world.problemCodes()).toEqual(['private: unreadable']);
    worldOf.refused = false;
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 0, uploadedFiles: 0 });
  });

  test('unicode-form-clash: two names that are equal after NFC', async () => {
    const world = await createWorld(await useDouble());
    await world.root.write('caf\u00e9', 'composed');
    await world.root.write('cafe\u0301', 'decomposed');
    expect(await world.sync()).toMatchObject({ result: 'problems', uploadedFiles: 1 });
    expect(await world.bucket.text('caf\u00e9')).toBe('composed');
    expect(await world.problemCodes()).toEqual(['caf\u00e9: unicode-clash']);
    // It is told of the one that is left out. The other one is there.
    expect(
      await world.client.call('object.states', { account: 'test', bucket: world.bucket.name, keys: ['caf\u00e9'] }),
    ).toMatchObject([{ state: 'in-sync', reason: '' }]);
    await world.root.remove('cafe\u0301');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    expect(await world.problemCodes()).toEqual([]);
  });

  test('names that the server can not hold', async () => {
    const world = await createWorld(await useDouble(), { prefix: 'p'.repeat(200) });
    // One character on disk, two in NFC: 255 bytes become 510.
    const growing = '\u0958'.repeat(85);
    const deep = Array.from({ length: 5 }, () => 'd'.repeat(170)).join('/');
    await world.root.write(growing, 'x');
    await world.root.write('line\nbreak', 'x');
    await world.root.write(`${deep}/deep`, 'x');
    await writeFile(Buffer.concat([Buffer.from(`${world.root.path}/bad-`), Buffer.from([0xff, 0xfe])]), 'x');
    await world.root.write('fine', 'x');
    expect(await world.sync()).toMatchObject({ result: 'problems', uploadedFiles: 1 });
    const codes = (await world.problems()).map(({ code }) => code).sort();
    expect(codes).toEqual(['key-too-long', 'line-break-in-name', 'name-not-unicode', 'name-too-long']);
  });
});

describe.skipIf(isWithoutRealServer)('rule 6: a file becomes a directory, and back', () => {
  test('with mirrorDeletes the bucket follows, with copies in the trash', async () => {
    const world = await createWorld(sharedServer(), { mirrorDeletes: true });
    await world.root.write('thing', 'a file');
    await world.root.write('other', 'x');
    await world.root.write('third', 'x');
    await world.sync();
    await world.root.remove('thing');
    await world.root.write('thing/inside', 'a file below');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1, uploadedFiles: 1 });
    expect(await world.bucket.keys()).toEqual(['other', 'thing/inside', 'third']);
    expect(await world.bucket.trashed()).toEqual(['thing']);

    await world.root.remove('thing');
    await world.root.write('thing', 'a file again');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', deletedFiles: 1, uploadedFiles: 1 });
    expect(await world.bucket.text('thing')).toBe('a file again');
    expect(await world.bucket.keys()).toEqual(['other', 'thing', 'third']);
  });

  // RustFS takes and lists `thing` and `thing/inside`; MinIO takes both and lists `thing` alone. So neither is sent beside the other.
  test('without mirrorDeletes the object that stands in the way is kept and told, and nothing is put below it', async () => {
    const world = await createWorld(sharedServer());
    await world.root.write('thing', 'a file');
    await world.root.write('other', 'x');
    await world.sync();
    await world.root.remove('thing');
    await world.root.write('thing/inside', 'a file below');
    await world.root.write('next', 'x');
    await world.sync();
    expect(await world.problemCodes()).toEqual(['thing/inside: type-clash']);
    expect(await world.bucket.etag('thing/inside')).toBeUndefined();
    expect(await world.bucket.text('thing')).toBe('a file');
    expect(await world.bucket.text('next')).toBe('x');
  });

  test('without mirrorDeletes the same holds for a directory that became a file', async () => {
    const world = await createWorld(sharedServer());
    await world.root.write('thing/inside', 'below');
    await world.sync();
    await world.root.remove('thing');
    await world.root.write('thing', 'a file');
    await world.sync();
    expect(await world.problemCodes()).toEqual(['thing: type-clash']);
    expect(await world.bucket.etag('thing')).toBeUndefined();
    expect(await world.bucket.text('thing/inside')).toBe('below');
  });

  test('an empty directory is no object', async () => {
    const world = await createWorld(sharedServer());
    await mkdir(world.root.at('empty'));
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    expect(await world.bucket.keys()).toEqual([]);
  });
});
