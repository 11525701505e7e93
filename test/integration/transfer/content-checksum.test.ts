import { expect, onTestFinished, test } from 'vitest';
import { replying, startTinyServer, storeAt } from '../../unit/remote/tiny-server.ts';

const MD5 = '0123456789abcdef'.repeat(2);
const CHECKSUM = 'Wjp3mVsyEPo=';

async function ask(status: number, headers: Readonly<Record<string, string>>, etag = `${MD5}-3`) {
  const answer = { 'content-type': 'application/octet-stream', etag: `"${etag}"`, 'content-length': '0', ...headers };
  const server = await startTinyServer(replying(status, '', answer));
  const store = storeAt(server.endpoint);
  onTestFinished(async () => {
    store.close();
    await server.close();
  });
  return { server, found: await store.contentChecksum('bucket', 'key', etag) };
}

const WHOLE = { 'x-amz-checksum-type': 'FULL_OBJECT' };

test('the checksum of a whole object is asked for with a HEAD', async () => {
  const { server, found } = await ask(200, { ...WHOLE, 'x-amz-checksum-crc64nvme': CHECKSUM });
  expect(found).toEqual({ algorithm: 'crc64nvme', base64: CHECKSUM });
  const headers = { 'x-amz-checksum-mode': 'ENABLED', 'if-match': `"${MD5}-3"` };
  expect(server.asked).toMatchObject([{ method: 'HEAD', headers }]);
});

test('of several checksums the strongest is taken', async () => {
  const several = { 'x-amz-checksum-crc32': 'y/Q5Jg==', 'x-amz-checksum-sha256': 'eA==' };
  expect((await ask(200, { ...WHOLE, ...several })).found).toEqual({ algorithm: 'sha256', base64: 'eA==' });
});

test('one of the checksums of parts is none of the content, however the server puts it', async () => {
  for (const headers of [
    { 'x-amz-checksum-type': 'COMPOSITE', 'x-amz-checksum-crc32': 'y/Q5Jg==' },
    { ...WHOLE, 'x-amz-checksum-crc32': 'y/Q5Jg==-3' },
    { 'x-amz-checksum-crc32': 'y/Q5Jg==' },
  ]) {
    expect((await ask(200, headers)).found).toBeUndefined();
  }
});

test('a server that does not say of what its checksum is means the whole where there are no parts', async () => {
  const { found } = await ask(200, { 'x-amz-checksum-crc32': 'y/Q5Jg==' }, MD5);
  expect(found).toEqual({ algorithm: 'crc32', base64: 'y/Q5Jg==' });
});

test('where the server tells no checksum, or does not want to, there is none', async () => {
  expect((await ask(200, WHOLE)).found).toBeUndefined();
  expect((await ask(403, {})).found).toBeUndefined();
});
