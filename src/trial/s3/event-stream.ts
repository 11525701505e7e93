import type { ServerResponse } from 'node:http';
import { isoTime, wholeNumber } from './answer.ts';
import type { ObjectChange, S3Model } from './model.ts';
import { parameter } from './request.ts';
import type { S3Request } from './request.ts';

const silentPingMs = 500;

/**
 * Answers `GET /bucket?events=...` with JSON lines until the connection ends: one line per change, a line with empty
 * `Records` every `ping` seconds, or a blank every half second without `ping`.
 */
export function streamEvents(
  model: S3Model,
  request: S3Request,
  bucket: string,
  response: ServerResponse,
  isMute: boolean,
): void {
  model.bucket(bucket);
  const wanted = request.query.filter(([name]) => name === 'events').map(([, pattern]) => pattern.replace(/\*$/, ''));
  const prefix = parameter(request, 'prefix') ?? '';
  const suffix = parameter(request, 'suffix') ?? '';
  const pingSeconds = wholeNumber(parameter(request, 'ping'), 'ping');
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  const stopListening = model.onChange((change) => {
    if (isMute || change.bucket !== bucket || !change.key.startsWith(prefix) || !change.key.endsWith(suffix)) return;
    if (wanted.some((start) => change.eventName.startsWith(start))) response.write(eventLine(change));
  });
  const ping = setInterval(
    () => response.write(pingSeconds === undefined ? ' ' : '{"Records":null}\n'),
    pingSeconds === undefined ? silentPingMs : pingSeconds * 1_000,
  );
  response.once('close', () => {
    clearInterval(ping);
    stopListening();
  });
}

function eventLine({ eventName, bucket, key, object, atMs }: ObjectChange): string {
  // RustFS form-encodes the key; MinIO writes it as it is.
  const encodedKey = new URLSearchParams([['', key]]).toString().slice(1);
  const details = object === undefined ? {} : { size: object.content.sizeBytes, eTag: object.etag };
  const record = {
    eventVersion: '2.1',
    eventSource: 'rustfs:s3',
    eventTime: isoTime(atMs),
    eventName,
    s3: { s3SchemaVersion: '1.0', bucket: { name: bucket }, object: { key: encodedKey, ...details } },
  };
  return `${JSON.stringify({ EventName: eventName, Key: `${bucket}/${key}`, Records: [record] })}\n`;
}
