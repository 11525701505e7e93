import { crc32 } from 'node:zlib';
import { hasCode } from '../core/errors.ts';
import type { ServerCapabilities } from '../core/object-store.ts';
import { isPrivate } from './address.ts';
import { md5, type ProbeBench } from './probe-bench.ts';

/** An ETag that no content of a probe has. */
const WRONG_ETAG = '0123456789abcdef0123456789abcdef';
const WRONG = { kind: 'etag', etag: WRONG_ETAG } as const;
const ABSENT = { kind: 'absent' } as const;

/** What a server did with conditions; `ok` when it honoured all. */
export interface ConditionFinding {
  readonly ok: boolean;
  readonly finding: string;
}

/** Whether PutObject refuses to overwrite what is not as expected, and goes through when it is. */
export async function checkConditionalPut(bench: ProbeBench): Promise<ConditionFinding> {
  const { etag } = await bench.put('conditional-put', 'first');
  if (!(await refuses(() => bench.put('conditional-put', 'second', ABSENT)))) {
    return ignored('If-None-Match: * did not keep an existing object from being overwritten');
  }
  if (!(await refuses(() => bench.put('conditional-put', 'third', WRONG)))) {
    return ignored('If-Match with a wrong ETag did not keep the object from being overwritten');
  }
  if (await refuses(() => bench.put('conditional-put', 'fourth', { kind: 'etag', etag }))) {
    return ignored('If-Match with the right, quoted ETag was refused');
  }
  return { ok: true, finding: 'If-None-Match and If-Match are honoured when writing.' };
}

/** The same of CompleteMultipartUpload. */
export async function checkConditionalComplete(bench: ProbeBench): Promise<ConditionFinding> {
  const { etag } = await bench.put('conditional-complete', 'first');
  const upload = await bench.startUpload('conditional-complete');
  const part = await bench.sendPart(upload, 'second');
  if (!(await refuses(() => bench.complete(upload, part, ABSENT)))) {
    return ignored('If-None-Match: * did not keep an upload in parts from overwriting an object');
  }
  if (!(await refuses(() => bench.complete(upload, part, WRONG)))) {
    return ignored('If-Match with a wrong ETag did not keep an upload in parts from overwriting an object');
  }
  if (await refuses(() => bench.complete(upload, part, { kind: 'etag', etag }))) {
    return ignored('If-Match with the right, quoted ETag was refused when finishing an upload in parts');
  }
  return { ok: true, finding: 'If-None-Match and If-Match are honoured when an upload in parts is finished.' };
}

/** The same of DeleteObject. */
export async function checkConditionalDelete(bench: ProbeBench): Promise<ConditionFinding> {
  const { etag } = await bench.put('conditional-delete', 'first');
  const key = bench.key('conditional-delete');
  const { store, bucket, signal } = bench;
  await refuses(() => store.delete(bucket, key, WRONG_ETAG, signal));
  if ((await store.head(bucket, key, signal)) === undefined) {
    return ignored('If-Match with a wrong ETag did not keep an object from being deleted');
  }
  await refuses(() => store.delete(bucket, key, etag, signal));
  if ((await store.head(bucket, key, signal)) !== undefined) {
    return ignored('If-Match with the right, quoted ETag was refused when deleting');
  }
  return { ok: true, finding: 'If-Match is honoured when deleting.' };
}

/** Whether UploadPart checks a CRC32, and answers with the MD5 of the part. */
export async function checkPartCrc32(bench: ProbeBench): Promise<boolean> {
  const upload = await bench.startUpload('part-crc32');
  const send = async (text: string) => {
    try {
      return (await bench.sendPart(upload, text, { kind: 'crc32', crc32: crc32('content') })).etag;
    } catch (error) {
      if (hasCode(error, 'bad-digest', 'server-refused', 'not-supported')) return undefined;
      throw error;
    }
  };
  const right = await send('content');
  return right === md5(Buffer.from('content')).toString('hex') && (await send('damaged')) === undefined;
}

/** The four findings, in a dozen requests, and nothing left behind. */
export async function findCapabilities(bench: ProbeBench): Promise<ServerCapabilities> {
  try {
    return {
      conditionalPut: (await checkConditionalPut(bench)).ok,
      conditionalComplete: (await checkConditionalComplete(bench)).ok,
      conditionalDelete: (await checkConditionalDelete(bench)).ok,
      partCrc32: isPrivate(bench.connection.address) && (await checkPartCrc32(bench)),
    };
  } finally {
    // What stays behind harms nobody: it is under a prefix that is never synced. The doctor names it.
    await bench.clean();
  }
}

/**
 * Whether a server refuses a request for its condition. One that does not know conditions at all may say so; a request that
 * failed for another reason proves nothing and is thrown.
 */
async function refuses(request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request();
    return false;
  } catch (error) {
    if (hasCode(error, 'precondition-failed', 'not-supported')) return true;
    throw error;
  }
}

function ignored(finding: string): ConditionFinding {
  return { ok: false, finding: `${finding}.` };
}
