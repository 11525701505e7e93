import { describe, expect, test } from 'vitest';
import { verifyFile, type VerifiedFile } from '../../../src/transfer/index.ts';
import type { StoreTraits } from '../../support/memory-store.ts';
import { digestBase64 } from '../../../src/trial/s3/checksums.ts';
import { contentOf } from '../../../src/trial/s3/content.ts';
import { FILE } from './multipart-steps.ts';
import { createUploadWorld, KEY, LARGE, md5Of, never, OTHER_LARGE, ROOT } from './upload-world.ts';

const MIB = 1024 * 1024;
const PARTS = [7 * MIB, 7 * MIB, 2 * MIB + 7];
const UNEVEN = [5 * MIB, 9 * MIB, 2 * MIB + 7];

const base64Md5 = (content: Uint8Array) => Buffer.from(md5Of(content), 'hex').toString('base64');

/** A file with this content on disk, and an object as another program put it there. */
function createVerification(content: Uint8Array | string, traits: Partial<StoreTraits> = {}) {
  const world = createUploadWorld(content, traits);
  const verify = (etag: string, partSizeBytes?: number) => {
    const file: VerifiedFile = { root: ROOT, diskPath: KEY, local: world.job().local, key: KEY, etag, partSizeBytes };
    return world.environment.clock.run(verifyFile(world.newContext(), file, never));
  };
  return { world, verify };
}

describe('holding a file against what was synced', () => {
  test('an equal one asks the server nothing', async () => {
    const { world, verify } = createVerification('content');
    const etag = world.store.seed('bucket', KEY, 'content');
    expect(await verify(etag)).toEqual({ kind: 'equal' });
    expect(world.store.calls).toEqual([]);
  });

  test('another content is different: by the MD5, and by the parts that are known', async () => {
    const small = createVerification('content');
    expect(await small.verify(small.world.store.seed('bucket', KEY, 'contemt'))).toEqual({ kind: 'different' });
    const large = createVerification(LARGE);
    const etag = large.world.store.seedParts('bucket', KEY, OTHER_LARGE, PARTS);
    expect(await large.verify(etag, 7 * MIB)).toEqual({ kind: 'different' });
  });

  test('parts of a size that nobody uses are asked for', async () => {
    const { world, verify } = createVerification(LARGE);
    const etag = world.store.seedParts('bucket', KEY, LARGE, PARTS);
    expect(await verify(etag)).toEqual({ kind: 'equal' });
    expect(await verify(etag, 7 * MIB)).toEqual({ kind: 'equal' });
  });

  test('parts of several sizes, or that the server does not tell, prove nothing: neither way', async () => {
    const uneven = createVerification(LARGE);
    const etag = uneven.world.store.seedParts('bucket', KEY, LARGE, UNEVEN);
    expect(await uneven.verify(etag)).toEqual({ kind: 'unknown', reason: 'unknown-parts' });
    const silent = createVerification(LARGE, { tellsPartSizes: false });
    const same = silent.world.store.seedParts('bucket', KEY, LARGE, PARTS);
    expect(await silent.verify(same)).toEqual({ kind: 'unknown', reason: 'unknown-parts' });
  });

  test('the MD5 that the metadata declare decides where the ETag does not', async () => {
    for (const [content, kind] of [
      [LARGE, 'equal'],
      [OTHER_LARGE, 'different'],
    ] as const) {
      const { world, verify } = createVerification(LARGE);
      const declared = { md5chksum: base64Md5(content) };
      expect(await verify(world.store.seedParts('bucket', KEY, content, UNEVEN, declared))).toEqual({ kind });
    }
  });

  test('an encrypted object has an ETag of no content: without a declared MD5 nothing is said', async () => {
    const { world, verify } = createVerification('content', { encrypted: true });
    const etag = world.store.shownEtag(world.store.seed('bucket', KEY, 'content'));
    expect(await verify(etag)).toEqual({ kind: 'unknown', reason: 'encrypted' });
    const declared = { md5chksum: base64Md5(Buffer.from('content')) };
    const other = world.store.shownEtag(world.store.seed('bucket', KEY, 'content', declared));
    expect(await verify(other)).toEqual({ kind: 'equal' });
  });

  test.each(['sha256', 'sha1', 'crc32', 'crc32c'] as const)(
    'the %s that the server keeps of an encrypted object decides, since its ETag does not',
    async (algorithm) => {
      for (const [stored, kind] of [
        ['content', 'equal'],
        ['contemt', 'different'],
      ] as const) {
        const { world, verify } = createVerification('content', { encrypted: true });
        const bytes = Buffer.from(stored);
        const options = { checksum: { algorithm, base64: digestBase64(algorithm, [bytes]) } };
        const { etag } = world.store.model.putObject('bucket', KEY, contentOf(bytes), options);
        expect(await verify(world.store.shownEtag(etag))).toEqual({ kind });
      }
    },
  );

  test('an object that is gone says nothing of what its ETag was of', async () => {
    const { verify } = createVerification('content');
    expect(await verify(md5Of('other'))).toEqual({ kind: 'unknown', reason: 'object-gone' });
    expect(await verify(md5Of('content'))).toEqual({ kind: 'equal' });
  });

  test('a file that is written meanwhile is told apart from both', async () => {
    const { world, verify } = createVerification(LARGE);
    world.environment.fs.onCall = (call) => {
      if (call.op === 'read') world.environment.fs.touch(FILE);
    };
    await expect(verify(md5Of(LARGE))).rejects.toMatchObject({ code: 'file-changed' });
    expect(world.environment.fs.openFiles).toBe(0);
  });
});
