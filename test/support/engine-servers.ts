import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { pollUntil } from './loopback.ts';
import { findRealServer, startRealServer, type RealServer } from './real-server.ts';
import { plainClient, type S3Access } from './s3-client.ts';
import { startS3Double, type S3Double, type S3DoubleOptions } from './s3-double/index.ts';
import { realServer } from './servers.ts';
import { startWireProxy, type WireProxy } from './wire-proxy.ts';

/** Whether this run has no real server, so that the tests that need one are skipped. */
export const isWithoutRealServer = realServer() === undefined;

/** The real server of this run. */
export function sharedServer(): S3Access {
  const server = realServer();
  if (server === undefined) throw new Error('There is no real server: skip this test.');
  return server;
}

/** A real server of the test's own, which it may kill; undefined where the one of this run is not ours to start. */
export async function useOwnServer(): Promise<RealServer | undefined> {
  const found = await findRealServer();
  if (found === undefined || found.kind === 'running') return undefined;
  const server = await startRealServer(found);
  onTestFinished(() => server.stop());
  const client = plainClient(server);
  onTestFinished(() => client.destroy());
  // MinIO says that it is healthy a moment before it takes requests.
  await pollUntil('the server to take requests', () =>
    client.send(new ListBucketsCommand({})).then(
      () => true,
      () => undefined,
    ),
  );
  return server;
}

/** A double that ends with the test. */
export async function useDouble(options: S3DoubleOptions = {}): Promise<S3Double> {
  const double = await startS3Double(options);
  onTestFinished(() => double.close());
  return double;
}

/** A proxy before a server that ends with the test. */
export async function useWireProxy(endpoint: string): Promise<WireProxy> {
  const proxy = await startWireProxy(endpoint);
  onTestFinished(() => proxy.close());
  return proxy;
}
