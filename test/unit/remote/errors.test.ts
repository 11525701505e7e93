import { afterEach, describe, expect, it } from 'vitest';
import { SyncError } from '../../../src/core/errors.ts';
import type { ErrorCode } from '../../../src/core/errors.ts';
import type { ObjectStore } from '../../../src/core/object-store.ts';
import { errorXml, replying, SECRET, startTinyServer, storeAt } from './tiny-server.ts';

const BODY = new Uint8Array([1, 2, 3]);
const PUT = {
  bucket: 'photos',
  key: 'a/b.txt',
  body: BODY,
  bodyMd5: new Uint8Array(16),
  metadata: {},
  contentType: 'text/plain',
};

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** The error of one request to a server that answers so. */
async function errorOf(
  answer: Parameters<typeof startTinyServer>[0],
  ask: (store: ObjectStore) => Promise<unknown> = (store) => store.put(PUT),
  options: Parameters<typeof storeAt>[1] = {},
): Promise<SyncError> {
  const server = await startTinyServer(answer);
  const store = storeAt(server.endpoint, options);
  cleanups.push(
    () => server.close(),
    () => store.close(),
  );
  const error: unknown = await ask(store).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SyncError)) throw new Error(`Not a SyncError: ${String(error)}`);
  return error;
}

describe('what a refusal of the server becomes', () => {
  const table: [status: number, code: string, expected: ErrorCode, retryable?: boolean][] = [
    [403, 'SignatureDoesNotMatch', 'wrong-secret-key'],
    [403, 'InvalidAccessKeyId', 'unknown-access-key'],
    [403, 'AccessDenied', 'access-denied'],
    [301, 'PermanentRedirect', 'wrong-region'],
    [400, 'AuthorizationHeaderMalformed', 'wrong-region'],
    [403, 'RequestTimeTooSkewed', 'clock-skew'],
    [404, 'NoSuchBucket', 'no-such-bucket'],
    [404, 'NoSuchKey', 'no-such-key'],
    [404, 'NoSuchUpload', 'no-such-upload'],
    [400, 'InvalidPart', 'invalid-part'],
    [400, 'BadDigest', 'bad-digest', true],
    [412, 'PreconditionFailed', 'precondition-failed'],
    [409, 'ConditionalRequestConflict', 'precondition-failed', true],
    [503, 'SlowDown', 'slow-down', true],
    [500, 'InternalError', 'server-error', true],
    [400, 'RequestTimeout', 'timeout', true],
    [507, 'XMinioStorageFull', 'quota-exceeded'],
    [400, 'XMinioAdminBucketQuotaExceeded', 'quota-exceeded'],
    [400, 'EntityTooLarge', 'too-large'],
    [400, 'KeyTooLongError', 'key-refused'],
    [400, 'XMinioInvalidObjectName', 'key-refused'],
    [409, 'XMinioObjectExistsAsDirectory', 'type-clash'],
    [400, 'XMinioParentIsObject', 'type-clash'],
    [409, 'BucketAlreadyOwnedByYou', 'bucket-exists'],
    [409, 'BucketAlreadyExists', 'bucket-exists'],
    [409, 'BucketNotEmpty', 'bucket-not-empty'],
    [501, 'NotImplemented', 'not-supported'],
    [418, 'SomethingNew', 'server-refused'],
  ];

  it.each(table)('%i %s is %s', async (status, code, expected, retryable) => {
    const error = await errorOf(replying(status, errorXml(code)));
    expect(error).toMatchObject({ code: expected, retryable: retryable ?? false });
    expect(error.message).toContain('"a/b.txt" in the bucket "photos" at http://127.0.0.1:');
    expect(error.message).toMatch(/\.$/);
    expect(error.advice).toMatch(/^[A-Z].*[a-z0-9)]\.?$/s);
    expect(error.detail).toBe(
      `action PutObject, status ${status}, code ${code}, request id REQ-17, message Words of the server`,
    );
  });

  it('tells a quota from other invalid requests by the words', async () => {
    const words = 'Bucket quota exceeded. Current usage: 5 bytes, limit: 5 bytes';
    expect(await errorOf(replying(400, errorXml('InvalidRequest', words)))).toMatchObject({ code: 'quota-exceeded' });
    expect(await errorOf(replying(400, errorXml('InvalidRequest')))).toMatchObject({ code: 'server-refused' });
  });

  it('tells a clash of file and folder by the words, whatever the code', async () => {
    const error = await errorOf(
      replying(400, errorXml('InvalidArgument', 'Object name already exists as a directory.')),
    );
    expect(error).toMatchObject({ code: 'type-clash' });
  });

  it.each([
    [429, 'slow-down'],
    [500, 'server-error'],
    [502, 'server-error'],
    [503, 'slow-down'],
    [504, 'server-error'],
  ] as const)('a %i from a gateway that is no S3 is %s and worth another try', async (status, code) => {
    const error = await errorOf(replying(status, '<html>Bad gateway</html>', { 'content-type': 'text/html' }));
    expect(error).toMatchObject({ code, retryable: true });
  });

  it('the same refusals reach a person the same way through the SDK', async () => {
    const error = await errorOf(replying(403, errorXml('InvalidAccessKeyId')), (store) => store.listBuckets());
    expect(error).toMatchObject({ code: 'unknown-access-key', retryable: false });
    expect(error.detail).toContain('action ListBuckets, status 403, code InvalidAccessKeyId, request id REQ-17');
  });

  it('names the permission and the bucket that were refused', async () => {
    const error = await errorOf(replying(403, errorXml('AccessDenied')));
    expect(error.message).toContain('s3:PutObject on the bucket "photos"');
  });

  it('names the region that the server names', async () => {
    const region = errorXml('AuthorizationHeaderMalformed', 'wrong', '<Region>eu-north-7</Region>');
    expect((await errorOf(replying(400, region))).advice).toContain('"eu-north-7"');
  });

  it('advises path style when a redirect answers a virtual-host request', async () => {
    const settings = { pathStyle: false };
    const endpoint = (store: ObjectStore) => store.listBuckets();
    const error = await errorOf(replying(301, errorXml('PermanentRedirect')), endpoint, { settings });
    expect(error).toMatchObject({ code: 'path-style-needed' });
  });

  it('shows both clocks when they differ too much', async () => {
    const now = Date.UTC(2026, 0, 2, 3, 4, 5);
    const clock = { now: () => now } as NonNullable<Parameters<typeof storeAt>[1]>['clock'];
    const times = '<ServerTime>2026-01-02T04:04:05Z</ServerTime>';
    const error = await errorOf(
      replying(403, errorXml('RequestTimeTooSkewed', 'x', times)),
      undefined,
      clock === undefined ? {} : { clock },
    );
    expect(error.message).toContain('2026-01-02T03:04:05.000Z');
    expect(error.message).toContain('2026-01-02T04:04:05.000Z');
  });

  it('takes the server time from the Date header where the error does not name it', async () => {
    const date = 'Fri, 02 Jan 2026 05:00:00 GMT';
    const error = await errorOf(replying(403, errorXml('RequestTimeTooSkewed'), { date }));
    expect(error.message).toContain('2026-01-02T05:00:00.000Z');
  });

  it("signs with this computer's clock, whatever time the server tells", async () => {
    const buckets = '<ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets/></ListAllMyBucketsResult>';
    const server = await startTinyServer(replying(200, buckets, { date: 'Fri, 02 Jan 2015 05:00:00 GMT' }));
    const store = storeAt(server.endpoint);
    cleanups.push(
      () => server.close(),
      () => store.close(),
    );
    expect(await store.listBuckets()).toEqual([]);
    expect(await store.listBuckets()).toEqual([]);
    const years = server.asked.map(({ headers }) => String(headers['x-amz-date']).slice(0, 4));
    expect(years).toEqual(Array(2).fill(String(new Date().getUTCFullYear())));
  });

  it('a missing object where one with an ETag was expected is a failed expectation', async () => {
    const expected = { ...PUT, expect: { kind: 'etag', etag: 'abc' } } as const;
    const error = await errorOf(replying(404, errorXml('NoSuchKey')), (store) => store.put(expected));
    expect(error).toMatchObject({ code: 'precondition-failed' });
  });

  it('an error in the body of a successful answer is an error', async () => {
    const upload = { bucket: 'photos', key: 'k', uploadId: 'u' };
    const parts = [{ partNumber: 1, etag: 'e' }];
    const late = `\n  ${errorXml('InvalidPart')}`;
    const error = await errorOf(replying(200, late), (store) => store.completeUpload(upload, parts));
    expect(error).toMatchObject({ code: 'invalid-part' });
    expect(error.detail).toContain('status 200, code InvalidPart');
  });
});

describe('what is not an S3 server', () => {
  it.each([200, 404, 405])('a web page with status %i', async (status) => {
    const page = replying(status, '<!doctype html><title>Hello</title>', {
      'content-type': 'text/html; charset=utf-8',
    });
    expect(await errorOf(page, (store) => store.listBuckets())).toMatchObject({ code: 'not-s3', retryable: false });
  });

  it('an empty success', async () => {
    expect(await errorOf(replying(200, ''))).toMatchObject({ code: 'not-s3' });
    expect(await errorOf(replying(200, ''), (store) => store.listPage({ bucket: 'b', prefix: '' }))).toMatchObject({
      code: 'not-s3',
    });
  });

  it('XML that ends in the middle', async () => {
    const cut = '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a';
    const error = await errorOf(replying(200, cut), (store) => store.listPage({ bucket: 'b', prefix: '' }));
    expect(error).toMatchObject({ code: 'server-error', retryable: true });
  });

  it('a server that wants TLS and says so', async () => {
    const words = 'Client sent an HTTP request to an HTTPS server.\n';
    const error = await errorOf(replying(400, words, { 'content-type': 'text/plain' }));
    expect(error).toMatchObject({ code: 'not-s3' });
    expect(error.message).toContain('TLS');
  });
});

describe('questions that HEAD leaves open', () => {
  it('an object that is not there is undefined once the reason is known', async () => {
    const server = await startTinyServer(replying(404, errorXml('NoSuchKey')));
    const store = storeAt(server.endpoint);
    cleanups.push(() => server.close());
    expect(await store.head('b', 'k')).toBeUndefined();
    store.close();
    expect(server.asked.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  it('a bucket that is not there is an error, not a missing object', async () => {
    const error = await errorOf(replying(404, errorXml('NoSuchBucket')), (store) => store.head('b', 'k'));
    expect(error).toMatchObject({ code: 'no-such-bucket' });
  });

  it('a 404 without words is believed only when the bucket answers', async () => {
    const answer: Parameters<typeof startTinyServer>[0] = (request, response) => {
      const isObject = request.url?.startsWith('/b/k') === true;
      replying(isObject ? 404 : 403, isObject ? '' : errorXml('AccessDenied'))(request, response);
    };
    expect(await errorOf(answer, (store) => store.head('b', 'k'))).toMatchObject({ code: 'access-denied' });
  });

  it.each([
    [503, 'slow-down'],
    [500, 'server-error'],
    [429, 'slow-down'],
  ] as const)('asks a server that answers HEAD with %i nothing more', async (status, code) => {
    const methods: string[] = [];
    const answer: Parameters<typeof startTinyServer>[0] = (request, response) => {
      methods.push(request.method ?? '');
      replying(status, '')(request, response);
    };
    expect(await errorOf(answer, (store) => store.head('b', 'k'))).toMatchObject({ code, retryable: true });
    expect(methods).toEqual(['HEAD']);
  });

  it('tells why HEAD was refused, and not that an empty object has no first byte', async () => {
    const answer: Parameters<typeof startTinyServer>[0] = (request, response) =>
      (request.method === 'HEAD' ? replying(403, '') : replying(416, errorXml('InvalidRange')))(request, response);
    expect(await errorOf(answer, (store) => store.head('b', 'k'))).toMatchObject({ code: 'access-denied' });
  });

  it('a wrong secret key is told from a missing permission', async () => {
    const error = await errorOf(replying(403, errorXml('SignatureDoesNotMatch')), (store) => store.head('b', 'k'));
    expect(error).toMatchObject({ code: 'wrong-secret-key' });
    const bucket = await errorOf(replying(403, errorXml('SignatureDoesNotMatch')), (store) => store.headBucket('b'));
    expect(bucket).toMatchObject({ code: 'wrong-secret-key' });
  });
});

describe('secrets', () => {
  it('never enter an error, even when the server repeats them', async () => {
    const echo: Parameters<typeof startTinyServer>[0] = (request, response) => {
      const words = `you sent ${String(request.headers.authorization)} and ${SECRET}`;
      replying(400, errorXml('InvalidArgument', words))(request, response);
    };
    const error = await errorOf(echo);
    const everything = JSON.stringify(error.toData()) + String(error.stack);
    expect(everything).not.toContain(SECRET);
    expect(everything).not.toMatch(/Signature=[0-9a-f]{8}/);
    expect(everything).toContain('(removed)');
  });
});
