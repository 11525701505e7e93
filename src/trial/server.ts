import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { contentOf } from './s3/content.ts';
import { createS3Server, listenOnLoopback } from './s3/http-server.ts';
import { S3Model } from './s3/model.ts';
import { ObjectFile } from './object-file.ts';
import type { SampleFile } from './sample.ts';

/** A server that runs. What was sent to it is of no use once it is closed. */
export interface TrialServer {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  close(): Promise<void>;
}

export interface TrialServerOptions {
  /** Where the bytes of objects lie meanwhile; made anew. Whoever closes the server removes it. */
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What is in its bucket at first. */
  readonly files: readonly SampleFile[];
  readonly onDefect: (error: unknown) => void;
}

const BUCKET = 'first-bucket';

/**
 * Starts a small S3 server for trying the program: on this computer alone, on a port that is free, with keys that are made
 * for it. Buckets keep versions, so that those can be tried too.
 */
export async function startTrialServer(options: TrialServerOptions): Promise<TrialServer> {
  const { directory, now, files, onDefect } = options;
  // What a killed process left there is of no use to anybody.
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const objects = new ObjectFile(join(directory, 'objects'));
  const model = new S3Model({ clock: now, versioning: true });
  model.createBucket(BUCKET);
  for (const { path, bytes } of files) model.putObject(BUCKET, path, contentOf(bytes));
  const credentials = { accessKey: `TRIAL${randomKey(10)}`, secretKey: randomKey(20) };
  const closing = new AbortController();
  const keep = (bytes: Uint8Array) => objects.keep(bytes);
  const server = createS3Server({ model, credentials, clock: now, keep, closing: closing.signal, onDefect });
  const port = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    accessKeyId: credentials.accessKey,
    secretAccessKey: credentials.secretKey,
    bucket: BUCKET,
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      objects.close();
    },
  };
}

function randomKey(bytes: number): string {
  return randomBytes(bytes).toString('hex').toUpperCase();
}
