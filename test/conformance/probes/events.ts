import * as s3 from '@aws-sdk/client-s3';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { pollUntil } from '../../support/loopback.ts';
import { signedGet } from '../../support/s3-client.ts';
import { expectProbe, md5Hex, outcome, useBucket } from '../target.ts';
import type { Target } from '../target.ts';

interface EventLine {
  readonly Records: readonly EventRecord[] | null;
}

interface EventRecord {
  readonly eventName: string;
  readonly s3: {
    readonly bucket: { readonly name: string };
    readonly object: { key: string; size?: number; eTag?: string };
  };
}

export function eventProbes(target: Target): void {
  describe('live events', () => {
    const use = useBucket(target);

    test('a listener is told of puts and deletions below its prefix', async () => {
      const { client, bucket, put } = use();
      const lines: EventLine[] = [];
      const stream = openStream(target, bucket, (line) => lines.push(JSON.parse(line) as EventLine));
      const records = () => lines.flatMap((line) => line.Records ?? []);
      const key = 'dir/a b+%&中.txt';
      try {
        // Again and again, as MinIO hands out events (and even its headers) only when two kilobytes have gathered.
        await pollUntil('a put and a deletion', async () => {
          await put('elsewhere', 'x');
          await put(key, 'hello');
          await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: key }));
          return records().length >= 2 ? true : undefined;
        });
      } finally {
        stream.close();
      }
      const created = records().find((one) => one.eventName === 's3:ObjectCreated:Put');
      const removed = records().find((one) => one.eventName === 's3:ObjectRemoved:Delete');
      expect(created?.s3).toMatchObject({ bucket: { name: bucket }, object: { size: 5, eTag: md5Hex('hello') } });
      expect(removed?.s3.object.key).toBe(created?.s3.object.key);
      expect(new Set(records().map((one) => one.s3.object.key)).size).toBe(1);
      const encoded = 'dir%2Fa+b%2B%25%26%E4%B8%AD.txt';
      expectProbe(target, 'events: key as delivered', created?.s3.object.key, encoded);
    });

    test('lines without records come now and then, so that a dead connection is noticed', async () => {
      const { bucket, put } = use();
      const lines: EventLine[] = [];
      const stream = openStream(target, bucket, (line) => lines.push(JSON.parse(line) as EventLine));
      try {
        await pollUntil('a ping', async () => {
          await put('dir/noise', 'x');
          return lines.find((line) => (line.Records ?? []).length === 0);
        });
      } finally {
        stream.close();
      }
    });

    test('listening to a missing bucket is NoSuchBucket', async () => {
      const { bucket } = use();
      const { url, headers } = signedGet(target.access(), `/${bucket}-none`, [['events', 's3:ObjectCreated:*']]);
      const response = await fetch(url, { headers });
      expect(response.status).toBe(404);
      expect(await response.text()).toContain('<Code>NoSuchBucket</Code>');
    });

    test('the stream itself does not hold up other requests', async () => {
      const { client, bucket } = use();
      const stream = openStream(target, bucket, () => {});
      try {
        expect(await outcome(client.send(new s3.HeadBucketCommand({ Bucket: bucket })))).toBe('200');
      } finally {
        stream.close();
      }
    });
  });
}

/** Not by `fetch`: it asks for gzip, and MinIO then holds events back for longer still. */
function openStream(target: Target, bucket: string, onLine: (line: string) => void): { close: () => void } {
  const { url, headers } = signedGet(target.access(), `/${bucket}`, [
    ['events', 's3:ObjectCreated:*'],
    ['events', 's3:ObjectRemoved:*'],
    ['prefix', 'dir/'],
    ['ping', '1'],
  ]);
  const outgoing = request(url, { headers, agent: false });
  let rest = '';
  outgoing.on('response', (response: IncomingMessage) => {
    response.setEncoding('utf8');
    response.on('error', () => {});
    response.on('data', (text: string) => {
      const pieces = (rest + text).split('\n');
      rest = pieces.pop() ?? '';
      for (const piece of pieces) if (piece.trim() !== '') onLine(piece);
    });
  });
  // Closing the stream is how the test ends; what the socket says about it is of no interest.
  outgoing.on('error', () => {});
  outgoing.end();
  return { close: () => outgoing.destroy() };
}
