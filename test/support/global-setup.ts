import type { TestProject } from 'vitest/node';
import { findRealServer, howToGetAServer, startRealServer } from './real-server.ts';
import type {} from './servers.ts';

/** Starts one real S3 server for the whole run, where one can be had, and says which. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const found = await findRealServer({ build: true, log: (line) => console.log(line) });
  if (found === undefined) {
    console.log(`No real S3 server: integration tests against it are skipped. To run them, ${howToGetAServer}.`);
    project.provide('realServer', undefined);
    return async () => {};
  }
  const server = await startRealServer(found);
  const { endpoint, accessKey, secretKey, name, version } = server;
  console.log(`Real S3 server for this run: ${name} ${version} at ${endpoint}`);
  project.provide('realServer', { endpoint, accessKey, secretKey, name, version });
  return () => server.stop();
}
