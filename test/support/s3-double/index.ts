import { readFile } from 'node:fs/promises';
import { keepInMemory } from '../../../src/trial/s3/content.ts';
import { createS3Server, listenOnLoopback } from '../../../src/trial/s3/http-server.ts';
import { S3Model } from '../../../src/trial/s3/model.ts';
import { interventionOf } from './effects.ts';
import { Faults } from './faults.ts';
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
  /** From now on it takes these keys alone. */
  setKeys(keys: { readonly accessKey: string; readonly secretKey: string }): void;
  /** Breaks every open connection, event streams too, and goes on listening. */
  dropConnections(): void;
  /** Closes the listener and every connection, hanging ones too. */
  close(): Promise<void>;
}

/** Starts the throw-away server of `src/trial` inside this process, with a log of its requests and switches for faults. */
export async function startS3Double(options: S3DoubleOptions = {}): Promise<S3Double> {
  const { accessKey = 'double-access', secretKey = 'double-secret-key', clock = Date.now } = options;
  const model = new S3Model({
    clock,
    versioning: options.versioning ?? false,
    ...(options.minPartSizeBytes === undefined ? {} : { minPartSizeBytes: options.minPartSizeBytes }),
  });
  const faults = new Faults();
  const requests = new RequestLog();
  const credentials = { accessKey, secretKey };
  const closing = new AbortController();
  const tls = options.tls && {
    cert: await readFile(options.tls.certPath, 'utf8'),
    key: await readFile(options.tls.keyPath, 'utf8'),
  };
  const server = createS3Server(
    {
      model,
      credentials,
      clock: () => clock() + faults.clockOffsetMs,
      keep: options.discardContent === true ? undefined : keepInMemory,
      closing: closing.signal,
      onRequest: (request) => {
        requests.all.push(request);
        return interventionOf(faults.effectsOn(request));
      },
      // A mistake in the double has to be loud.
      onDefect: (error) => console.error('S3 double:', error),
    },
    tls,
  );
  const port = await listenOnLoopback(server, options.port);
  return {
    endpoint: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    accessKey,
    secretKey,
    model,
    faults,
    requests,
    setKeys: (keys) => void Object.assign(credentials, keys),
    dropConnections: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export type { FaultEffect } from './effects.ts';
export type { Operation } from '../../../src/trial/s3/request.ts';
export type { ServedRequest } from '../../../src/trial/s3/served-request.ts';
export type { FaultHandle, FaultMatch } from './faults.ts';
export { Faults } from './faults.ts';
export { RequestLog } from './request-log.ts';
export { S3Error } from '../../../src/trial/s3/errors.ts';
export { S3Model } from '../../../src/trial/s3/model.ts';
export { bytesOf, contentOf } from '../../../src/trial/s3/content.ts';
