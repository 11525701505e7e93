import { describe, expect, it } from 'vitest';
import { eventsOf, linesOf, NotEventsError } from '../../../src/remote/event-lines.ts';

function line(source: string, eventName: string, object: object): string {
  return JSON.stringify({ Records: [{ eventSource: source, eventName, s3: { bucket: { name: 'b' }, object } }] });
}

async function collect(...chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  async function* bytes() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
  const lines: string[] = [];
  for await (const one of linesOf(bytes())) lines.push(one);
  return lines;
}

describe('an event', () => {
  it('of RustFS has its key decoded as from a web form', () => {
    const object = { key: 'dir%2Fa+b%2B%25%E4%B8%AD~', eTag: 'abc' };
    const told = eventsOf(
      line('rustfs:s3', 's3:ObjectCreated:Put', { ...object, key: object.key.replace('~', '%7E') }),
    );
    expect(told).toEqual([{ kind: 'written', key: 'dir/a b+%中~', etag: 'abc' }]);
  });

  it('of MinIO has its key as it is', () => {
    const told = eventsOf(line('minio:s3', 's3:ObjectCreated:Copy', { key: 'a+b%20', eTag: '"abc"' }));
    expect(told).toEqual([{ kind: 'written', key: 'a+b%20', etag: 'abc' }]);
  });

  it.each([
    ['dir/a+b', 'dir/a+b'],
    ['50%', '50%'],
    ['%E4', '%E4'],
  ])('whose key %j was never encoded keeps it', (raw, key) => {
    expect(eventsOf(line('other:s3', 's3:ObjectRemoved:Delete', { key: raw }))).toEqual([{ kind: 'removed', key }]);
  });

  it.each(['s3:ObjectRemoved:Delete', 'ObjectRemoved:DeleteMarkerCreated'])('%s is a removal', (name) => {
    expect(eventsOf(line('rustfs:s3', name, { key: 'a' }))).toEqual([{ kind: 'removed', key: 'a' }]);
  });

  it('without an ETag is told without one', () => {
    const told = eventsOf(line('rustfs:s3', 's3:ObjectCreated:Put', { key: 'a' }));
    expect(told).toEqual([{ kind: 'written', key: 'a', etag: undefined }]);
  });

  it.each([
    '{"Records":[]}',
    '{"Records":null}',
    '{}',
    '[]',
    'null',
    '{"Records":[{"eventName":"s3:ObjectCreated:Put"}]}',
  ])('is not in %s, which only shows that the server lives', (text) => {
    expect(eventsOf(text)).toEqual([]);
  });

  it('is not in what is no JSON', () => {
    expect(() => eventsOf('<html>')).toThrow(NotEventsError);
  });
});

describe('lines', () => {
  it('are put together from pieces, also within a letter', async () => {
    const bytes = Buffer.from('{"a":"中"}\n');
    const lines = await collect(bytes.subarray(0, 7), bytes.subarray(7), ' \n\n{}', '\nrest');
    expect(lines).toEqual(['{"a":"中"}', '{}']);
  });

  it('have a limit', async () => {
    await expect(collect('x'.repeat(600_000), 'x'.repeat(600_000))).rejects.toThrow(NotEventsError);
  });
});
