import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { errorXml, replying, startTinyServer, storeAt } from '../../unit/remote/tiny-server.ts';

const ETAG = `${'0123456789abcdef'.repeat(2)}-3`;
const HEADERS = { etag: `"${ETAG}"`, 'content-type': 'application/octet-stream' };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function askPartSize(head: Answer, get: Answer = replying(400, errorXml('InvalidRequest'))) {
  const server = await startTinyServer((request, response) =>
    (request.method === 'HEAD' ? head : get)(request, response),
  );
  const store = storeAt(server.endpoint);
  onTestFinished(async () => {
    store.close();
    await server.close();
  });
  return { server, answer: await store.partSize('bucket', 'key', ETAG, 2) };
}

/** The headers of an answer, and the first bytes of a body that never ends. */
const endless =
  (status: number, headers: Record<string, string>): Answer =>
  (_request, response) => {
    response.writeHead(status, { ...HEADERS, ...headers });
    response.write('x'.repeat(1_000));
  };

test('the size of a part is that of the range that a HEAD is answered with', async () => {
  const range = { 'content-range': 'bytes 100-349/1000', 'content-length': '250' };
  const { server, answer } = await askPartSize(replying(206, '', { ...HEADERS, ...range }));
  expect(answer).toBe(250);
  expect(server.asked).toMatchObject([{ method: 'HEAD', headers: { 'if-match': `"${ETAG}"` } }]);
  expect(server.asked[0]?.url).toContain('partNumber=2');
});

test('the size of a part is that of the answer where the server counts the parts', async () => {
  const headers = { ...HEADERS, 'x-amz-mp-parts-count': '3', 'content-length': '250' };
  expect((await askPartSize(replying(206, '', headers))).answer).toBe(250);
});

test('a server that answers HEAD as if no part had been named is asked by GET, of which only the headers are read', async () => {
  const whole = replying(200, '', { ...HEADERS, 'content-length': '1000000' });
  const part = endless(206, { 'content-range': 'bytes 0-499999/1000000', 'content-length': '500000' });
  const { server, answer } = await askPartSize(whole, part);
  expect(answer).toBe(500_000);
  expect(server.asked.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  await expect.poll(() => server.openSockets).toBeLessThanOrEqual(1);
});

test('nothing is told by a server that knows no parts at all', async () => {
  const whole = { ...HEADERS, 'content-length': '1000000' };
  expect((await askPartSize(replying(200, '', whole), endless(200, whole))).answer).toBeUndefined();
  expect((await askPartSize(replying(416, ''), replying(416, errorXml('InvalidPartNumber')))).answer).toBeUndefined();
});

test('nothing is told of another object than was asked for', async () => {
  const other = { etag: '"other"', 'content-range': 'bytes 100-349/1000', 'content-length': '250' };
  expect((await askPartSize(replying(206, '', other), replying(206, '', other))).answer).toBeUndefined();
});
