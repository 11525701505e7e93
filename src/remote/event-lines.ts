import type { BucketEvent } from '../core/object-store.ts';

/** A line that is longer is no event: an event has one key of at most 1,024 bytes and some metadata. */
const MAX_LINE_CHARS = 1024 * 1024;

/** What came is not what a server's stream of events consists of. */
export class NotEventsError extends Error {
  override readonly name = 'NotEventsError';
}

/** The lines of a body that hold anything. @throws NotEventsError when one never ends. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const pieces = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) if (piece.trim() !== '') yield piece;
    if (rest.length > MAX_LINE_CHARS) throw new NotEventsError(`A line is longer than ${MAX_LINE_CHARS} characters.`);
  }
}

/**
 * The events of one line, in the form of S3's event notifications. A line without any is a sign of life.
 *
 * @throws NotEventsError when the line is something else.
 */
export function eventsOf(line: string): BucketEvent[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw new NotEventsError(`A line is not JSON: ${JSON.stringify(line.slice(0, 80))}`);
  }
  const records = field(parsed, 'Records');
  return Array.isArray(records) ? records.flatMap((record: unknown) => eventOf(record) ?? []) : [];
}

function eventOf(record: unknown): BucketEvent | undefined {
  const name = textOf(field(record, 'eventName'));
  const object = field(field(record, 's3'), 'object');
  const rawKey = textOf(field(object, 'key'));
  if (name === undefined || rawKey === undefined) return undefined;
  const key = decodeKey(rawKey, textOf(field(record, 'eventSource')));
  if (/(^|:)ObjectRemoved:/.test(name)) return { kind: 'removed', key };
  return { kind: 'written', key, etag: textOf(field(object, 'eTag'))?.replaceAll('"', '') };
}

/**
 * RustFS writes keys as in a web form, `a%2Fb+c`; MinIO writes them as they are. What no form would leave as it is shows a key
 * that was not encoded, whoever sent it.
 */
function decodeKey(raw: string, source: string | undefined): string {
  if (source === 'minio:s3' || /[^\w.*+%-]/.test(raw)) return raw;
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return raw;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
