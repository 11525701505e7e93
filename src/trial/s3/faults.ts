import type { Bucket } from './bucket.ts';
import type { S3ErrorCode } from './errors.ts';

/** What a test can make happen to a request. Nothing of it does unless the server is told so. */
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

/** The first effect of one kind. */
export function effectOf<K extends FaultEffect['kind']>(
  effects: readonly FaultEffect[],
  kind: K,
): Extract<FaultEffect, { kind: K }> | undefined {
  return effects.find((effect): effect is Extract<FaultEffect, { kind: K }> => effect.kind === kind);
}
