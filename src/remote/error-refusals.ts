import { BUCKET_NAME_RULE } from '../core/bucket-name.ts';
import { checkPath } from '../core/paths.ts';
import type { Facts, Meaning } from './error-facts.ts';
import { explainProxy } from './error-network.ts';
import * as meaning from './error-meanings.ts';
import type { Rule } from './error-meanings.ts';
import type { S3Failure } from './failure.ts';

const RULES: Readonly<Record<string, Rule>> = {
  SignatureDoesNotMatch: meaning.unsigned,
  XMinioSignatureDoesNotMatch: meaning.unsigned,
  InvalidAccessKeyId: meaning.unknownKey,
  XMinioInvalidIAMCredentials: meaning.unknownKey,
  InvalidToken: meaning.badToken,
  InvalidTokenId: meaning.badToken,
  ExpiredToken: meaning.badToken,
  AccessDenied: meaning.denied,
  AllAccessDisabled: meaning.denied,
  PermanentRedirect: meaning.redirected,
  TemporaryRedirect: meaning.redirected,
  Redirect: meaning.redirected,
  AuthorizationHeaderMalformed: meaning.wrongRegion,
  IllegalLocationConstraintException: meaning.wrongRegion,
  InvalidRegion: meaning.wrongRegion,
  RequestTimeTooSkewed: meaning.skewed,
  NoSuchBucket: meaning.noBucket,
  NoSuchKey: meaning.noKey,
  NoSuchVersion: meaning.noKey,
  NoSuchUpload: () => ({
    code: 'no-such-upload',
    because: 'the server does not know this upload any more',
    advice: 'Nothing to do: servers remove unfinished uploads after a day. The upload is started again.',
  }),
  InvalidPart: () => ({
    code: 'invalid-part',
    because: 'the server misses a part of the upload, or holds a different one',
    advice: 'Nothing to do: the missing parts are sent again.',
  }),
  BadDigest: meaning.badDigest,
  InvalidDigest: meaning.badDigest,
  XAmzContentSHA256Mismatch: meaning.badDigest,
  XAmzContentChecksumMismatch: meaning.badDigest,
  IncompleteBody: meaning.badDigest,
  PreconditionFailed: meaning.moved,
  // All ranges that we ask for are of an object as it was seen. RustFS looks at the range before the condition.
  InvalidRange: meaning.moved,
  ConditionalRequestConflict: (facts, failure) => ({ ...meaning.moved(facts, failure), retryable: true }),
  OperationAborted: (facts, failure) => ({
    ...meaning.busy(facts, failure),
    because: 'another request changes the same thing',
  }),
  SlowDown: meaning.busy,
  SlowDownRead: meaning.busy,
  SlowDownWrite: meaning.busy,
  ServiceUnavailable: meaning.busy,
  TooManyRequests: meaning.busy,
  Busy: meaning.busy,
  XMinioServerNotInitialized: meaning.busy,
  InternalError: meaning.broken,
  RequestTimeout: meaning.tooSlow,
  XMinioStorageFull: meaning.full,
  InsufficientStorage: meaning.full,
  XMinioAdminBucketQuotaExceeded: meaning.full,
  QuotaExceeded: meaning.full,
  EntityTooLarge: meaning.tooLarge,
  MaxMessageLengthExceeded: meaning.tooLarge,
  KeyTooLong: meaning.keyRefused,
  KeyTooLongError: meaning.keyRefused,
  XMinioInvalidObjectName: meaning.keyRefused,
  XMinioInvalidResourceName: meaning.keyRefused,
  InvalidObjectName: meaning.keyRefused,
  InvalidURI: meaning.keyRefused,
  XMinioObjectExistsAsDirectory: meaning.typeClash,
  XMinioParentIsObject: meaning.typeClash,
  BucketAlreadyOwnedByYou: meaning.bucketExists,
  BucketAlreadyExists: meaning.bucketExists,
  InvalidBucketName: ({ doing }) => ({
    code: 'invalid-argument',
    because: `"${doing.bucket ?? ''}" can not be the name of a bucket`,
    advice: BUCKET_NAME_RULE,
  }),
  BucketNotEmpty: () => ({
    code: 'bucket-not-empty',
    because: 'the bucket is not empty',
    advice: 'Delete the objects in it first, old versions and unfinished uploads included.',
  }),
  NotImplemented: meaning.unsupported,
  MethodNotAllowed: meaning.unsupported,
  XNotImplemented: meaning.unsupported,
};

const BY_STATUS: Readonly<Record<number, Rule>> = {
  301: meaning.redirected,
  302: meaning.redirected,
  307: meaning.redirected,
  308: meaning.redirected,
  401: meaning.denied,
  403: meaning.denied,
  405: meaning.unsupported,
  407: () => explainProxy(407),
  408: meaning.tooSlow,
  412: meaning.moved,
  413: meaning.tooLarge,
  429: meaning.busy,
  500: meaning.broken,
  501: meaning.unsupported,
  502: meaning.broken,
  503: meaning.busy,
  504: meaning.broken,
  507: meaning.full,
};

/** Words with which servers say that `a` and `a/b` can not live together. */
const TYPE_CLASH =
  /as a directory|parent is (already )?an? (object|file)|is a directory|not a directory|parent object/i;
const QUOTA = /quota/i;

/** What a server's refusal means. Every refusal has a meaning, if only that it is none of S3's. */
export function explainRefusal(failure: S3Failure, facts: Facts): Meaning {
  const words = `${failure.code} ${failure.message}`;
  if (failure.status !== 404 && TYPE_CLASH.test(words)) return meaning.typeClash(facts, failure);
  const rule = RULES[failure.code];
  if (rule !== undefined) return rule(facts, failure);
  if (QUOTA.test(words)) return meaning.full(facts, failure);
  if (failure.code === 'InvalidArgument' && isHardKey(facts.doing.key)) return meaning.keyRefused(facts, failure);
  if (/Client sent an HTTP request to an HTTPS server/i.test(words)) return speaksTls();
  if (!failure.isS3 && failure.status < 500 && failure.status !== 407 && failure.status !== 429) return notS3(failure);
  if (failure.status === 404) return (facts.doing.key === undefined ? meaning.noBucket : meaning.noKey)(facts, failure);
  const byStatus = BY_STATUS[failure.status] ?? (failure.status > 500 ? meaning.broken : undefined);
  return byStatus?.(facts, failure) ?? refused(failure);
}

/** RustFS has no code of its own for keys with segments that are too long or lead elsewhere. */
function isHardKey(key: string | undefined): boolean {
  return key !== undefined && checkPath(key) !== undefined;
}

/** What it means that an endpoint given without TLS wants TLS. */
function speaksTls(): Meaning {
  return {
    code: 'not-s3',
    because: 'the server speaks TLS at this address',
    advice: 'Begin the address with https://',
  };
}

function notS3(failure: S3Failure): Meaning {
  return {
    code: 'not-s3',
    because: `what answers there is not an S3 server (status ${failure.status})`,
    advice:
      'Check the address and the port. RustFS has its S3 interface on port 9000 by default; port 9001 is its console.',
  };
}

function refused(failure: S3Failure): Meaning {
  const said = failure.message === '' ? '' : `: ${failure.message.replace(/[.\s]+$/, '')}`;
  return {
    code: 'server-refused',
    because: `the server refused it (${failure.code === '' ? `status ${failure.status}` : failure.code})${said}`,
    advice: 'Look into the log of the server, or run the doctor command.',
    retryable: failure.status === 409,
  };
}
