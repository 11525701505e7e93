import { permissionOf } from './actions.ts';
import { KEEPS_TRYING } from './error-facts.ts';
import type { Facts, Meaning } from './error-facts.ts';
import { explainProxy } from './error-network.ts';
import type { S3Failure } from './failure.ts';

type Rule = (facts: Facts, failure: S3Failure) => Meaning;

const busy: Rule = () => ({
  code: 'slow-down',
  because: 'the server is too busy at the moment',
  advice: 'Nothing to do: RustFS Sync sends fewer requests at once and tries again.',
  retryable: true,
});

const broken: Rule = (_facts, failure) => ({
  code: 'server-error',
  because: `the server met a fault of its own (status ${failure.status})`,
  advice: `If it goes on, look into the log of the server. ${KEEPS_TRYING}`,
  retryable: true,
});

const tooSlow: Rule = () => ({
  code: 'timeout',
  because: 'the data reached the server too slowly',
  advice: `Check the network. ${KEEPS_TRYING}`,
  retryable: true,
});

const full: Rule = ({ doing }, failure) => ({
  code: 'quota-exceeded',
  because: /storagefull|insufficient/i.test(failure.code)
    ? 'the server has no space left'
    : `the bucket "${doing.bucket ?? ''}" has reached its quota`,
  advice: 'Uploads wait. Delete something in the bucket, or ask the administrator for more space.',
});

const keyRefused: Rule = () => ({
  code: 'key-refused',
  because: 'the server can not hold an object of this name',
  advice: 'Rename the file: shorter, without control characters, and without the characters that Windows forbids.',
});

const typeClash: Rule = ({ doing }) => ({
  code: 'type-clash',
  because: 'the server holds a folder where this needs a file, or a file where this needs a folder',
  advice: `Rename or remove either "${doing.key ?? ''}" or what lies above or below that name.`,
});

const moved: Rule = () => ({
  code: 'precondition-failed',
  because: 'the object was changed by somebody else in the meantime',
  advice: 'Nothing to do: it is compared again.',
});

const denied: Rule = (facts) => {
  const where = facts.doing.bucket === undefined ? 'for this account' : `on the bucket "${facts.doing.bucket}"`;
  return {
    code: 'access-denied',
    because: `the access key has no permission (${permissionOf(facts.doing)} ${where})`,
    advice: `Ask the administrator to allow ${permissionOf(facts.doing)} ${where} for this access key.`,
  };
};

const noBucket: Rule = ({ doing }) => ({
  code: 'no-such-bucket',
  because: `the server has no bucket "${doing.bucket ?? ''}"`,
  advice: 'Check the name of the bucket. If it was renamed or deleted, choose another. Your local files are kept.',
});

const noKey: Rule = () => ({
  code: 'no-such-key',
  because: 'there is no such object',
  advice: 'It was deleted or renamed in the meantime, or the name is spelt differently.',
});

const wrongRegion: Rule = (facts, failure) => {
  const region = failure.region;
  return {
    code: 'wrong-region',
    because: `the region "${facts.region}" is not the server's`,
    advice:
      region === undefined
        ? "Set the account's region to the one that the server was set up with (often us-east-1)."
        : `Set the account's region to "${region}".`,
  };
};

const redirected: Rule = (facts, failure) => {
  if (failure.region !== undefined && failure.region !== facts.region) return wrongRegion(facts, failure);
  return {
    code: facts.pathStyle ? 'wrong-region' : 'path-style-needed',
    because: 'the server sends the request on to another address',
    advice: facts.pathStyle
      ? 'Check the address and the region of the account: the server names another one for this bucket.'
      : 'Turn on "path style" for this account.',
  };
};

const skewed: Rule = ({ nowMs }, { serverTimeMs }) => {
  const own = new Date(nowMs).toISOString();
  const server = serverTimeMs === undefined ? 'another time' : new Date(serverTimeMs).toISOString();
  return {
    code: 'clock-skew',
    because: `this computer's clock says ${own} and the server's says ${server}`,
    advice: 'Set the clock of this computer (or of the server) right. They may differ by at most 15 minutes.',
  };
};

const unsupported: Rule = () => ({
  code: 'not-supported',
  because: 'the server does not know this kind of request',
  advice: 'A newer version of the server may. Run the doctor command to see what it supports.',
});

const badDigest: Rule = () => ({
  code: 'bad-digest',
  because: 'the data arrived damaged and was not kept',
  advice: `The file is sent again. If it goes on, check the network and the memory of this computer.`,
  retryable: true,
});

const tooLarge: Rule = () => ({
  code: 'too-large',
  because: 'the server does not take so much data at once',
  advice: 'Objects may have 5 TiB. A proxy before the server may allow less: raise its limit for request bodies.',
});

const bucketExists: Rule = ({ doing }) => ({
  code: 'bucket-exists',
  because: `there is a bucket "${doing.bucket ?? ''}" already`,
  advice: 'Use it, or choose another name.',
});

const unsigned: Rule = () => ({
  code: 'wrong-secret-key',
  because: 'the secret key does not fit the access key, or a proxy changed the request on its way',
  advice:
    'Enter the secret key again. If there is a proxy before the server, it has to pass on the Host header and the path ' +
    'unchanged.',
});

const unknownKey: Rule = () => ({
  code: 'unknown-access-key',
  because: 'the server does not know the access key',
  advice: 'Check the access key. It may have been deleted or replaced by a new one.',
});

const badToken: Rule = () => ({
  code: 'unknown-access-key',
  because: 'the session token has expired or is not valid',
  advice: 'Sign in again with new keys.',
});

const RULES: Readonly<Record<string, Rule>> = {
  SignatureDoesNotMatch: unsigned,
  XMinioSignatureDoesNotMatch: unsigned,
  InvalidAccessKeyId: unknownKey,
  XMinioInvalidIAMCredentials: unknownKey,
  InvalidToken: badToken,
  InvalidTokenId: badToken,
  ExpiredToken: badToken,
  AccessDenied: denied,
  AllAccessDisabled: denied,
  PermanentRedirect: redirected,
  TemporaryRedirect: redirected,
  Redirect: redirected,
  AuthorizationHeaderMalformed: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
  InvalidRegion: wrongRegion,
  RequestTimeTooSkewed: skewed,
  NoSuchBucket: noBucket,
  NoSuchKey: noKey,
  NoSuchVersion: noKey,
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
  BadDigest: badDigest,
  InvalidDigest: badDigest,
  XAmzContentSHA256Mismatch: badDigest,
  XAmzContentChecksumMismatch: badDigest,
  IncompleteBody: badDigest,
  PreconditionFailed: moved,
  ConditionalRequestConflict: (facts, failure) => ({ ...moved(facts, failure), retryable: true }),
  OperationAborted: (facts, failure) => ({
    ...busy(facts, failure),
    because: 'another request changes the same thing',
  }),
  SlowDown: busy,
  SlowDownRead: busy,
  SlowDownWrite: busy,
  ServiceUnavailable: busy,
  TooManyRequests: busy,
  Busy: busy,
  XMinioServerNotInitialized: busy,
  InternalError: broken,
  RequestTimeout: tooSlow,
  XMinioStorageFull: full,
  InsufficientStorage: full,
  XMinioAdminBucketQuotaExceeded: full,
  QuotaExceeded: full,
  EntityTooLarge: tooLarge,
  MaxMessageLengthExceeded: tooLarge,
  KeyTooLong: keyRefused,
  KeyTooLongError: keyRefused,
  XMinioInvalidObjectName: keyRefused,
  InvalidObjectName: keyRefused,
  InvalidURI: keyRefused,
  XMinioObjectExistsAsDirectory: typeClash,
  XMinioParentIsObject: typeClash,
  BucketAlreadyOwnedByYou: bucketExists,
  BucketAlreadyExists: bucketExists,
  InvalidBucketName: ({ doing }) => ({
    code: 'invalid-argument',
    because: `"${doing.bucket ?? ''}" can not be the name of a bucket`,
    advice: 'Use 3 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit.',
  }),
  BucketNotEmpty: () => ({
    code: 'bucket-not-empty',
    because: 'the bucket is not empty',
    advice: 'Delete the objects in it first, old versions and unfinished uploads included.',
  }),
  NotImplemented: unsupported,
  MethodNotAllowed: unsupported,
  XNotImplemented: unsupported,
};

const BY_STATUS: Readonly<Record<number, Rule>> = {
  301: redirected,
  302: redirected,
  307: redirected,
  308: redirected,
  401: denied,
  403: denied,
  405: unsupported,
  407: () => explainProxy(407),
  408: tooSlow,
  412: moved,
  413: tooLarge,
  429: busy,
  500: broken,
  501: unsupported,
  502: broken,
  503: busy,
  504: broken,
  507: full,
};

/** Words with which servers say that `a` and `a/b` can not live together. */
const TYPE_CLASH =
  /as a directory|parent is (already )?an? (object|file)|is a directory|not a directory|parent object/i;
const QUOTA = /quota/i;

/** What a server's refusal means. Every refusal has a meaning, if only that it is none of S3's. */
export function explainRefusal(failure: S3Failure, facts: Facts): Meaning {
  const words = `${failure.code} ${failure.message}`;
  if (TYPE_CLASH.test(words)) return typeClash(facts, failure);
  if (QUOTA.test(words)) return full(facts, failure);
  const rule = RULES[failure.code];
  if (rule !== undefined) return rule(facts, failure);
  if (/Client sent an HTTP request to an HTTPS server/i.test(words)) return speaksTls();
  if (!failure.isS3 && failure.status < 500 && failure.status !== 407 && failure.status !== 429) return notS3(failure);
  if (failure.status === 404) return (facts.doing.key === undefined ? noBucket : noKey)(facts, failure);
  const byStatus = BY_STATUS[failure.status] ?? (failure.status > 500 ? broken : undefined);
  return byStatus?.(facts, failure) ?? refused(failure);
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
