import { setTimeout as delay } from 'node:timers/promises';
import type { Bucket } from '../../../src/trial/s3/bucket.ts';
import { joined } from '../../../src/trial/s3/content.ts';
import { S3Error, type S3ErrorCode } from '../../../src/trial/s3/errors.ts';
import type { Intervention } from '../../../src/trial/s3/intervention.ts';
import { parameter } from '../../../src/trial/s3/request.ts';

/** What a test can make happen to a request. */
export type FaultEffect =
  /** Waits before anything else happens. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** Answers with this error instead of handling the request. */
  | { readonly kind: 'error'; readonly code: S3ErrorCode }
  /** Closes the connection before the request is handled: nothing changes in the store. */
  | { readonly kind: 'resetBefore' }
  /** Handles the request, then closes the connection without an answer: the lost answer. */
  | { readonly kind: 'resetAfter' }
  /** Never answers and never handles; ends when the client or the server closes the connection. */
  | { readonly kind: 'hang' }
  /** Announces the whole body of a GET, sends this many bytes of it and closes the connection. */
  | { readonly kind: 'cutBody'; readonly afterBytes: number }
  /** Sends a body of the announced length whose byte at this offset is another one. */
  | { readonly kind: 'damageBody'; readonly atByte: number }
  /** Removes the upload that the request is about first, as the server does after 24 hours. */
  | { readonly kind: 'expireUpload' }
  /** Lists the bucket as it was when `model.bucket(name).snapshot()` was taken. */
  | { readonly kind: 'staleListing'; readonly snapshot: Bucket }
  /** Ends a listing after so many keys and claims that it is complete. */
  | { readonly kind: 'cutListing'; readonly afterKeys: number }
  /** A stream of events shows that it is alive but tells nothing. */
  | { readonly kind: 'muteEvents' }
  /** Leaves matching keys out of listings. */
  | { readonly kind: 'hideKeys'; readonly keys: RegExp };

/** What the server is to do for effects to happen to a request. Of one kind the first counts. */
export function interventionOf(effects: readonly FaultEffect[]): Intervention {
  const of = <K extends FaultEffect['kind']>(kind: K) =>
    effects.find((effect): effect is Extract<FaultEffect, { kind: K }> => effect.kind === kind);
  return {
    async arrive(message, closing) {
      const latency = of('latency');
      if (latency !== undefined) await delay(latency.delayMs, undefined, { signal: closing });
      if (of('resetBefore') !== undefined) {
        message.socket.destroy();
        return false;
      }
      // Without an answer the connection stays open until one side gives up.
      return of('hang') === undefined;
    },
    admit() {
      const error = of('error');
      if (error !== undefined) throw new S3Error(error.code);
    },
    prepare(model, request) {
      if (of('expireUpload') === undefined || request.bucket === undefined) return;
      model.bucket(request.bucket).uploads.delete(parameter(request, 'uploadId') ?? '');
    },
    listed(bucket) {
      const seen = of('staleListing')?.snapshot ?? bucket;
      const hide = of('hideKeys');
      if (hide === undefined) return seen;
      const without = seen.snapshot();
      for (const key of seen.keys.inOrder()) if (key.search(hide.keys) !== -1) without.setVersions(key, []);
      return without;
    },
    page(page) {
      const cut = of('cutListing');
      return cut === undefined ? page : { ...page, objects: page.objects.slice(0, cut.afterKeys), isTruncated: false };
    },
    mutesEvents: of('muteEvents') !== undefined,
    answered(message) {
      if (of('resetAfter') === undefined) return true;
      message.socket.destroy();
      return false;
    },
    send(body, response) {
      const damage = of('damageBody');
      const cut = of('cutBody');
      if (damage === undefined && cut === undefined) return undefined;
      const bytes = Buffer.from(joined(body));
      const byte = damage === undefined ? undefined : bytes[damage.atByte];
      if (damage !== undefined && byte !== undefined) bytes[damage.atByte] = byte ^ 0xff;
      if (cut === undefined || cut.afterBytes >= bytes.length) {
        response.end(bytes);
        return bytes.length;
      }
      response.write(bytes.subarray(0, cut.afterBytes), () => response.destroy());
      return cut.afterBytes;
    },
  };
}
