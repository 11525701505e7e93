import { readFile } from 'node:fs/promises';
import { Faults } from './faults.ts';
import { createS3Server } from './http-server.ts';
import { S3Model } from './model.ts';
import { RequestLog } from './request-log.ts';

export interface S3DoubleOptions {
  readonly accessKey?: string;
  readonly secretKey?: string;
  /** New buckets keep versions. */
  readonly versioning?: boolean;
  /** Milliseconds since the epoch; the machine's clock unless told. */
  readonly clock?: () => number;
  /** A free one unless told. */
  readonly port?: number;
  /** PEM files; the endpoint is https then. */
  readonly tls?: { readonly certPath: string; readonly keyPath: string };
  readonly minPartSizeBytes?: number;
  /** Keeps size and MD5 of uploaded bytes only, so that large uploads cost no memory. GET answers 501 then. */
  readonly discardContent?: boolean;
}

export interface S3Double {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly model: S3Model;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Breaks every open connection, event streams too, and goes on listening. */
  dropConnections(): void;
  /** Closes the listener and every connection, hanging ones too. */
  close(): Promise<void>;
}

/** Starts an S3 server inside this process, on loopback. */
export async function startS3Double(options: S3DoubleOptions = {}): Promise<S3Double> {
  const { accessKey = 'double-access', secretKey = 'double-secret-key', clock = Date.now } = options;
  const model = new S3Model({
    clock,
    versioning: options.versioning ?? false,
    ...(options.minPartSizeBytes === undefined ? {} : { minPartSizeBytes: options.minPartSizeBytes }),
  });
  const faults = new Faults();
  const requests = new RequestLog();
  const closing = new AbortController();
  const keepContent = options.discardContent !== true;
  const credentials = { accessKey, secretKey };
  const tls = options.tls && {
    cert: await readFile(options.tls.certPath, 'utf8'),
    key: await readFile(options.tls.keyPath, 'utf8'),
  };
  const parts = { model, faults, requests, credentials, clock, keepContent, closing: closing.signal };
  const server = createS3Server(parts, tls);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    accessKey,
    secretKey,
    model,
    faults,
    requests,
    dropConnections: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export type { FaultEffect, FaultHandle, FaultMatch } from './faults.ts';
export type { LoggedRequest } from './request-log.ts';
export type { Operation } from './request.ts';
export { Faults } from './faults.ts';
export { RequestLog } from './request-log.ts';
export { S3Error } from './errors.ts';
export { S3Model } from './model.ts';
export { bytesOf, contentOf } from './content.ts';
