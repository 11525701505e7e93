import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bucket } from './bucket.ts';
import type { Chunk } from './content.ts';
import type { ListPage } from './listing.ts';
import type { S3Model } from './model.ts';
import type { S3Request } from './request.ts';

/** What may be done to one request by who watches the server. The trial does nothing; tests make a bad server of it. */
export interface Intervention {
  /** Before anything else. @returns false where the request is neither handled nor answered. */
  arrive?(message: IncomingMessage, closing: AbortSignal): Promise<boolean>;
  /** Before its signature is looked at. @throws S3Error what is answered instead. */
  admit?(): void;
  /** Before it is handled. */
  prepare?(model: S3Model, request: S3Request): void;
  /** The bucket of which a listing is made. */
  listed?(bucket: Bucket): Bucket;
  /** The page of a listing that is answered. */
  page?(page: ListPage): ListPage;
  /** Whether a stream of events tells nothing but that it is alive. */
  readonly mutesEvents?: boolean;
  /** After it was handled. @returns false where it is not answered. */
  answered?(message: IncomingMessage): boolean;
  /**
   * Once the head of the answer is written. @returns how many bytes of the body it sends in a way of its own, undefined
   * where that is left to the server.
   */
  send?(body: readonly Chunk[], response: ServerResponse): number | undefined;
}
