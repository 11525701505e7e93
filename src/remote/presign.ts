import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { attachment } from '../core/attachment.ts';
import type { PresignRequest } from '../core/object-store.ts';
import type { Connection } from './connection.ts';
import { invalidArgument } from './wire-errors.ts';

const MAX_EXPIRY_SECONDS = 604_800;

/**
 * A link that works without keys until it expires. It signs the host alone, so that any browser and `curl -T` can use it.
 *
 * @throws SyncError invalid-argument when the expiry is out of bounds.
 */
export async function presign(connection: Connection, request: PresignRequest): Promise<string> {
  const { bucket, key, method, expiresInSeconds, downloadName, publicEndpoint } = request;
  if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > MAX_EXPIRY_SECONDS) {
    throw invalidArgument(
      `A link can not be valid for ${expiresInSeconds} seconds.`,
      'Choose between 1 second and 7 days (604,800 seconds); servers accept no longer links.',
    );
  }
  const object = { Bucket: bucket, Key: key };
  const disposition = downloadName === undefined ? {} : { ResponseContentDisposition: attachment(downloadName) };
  const command = method === 'PUT' ? new PutObjectCommand(object) : new GetObjectCommand({ ...object, ...disposition });
  const signingDate = new Date(connection.options.clock.now());
  return connection.run({ action: method === 'PUT' ? 'PutObject' : 'GetObject', bucket, key }, {}, (client) => {
    const signer = publicEndpoint === undefined ? client : connection.clientFor(publicEndpoint);
    return getSignedUrl(signer, command, { expiresIn: expiresInSeconds, signingDate });
  });
}
