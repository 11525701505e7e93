import { SyncError } from '../core/errors.ts';
import { describe } from './actions.ts';
import type { ActionName, Doing } from './actions.ts';
import type { Connection } from './connection.ts';

/** A successful answer without what every S3 server puts into it: something else answers there. */
export function incompleteAnswer(connection: Connection, doing: ActionName | Doing): SyncError {
  const what = describe(typeof doing === 'string' ? { action: doing } : doing);
  return new SyncError({
    code: 'not-s3',
    message: `Could not ${what} at ${connection.address.endpoint}: the answer is not that of an S3 server.`,
    advice: 'Check the address and the port. RustFS has its S3 interface on port 9000 by default.',
    detail: 'The answer said success but lacked required fields.',
  });
}

/** A bucket of that name is there, and the server would not have said so. */
export function bucketExists(connection: Connection, bucket: string): SyncError {
  return new SyncError({
    code: 'bucket-exists',
    message: `Could not create the bucket "${bucket}" at ${connection.address.endpoint}: it is there already.`,
    advice: 'Use it, or choose another name.',
  });
}

/** A listing that can not be trusted. `reason` ends the sentence. */
export function listingDisorder(bucket: string, prefix: string, reason: string): SyncError {
  return new SyncError({
    code: 'listing-disorder',
    message: `The server's listing of the bucket "${bucket}"${prefix === '' ? '' : ` below "${prefix}"`} can not be trusted: ${reason}.`,
    advice:
      'Nothing is changed on the word of such a listing; it is tried again later. A newer server may list correctly.',
    detail: reason,
    retryable: false,
  });
}

/** A part that the server took without proving that it is what was sent. */
export function damagedPart(key: string, partNumber: number): SyncError {
  return new SyncError({
    code: 'bad-digest',
    message: `The server does not say that it holds part ${partNumber} of ${key} as it was sent.`,
    advice: 'Check the server and the network in between; the part is sent again.',
    retryable: true,
  });
}

/** An argument that no server would take. */
export function invalidArgument(message: string, advice: string): SyncError {
  return new SyncError({ code: 'invalid-argument', message, advice });
}
