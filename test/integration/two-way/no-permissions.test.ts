import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { chmod, readdir, stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Environment, FileStat, OpenFile } from '../../../src/core/environment.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { MULTIPART_THRESHOLD_BYTES } from '../../../src/core/parts.ts';
import type { EngineBucket } from '../../support/engine-bucket.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { createPair, createTeam, type Computer } from '../../support/two-way-team.ts';
import { withMethods } from '../../support/with-methods.ts';

const may = (found: FileStat): FileStat => ({ ...found, executable: true });

/** As FAT, exFAT and NTFS are mounted: everyone may execute every file, however it was made. */
function withoutPermissions(environment: Environment): Environment {
  const { fs } = environment;
  const opened = (file: OpenFile) =>
    withMethods(file, { opened: may(file.opened), stat: async () => may(await file.stat()) });
  return {
    ...environment,
    fs: withMethods(fs, {
      stat: async (...args) => {
        const found = await fs.stat(...args);
        return found && may(found);
      },
      openFile: async (...args) => opened(await fs.openFile(...args)),
      readFile: async (...args) => {
        const file = await fs.readFile(...args);
        return { ...file, opened: may(file.opened), after: may(file.after) };
      },
      writeFile: async (...args) => may(await fs.writeFile(...args)),
      move: async (...args) => may(await fs.move(...args)),
    }),
  };
}

/** The same, and nothing can be written to it any more. */
function forReadingAlone(environment: Environment): Environment {
  const without = withoutPermissions(environment);
  const writeFile = () =>
    Promise.reject(new SyncError({ code: 'disk-full', message: 'The disk is full.', advice: 'Make room.' }));
  return { ...without, fs: withMethods(without.fs, { writeFile }) };
}

async function modeOf({ client, name }: EngineBucket, key: string): Promise<string | undefined> {
  return (await client.send(new HeadObjectCommand({ Bucket: name, Key: key }))).Metadata?.['mode'];
}

async function canRun({ root }: Computer, path: string): Promise<boolean> {
  return ((await stat(root.at(path))).mode & 0o100) !== 0;
}

describe('a disk that keeps no permissions', () => {
  test.each([
    ['in one piece', 10],
    ['in parts', MULTIPART_THRESHOLD_BYTES],
  ])('says of no file that it may be executed: what is sent %s arrives as a file is', async (_how, sizeBytes) => {
    const team = await createTeam(await useDouble(), {}, { adapt: withoutPermissions });
    const [usual, fat] = team.computers as [Computer, Computer];
    await fat.root.write('photo', Buffer.alloc(sizeBytes, 1));
    await team.settle();
    expect(await modeOf(team.bucket, 'photo')).toBeUndefined();
    expect(await canRun(usual, 'photo')).toBe(false);
    expect(await fat.problemCodes()).toEqual([]);
  });

  test('leaves a program as it is on other computers where it is edited, and a file too', async () => {
    const team = await createTeam(await useDouble(), {}, { adapt: withoutPermissions });
    const [usual, fat] = team.computers as [Computer, Computer];
    for (const name of ['tool', 'text']) await usual.root.write(name, '#!/bin/sh\n');
    await usual.makeExecutable('tool');
    await team.settle();
    expect(await fat.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0, downloadedFiles: 0 });
    for (const name of ['tool', 'text']) await fat.root.write(name, '#!/bin/sh\nexit 1\n');
    await team.settle();
    expect((await usual.root.read('tool')).toString()).toBe('#!/bin/sh\nexit 1\n');
    expect([await canRun(usual, 'tool'), await canRun(usual, 'text')]).toEqual([true, false]);
  });

  test('sends its files also where nothing can be written to it', async () => {
    const { computers, bucket } = await createTeam(await useDouble(), { adapt: forReadingAlone });
    await computers[0]?.root.write('photo', 'p');
    expect(await computers[0]?.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect(await modeOf(bucket, 'photo')).toBeUndefined();
  });
});

describe('a disk that keeps permissions', () => {
  test('is known as one also where a person made all of the folder executable', async () => {
    const { a, b, bucket, settle } = await createPair(await useDouble());
    await a.root.write('text', 't');
    await settle();
    for (const path of ['text', '.rustfs-sync', '.rustfs-sync/folder-id']) await chmod(a.root.at(path), 0o755);
    for (const name of ['tool', 'file']) await a.root.write(name, '#!/bin/sh\n');
    await a.makeExecutable('tool');
    await settle();
    expect([await modeOf(bucket, 'tool'), await modeOf(bucket, 'file')]).toEqual(['100755', '100644']);
    expect([await canRun(b, 'tool'), await canRun(b, 'file')]).toEqual([true, false]);
    expect(await readdir(a.root.at('.rustfs-sync/tmp'))).toEqual([]);
  });
});
