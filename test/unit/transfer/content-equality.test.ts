import { describe, expect, test } from 'vitest';
import { compositeEtag } from '../../../src/core/etag.ts';
import { contentTypeOf } from '../../../src/transfer/content-type.ts';
import { compareWithEtag } from '../../../src/transfer/index.ts';
import { secondsOfNs } from '../../../src/transfer/upload.ts';
import { nodeHashing } from '../../support/test-environment.ts';
import { FILE } from './multipart-steps.ts';
import {
  createUploadWorld,
  expectBudgetFree,
  KEY,
  LARGE,
  md5Of,
  never,
  ROOT,
  type UploadWorld,
} from './upload-world.ts';

const MIB = 1024 * 1024;

function compare(world: UploadWorld, etag: string, local = world.job().local) {
  const context = world.newContext();
  return world.environment.clock.run(compareWithEtag(context, ROOT, KEY, local, etag, never));
}

function etagInParts(content: Uint8Array, partBytes: number): string {
  const md5s: string[] = [];
  for (let offset = 0; offset < content.length; offset += partBytes) {
    md5s.push(md5Of(content.subarray(offset, offset + partBytes)));
  }
  return compositeEtag(md5s, (bytes) => nodeHashing.md5(bytes));
}

describe('comparing a file with an ETag', () => {
  test.each(['', 'hello'])('by its MD5 (content %j)', async (content) => {
    const world = createUploadWorld(content);
    expect(await compare(world, md5Of(content))).toEqual({ verdict: 'equal' });
    expect(await compare(world, md5Of('other'))).toEqual({ verdict: 'different' });
  });

  test.each([5, 8, 16])('by its MD5s in parts of %d MiB, whoever chose them', async (partMib) => {
    const world = createUploadWorld(LARGE);
    const etag = etagInParts(LARGE, partMib * MIB);
    expect(await compare(world, etag)).toEqual({ verdict: 'equal', partSizeBytes: partMib * MIB });
  });

  test('by the MD5 of a file of more than one buffer', async () => {
    const world = createUploadWorld(LARGE);
    expect(await compare(world, md5Of(LARGE))).toEqual({ verdict: 'equal' });
  });

  test.each([etagInParts(LARGE, 6 * MIB), etagInParts(LARGE.subarray(1), 8 * MIB), '0x8D4BCC2E4835CD0', ''])(
    'can not tell from %j, and never says different then',
    async (etag) => {
      expect(await compare(createUploadWorld(LARGE), etag)).toEqual({ verdict: 'unknown' });
    },
  );

  test('refuses a file that is not as planned, and gives back what it took', async () => {
    const world = createUploadWorld(LARGE);
    const { local } = world.job();
    world.environment.fs.onCall = (call) => {
      if (call.op === 'read' && (call.position ?? 0) > 0) world.environment.fs.touch(FILE);
    };
    const context = world.newContext();
    const work = compareWithEtag(context, ROOT, KEY, local, md5Of(LARGE), never);
    await expect(world.environment.clock.run(work)).rejects.toMatchObject({ code: 'file-changed' });
    expect(world.environment.fs.openFiles).toBe(0);
    await expectBudgetFree(world, context);
  });

  test('ends when it is called off, with no file left open', async () => {
    const world = createUploadWorld(LARGE);
    const controller = new AbortController();
    world.environment.fs.onCall = (call) => {
      if (call.op === 'read') controller.abort(new Error('a reason of its own'));
    };
    const context = world.newContext();
    const work = compareWithEtag(context, ROOT, KEY, world.job().local, md5Of(LARGE), controller.signal);
    await expect(world.environment.clock.run(work)).rejects.toMatchObject({ code: 'cancelled' });
    expect(world.environment.fs.openFiles).toBe(0);
    await expectBudgetFree(world, context);
  });
});

describe('what goes along with an object', () => {
  test.each([
    [0n, '0.000000000'],
    [1n, '0.000000001'],
    [-1n, '-0.000000001'],
    [1_763_805_600_123_456_789n, '1763805600.123456789'],
    [-1_500_000_000n, '-1.500000000'],
  ])('a time of %s ns reads %s', (ns, text) => expect(secondsOfNs(ns)).toBe(text));

  test.each([
    ['a/b.JPG', 'image/jpeg'],
    ['a.b/c', 'application/octet-stream'],
    ['constructor', 'application/octet-stream'],
    ['x.html', 'text/html'],
  ])('%s is of type %s', (key, type) => expect(contentTypeOf(key)).toBe(type));
});
