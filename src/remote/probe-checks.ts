import { crc32 } from 'node:zlib';
import { cancelled, hasCode } from '../core/errors.ts';
import type { ProbeResult } from '../core/object-store.ts';
import type { ProbeBench } from './probe-bench.ts';
import { md5 } from './probe-bench.ts';
import { checkConditionalComplete, checkConditionalDelete, checkConditionalPut } from './probe-conditions.ts';
import type { ConditionFinding } from './probe-conditions.ts';
import { discard } from './put.ts';
import { until } from './until.ts';

export type Outcome = Pick<ProbeResult, 'verdict' | 'finding'> & Partial<Pick<ProbeResult, 'advice' | 'code'>>;

/** One fact about a bucket and how it is found out. A check that throws has failed with the error's words. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** Checks with `gate` must pass before those after them make sense. */
  readonly gate?: boolean;
  run(bench: ProbeBench): Promise<Outcome>;
}

/** A server that tells of events as they happen answers within this time. */
const EVENTS_WAIT_MS = 5_000;

const NEWER_SERVER = 'A newer version of the server may do better.';
const HEAD_FIRST =
  'RustFS Sync looks at each object right before it writes or deletes it. Two computers that change the same file within ' +
  'the same second may still overwrite each other; a newer version of the server closes this gap.';

export const BUCKET_CHECKS: readonly Check[] = [
  { id: 'bucket', title: 'The bucket exists', gate: true, run: bucketExists },
  { id: 'permission-list', title: 'The access key may list the bucket', gate: true, run: mayList },
  { id: 'versioning', title: 'Old versions of objects', run: versioning },
  { id: 'live-events', title: 'The server tells of changes at once', run: liveEvents },
  { id: 'permission-put', title: 'The access key may write', gate: true, run: mayPut },
  { id: 'permission-get', title: 'The access key may read', run: mayGet },
  { id: 'permission-delete', title: 'The access key may delete', run: mayDelete },
  { id: 'content-md5', title: 'Damaged uploads are refused', run: refusesWrongMd5 },
  { id: 'etag-md5', title: 'The ETag is the MD5 of the content', run: etagIsMd5 },
  { id: 'checksum', title: 'Checksums are kept with objects', run: keepsChecksum },
  conditional('conditional-put', 'Nothing is overwritten unseen', checkConditionalPut),
  conditional('conditional-complete', 'Uploads in parts overwrite nothing unseen', checkConditionalComplete),
  conditional('conditional-delete', 'Nothing is deleted unseen', checkConditionalDelete),
  { id: 'list-parts-empty', title: 'An upload without parts can be looked at', run: listsNoParts },
  { id: 'list-parts', title: 'Interrupted uploads can be resumed', run: listsParts },
  { id: 'list-uploads', title: 'Unfinished uploads can be found', run: listsUploads },
  { id: 'encoded-listing', title: 'Unusual names are listed correctly', run: listsUnusualNames },
  { id: 'long-names', title: 'Names of 255 bytes are taken', run: takesLongNames },
];

function conditional(id: string, title: string, check: (bench: ProbeBench) => Promise<ConditionFinding>): Check {
  return {
    id,
    title,
    run: async (bench) => {
      const { ok, finding } = await check(bench);
      return ok ? { verdict: 'ok', finding } : { verdict: 'degraded', finding, advice: HEAD_FIRST };
    },
  };
}

async function bucketExists({ store, bucket, signal }: ProbeBench): Promise<Outcome> {
  await store.headBucket(bucket, signal);
  return { verdict: 'ok', finding: `The bucket "${bucket}" answers.` };
}

async function mayList({ store, bucket, prefix, signal }: ProbeBench): Promise<Outcome> {
  await store.listPage({ bucket, prefix, maxKeys: 1 }, signal);
  return { verdict: 'ok', finding: 'Listing works.' };
}

async function versioning({ store, bucket, signal }: ProbeBench): Promise<Outcome> {
  const versioned = await store.isVersioned(bucket, signal);
  return {
    verdict: 'ok',
    finding: versioned
      ? 'Versioning is on: the server keeps what is deleted or overwritten.'
      : 'Versioning is off or can not be asked for: copies of deleted objects are kept under .rustfs-sync-trash/ instead.',
  };
}

async function liveEvents({ store, bucket, prefix, signal }: ProbeBench): Promise<Outcome> {
  const limit = AbortSignal.timeout(EVENTS_WAIT_MS);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  try {
    for await (const event of store.listen(bucket, prefix, either)) {
      if (event.kind === 'listening') break;
    }
    return { verdict: 'ok', finding: 'Changes in the bucket are told as they happen.' };
  } catch (error) {
    if (signal?.aborted) throw cancelled('The probe');
    const isLate = limit.aborted;
    return {
      verdict: 'degraded',
      finding: isLate
        ? 'The server holds its stream of events back (some versions of MinIO gather kilobytes first).'
        : 'The server has no stream of events, or the access key may not read it.',
      advice:
        'Changes made by others are found by listing the bucket every now and then, which takes a little longer.' +
        (isLate ? '' : ' Where the server has the stream, allow s3:ListenBucketNotification.'),
      ...(hasCode(error, 'access-denied') ? { code: 'access-denied' } : {}),
    };
  }
}

async function mayPut(bench: ProbeBench): Promise<Outcome> {
  await bench.put('object', 'content');
  return { verdict: 'ok', finding: 'Writing works.' };
}

async function mayGet(bench: ProbeBench): Promise<Outcome> {
  const { store, bucket, signal } = bench;
  const { body } = await store.get({ bucket, key: bench.key('object') }, signal);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  if (Buffer.concat(chunks).toString('utf8') === 'content') return { verdict: 'ok', finding: 'Reading works.' };
  return {
    verdict: 'failed',
    finding: 'What was read is not what was written.',
    advice: 'Do not use this server before its administrator has looked into its log and its disks.',
  };
}

async function mayDelete(bench: ProbeBench): Promise<Outcome> {
  const { store, bucket, signal } = bench;
  await store.delete(bucket, bench.key('object'), undefined, signal);
  if ((await store.head(bucket, bench.key('object'), signal)) === undefined) {
    return { verdict: 'ok', finding: 'Deleting works.' };
  }
  return {
    verdict: 'failed',
    finding: 'The server says that it deleted an object, but the object is still there.',
    advice: NEWER_SERVER,
  };
}

async function refusesWrongMd5(bench: ProbeBench): Promise<Outcome> {
  try {
    await bench.putWithMd5('damaged', Buffer.from('content'), md5(Buffer.from('other content')));
  } catch (error) {
    if (hasCode(error, 'bad-digest')) return { verdict: 'ok', finding: 'A body that does not fit its MD5 is refused.' };
    throw error;
  }
  return {
    verdict: 'degraded',
    finding: 'The server took a body that does not fit its MD5.',
    advice: 'RustFS Sync compares the ETag after every upload instead, and sends damaged files again.',
  };
}

async function etagIsMd5(bench: ProbeBench): Promise<Outcome> {
  const { etag } = await bench.put('etag', 'content');
  if (etag === md5(Buffer.from('content')).toString('hex')) {
    return { verdict: 'ok', finding: 'Content can be compared without being read.' };
  }
  return {
    verdict: 'degraded',
    finding: 'The ETag says nothing about the content (this is so with encrypted buckets).',
    advice: 'Comparing a file with its object may need the whole content to be read.',
  };
}

async function keepsChecksum(bench: ProbeBench): Promise<Outcome> {
  const { connection, bucket, signal } = bench;
  const key = bench.key('checksum');
  const body = Buffer.from('content');
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  const expected = checksum.toString('base64');
  const putting = { method: 'PUT', bucket, key, headers: { 'x-amz-checksum-crc32': expected }, body } as const;
  discard(await connection.raw({ action: 'PutObject', bucket, key }, putting, until(signal)));
  const asking = { method: 'HEAD', bucket, key, headers: { 'x-amz-checksum-mode': 'ENABLED' } } as const;
  const answer = await connection.raw({ action: 'HeadObject', bucket, key }, asking, until(signal));
  discard(answer);
  if (answer.headers['x-amz-checksum-crc32'] === expected) {
    return { verdict: 'ok', finding: 'A CRC32 that was sent with an object is given back.' };
  }
  return {
    verdict: 'degraded',
    finding: 'A CRC32 that was sent with an object is not given back.',
    advice: NEWER_SERVER,
  };
}

async function listsNoParts(bench: ProbeBench): Promise<Outcome> {
  const upload = await bench.startUpload('no-parts');
  const parts = await bench.store.listParts(upload, bench.signal);
  if (parts.length === 0) return { verdict: 'ok', finding: 'The list of its parts is empty, as it should be.' };
  return { verdict: 'degraded', finding: 'Parts are listed that were never sent.', advice: NEWER_SERVER };
}

async function listsParts(bench: ProbeBench): Promise<Outcome> {
  const upload = await bench.startUpload('parts');
  const sent = await bench.sendPart(upload, 'content');
  const [listed] = await bench.store.listParts(upload, bench.signal);
  if (listed?.partNumber === 1 && listed.etag === sent.etag && listed.sizeBytes === 7) {
    return { verdict: 'ok', finding: 'The parts that the server holds are listed.' };
  }
  return {
    verdict: 'degraded',
    finding: 'A part that was sent is not listed.',
    advice:
      'Large uploads start from the beginning after an interruption. A newer version of the server may do better.',
  };
}

async function listsUploads(bench: ProbeBench): Promise<Outcome> {
  const upload = await bench.startUpload('unfinished');
  const found = await bench.store.listUploads(bench.bucket, upload.key, bench.signal);
  if (found.some(({ uploadId, key }) => uploadId === upload.uploadId && key === upload.key)) {
    return { verdict: 'ok', finding: 'An unfinished upload is found by its key.' };
  }
  return {
    verdict: 'degraded',
    finding: 'An unfinished upload is not found by its key.',
    advice: 'Uploads that were left behind can not be shown. The server removes them by itself, often after a day.',
  };
}

async function listsUnusualNames(bench: ProbeBench): Promise<Outcome> {
  const name = 'blank plus+and&percent%41 äß 文 🙂';
  await bench.put(name, 'content');
  const { bucket, prefix, store, signal } = bench;
  const { objects } = await store.listPage({ bucket, prefix: `${prefix}blank` }, signal);
  if (objects.length === 1 && objects[0]?.key === bench.key(name)) {
    return { verdict: 'ok', finding: 'Blanks, signs and letters of all scripts come back as they were written.' };
  }
  return {
    verdict: 'failed',
    finding: 'An object with unusual characters in its name is listed under another name, or not at all.',
    advice: `Do not sync files with such names to this server. ${NEWER_SERVER}`,
  };
}

async function takesLongNames(bench: ProbeBench): Promise<Outcome> {
  try {
    await bench.put('n'.repeat(255), 'content');
    return { verdict: 'ok', finding: 'A name may have 255 bytes between two slashes.' };
  } catch (error) {
    if (!hasCode(error, 'key-refused', 'server-refused')) throw error;
    return {
      verdict: 'degraded',
      finding: 'The server refuses a name of 255 bytes.',
      advice: 'Files with very long names stay on this computer and are shown as problems.',
    };
  }
}
