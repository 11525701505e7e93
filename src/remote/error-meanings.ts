import { permissionOf } from './actions.ts';
import type { Facts, Meaning } from './error-facts.ts';
import type { S3Failure } from './failure.ts';

/** What a refusal means in the circumstances that `Facts` tell. */
export type Rule = (facts: Facts, failure: S3Failure) => Meaning;

export const busy: Rule = () => ({
  code: 'slow-down',
  because: 'the server is too busy at the moment',
  advice: 'Nothing to do: RustFS Sync sends fewer requests at once and tries again.',
  retryable: true,
});

export const broken: Rule = (_facts, failure) => ({
  code: 'server-error',
  because: `the server met a fault of its own (status ${failure.status})`,
  advice: 'If it goes on, look into the log of the server.',
  retryable: true,
});

export const tooSlow: Rule = () => ({
  code: 'timeout',
  because: 'the data reached the server too slowly',
  advice: 'Check the network.',
  retryable: true,
});

export const full: Rule = ({ doing }, failure) => ({
  code: 'quota-exceeded',
  because: /storagefull|insufficient/i.test(failure.code)
    ? 'the server has no space left'
    : `the bucket "${doing.bucket ?? ''}" has reached its quota`,
  advice: 'Uploads wait. Delete something in the bucket, or ask the administrator for more space.',
});

export const keyRefused: Rule = () => ({
  code: 'key-refused',
  because: 'the server can not hold an object of this name',
  advice: 'Rename the file: shorter, without control characters, and without the characters that Windows forbids.',
});

export const typeClash: Rule = ({ doing }) => ({
  code: 'type-clash',
  because: 'the server holds a folder where this needs a file, or a file where this needs a folder',
  advice: `Rename or remove either "${doing.key ?? ''}" or what lies above or below that name.`,
});

export const moved: Rule = () => ({
  code: 'precondition-failed',
  because: 'the object was changed by somebody else in the meantime',
  advice: 'Nothing to do: it is compared again.',
});

export const denied: Rule = (facts) => {
  const where = facts.doing.bucket === undefined ? 'for this account' : `on the bucket "${facts.doing.bucket}"`;
  return {
    code: 'access-denied',
    because: `the access key has no permission (${permissionOf(facts.doing)} ${where})`,
    advice: `Ask the administrator to allow ${permissionOf(facts.doing)} ${where} for this access key.`,
  };
};

export const noBucket: Rule = ({ doing }) => ({
  code: 'no-such-bucket',
  because: `the server has no bucket "${doing.bucket ?? ''}"`,
  advice: 'Check the name of the bucket. If it was renamed or deleted, choose another. Your local files are kept.',
});

export const noKey: Rule = () => ({
  code: 'no-such-key',
  because: 'there is no such object',
  advice: 'It was deleted or renamed in the meantime, or the name is spelt differently.',
});

export const wrongRegion: Rule = (facts, failure) => {
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

export const redirected: Rule = (facts, failure) => {
  if (failure.region !== undefined && failure.region !== facts.region) return wrongRegion(facts, failure);
  return {
    code: facts.pathStyle ? 'wrong-region' : 'path-style-needed',
    because: 'the server sends the request on to another address',
    advice: facts.pathStyle
      ? 'Check the address and the region of the account: the server names another one for this bucket.'
      : 'Turn on "path style" for this account.',
  };
};

export const skewed: Rule = ({ nowMs }, { serverTimeMs }) => {
  const own = new Date(nowMs).toISOString();
  const server = serverTimeMs === undefined ? 'another time' : new Date(serverTimeMs).toISOString();
  return {
    code: 'clock-skew',
    because: `this computer's clock says ${own} and the server's says ${server}`,
    advice: 'Set the clock of this computer (or of the server) right. They may differ by at most 15 minutes.',
  };
};

export const unsupported: Rule = () => ({
  code: 'not-supported',
  because: 'the server does not know this kind of request',
  advice: 'A newer version of the server may. Run the doctor command to see what it supports.',
});

export const badDigest: Rule = () => ({
  code: 'bad-digest',
  because: 'the data arrived damaged and was not kept',
  advice: `The file is sent again. If it goes on, check the network and the memory of this computer.`,
  retryable: true,
});

export const tooLarge: Rule = () => ({
  code: 'too-large',
  because: 'the server does not take so much data at once',
  advice: 'Objects may have 5 TiB. A proxy before the server may allow less: raise its limit for request bodies.',
});

export const bucketExists: Rule = ({ doing }) => ({
  code: 'bucket-exists',
  because: `there is a bucket "${doing.bucket ?? ''}" already`,
  advice: 'Use it, or choose another name.',
});

export const unsigned: Rule = () => ({
  code: 'wrong-secret-key',
  because: 'the secret key does not fit the access key, or a proxy changed the request on its way',
  advice:
    'Enter the secret key again. If there is a proxy before the server, it has to pass on the Host header and the path ' +
    'unchanged.',
});

export const unknownKey: Rule = () => ({
  code: 'unknown-access-key',
  because: 'the server does not know the access key',
  advice: 'Check the access key. It may have been deleted or replaced by a new one.',
});

export const badToken: Rule = () => ({
  code: 'unknown-access-key',
  because: 'the session token has expired or is not valid',
  advice: 'Sign in again with new keys.',
});
