import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { replying, startTinyServer, storeAt } from './tiny-server.ts';

const body = Buffer.from('content');
const part = {
  bucket: 'b',
  key: 'k',
  uploadId: 'u',
  partNumber: 1,
  body,
  check: { kind: 'crc32', crc32: crc32(body) },
} as const;
const md5 = createHash('md5').update(body).digest('hex');
const other = createHash('md5').update('other').digest('hex');
const CHECKED = { 'x-amz-checksum-crc32': '/sUwqQ==' };

it.each([
  ['gives the CRC32 back', { etag: `"${other}"`, ...CHECKED }, other],
  ['gives no CRC32 back, but the MD5 of the part', { etag: `"${md5}"` }, md5],
])('a part is held by a server that %s', async (_, headers, etag) => {
  const server = await startTinyServer(replying(200, '', headers));
  const store = storeAt(server.endpoint);
  try {
    expect(await store.uploadPart(part)).toEqual({ etag });
    expect(server.asked[0]?.headers).toMatchObject(CHECKED);
    expect(server.asked[0]?.headers['content-md5']).toBeUndefined();
  } finally {
    store.close();
    await server.close();
  }
});

it.each([
  ['neither', { etag: `"${other}"` }],
  ['another CRC32', { etag: `"${other}"`, 'x-amz-checksum-crc32': 'AAAAAA==' }],
])('a part is sent again to a server that gives back %s', async (_, headers) => {
  const server = await startTinyServer(replying(200, '', headers));
  const store = storeAt(server.endpoint);
  try {
    await expect(store.uploadPart(part)).rejects.toMatchObject({ code: 'bad-digest', retryable: true });
  } finally {
    store.close();
    await server.close();
  }
});
