import { expect, onTestFinished, test } from 'vitest';
import type { BucketEvent, ObjectStore } from '../../../src/core/object-store.ts';
import { pollUntil } from '../../support/loopback.ts';
import { errorXml, replying, startTinyServer, storeAt } from './tiny-server.ts';

type Answer = Parameters<typeof startTinyServer>[0];

async function storeBefore(answer: Answer) {
  const server = await startTinyServer(answer);
  const store = storeAt(server.endpoint, { eventPingSeconds: 1, maxSockets: 1 });
  onTestFinished(async () => {
    store.close();
    await server.close();
  });
  return { server, store };
}

/** Listens until the stream ends. */
async function listen(store: ObjectStore, prefix = '', signal = new AbortController().signal): Promise<BucketEvent[]> {
  const events: BucketEvent[] = [];
  for await (const event of store.listen('photos', prefix, signal)) events.push(event);
  return events;
}

function record(key: string): string {
  return `${JSON.stringify({ Records: [{ eventName: 's3:ObjectCreated:Put', s3: { object: { key, eTag: 'e' } } }] })}\n`;
}

/** Sends these lines, and nothing more. */
const streaming =
  (...lines: readonly string[]): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(lines.join(''));
  };

test('the stream tells of what lies below the prefix, from its beginning to its end', async () => {
  const { server, store } = await storeBefore((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`\n{"Records":[]}\n${record('my+dir%2Fa')}${record('my+other%2Fb')}`);
  });
  const events = await listen(store, 'my dir/');
  expect(events).toEqual([{ kind: 'listening' }, { kind: 'written', key: 'my dir/a', etag: 'e' }]);
  const { url } = server.asked[0] ?? { url: '' };
  // RustFS would compare a blank with the plus that stands for it.
  expect([...new URL(url, 'http://x').searchParams]).toEqual([
    ['events', 's3:ObjectCreated:*'],
    ['events', 's3:ObjectRemoved:*'],
    ['ping', '1'],
    ['prefix', 'my'],
    ['suffix', ''],
  ]);
});

test.each([
  ['NotImplemented', 501, 'not-supported'],
  ['MethodNotAllowed', 405, 'not-supported'],
  ['AccessDenied', 403, 'access-denied'],
  ['NoSuchBucket', 404, 'no-such-bucket'],
])('a server that answers %s has no stream', async (code, status, expected) => {
  const { store } = await storeBefore(replying(status, errorXml(code)));
  await expect(listen(store)).rejects.toMatchObject({ code: expected });
});

test('a server that answers with a listing has no stream', async () => {
  const { store } = await storeBefore(replying(200, '<ListBucketResult/>'));
  await expect(listen(store)).rejects.toMatchObject({ code: 'not-supported' });
});

test('a server that sends something else in place of events has no stream', async () => {
  const { store } = await storeBefore(streaming('hello\n'));
  await expect(listen(store)).rejects.toMatchObject({ code: 'not-supported' });
});

test('a silence of a few signs of life ends the stream', async () => {
  const { store } = await storeBefore(streaming(record('a')));
  await expect(listen(store)).rejects.toMatchObject({ code: 'timeout' });
});

test('a connection that breaks ends the stream', async () => {
  const { store } = await storeBefore((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(record('a'), () => request.socket.destroy());
  });
  await expect(listen(store)).rejects.toMatchObject({ code: 'unreachable' });
});

test('a stream takes no connection away from other requests, and its own ends with the signal', async () => {
  const { server, store } = await storeBefore((request, response) => {
    if (request.url?.includes('events=') === true) streaming()(request, response);
    else replying(200, '')(request, response);
  });
  const end = new AbortController();
  const stream = store.listen('photos', '', end.signal)[Symbol.asyncIterator]();
  expect(await stream.next()).toMatchObject({ value: { kind: 'listening' } });
  await store.headBucket('photos');
  const next = stream.next();
  end.abort();
  await expect(next).rejects.toMatchObject({ code: 'cancelled' });
  await pollUntil('the connection to be closed', () => (server.openSockets <= 1 ? true : undefined));
});
