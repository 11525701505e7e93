import { writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { RelativePath } from '../../../src/core/paths.ts';
import { systemClock } from '../../../src/engine/system-clock.ts';
import { createNodeFileSystem } from '../../../src/local/node-file-system.ts';
import { connectObjectStore } from '../../../src/remote/index.ts';
import { StateStore } from '../../../src/state/index.ts';
import { CircuitBreaker, downloadFile, RateLimiter, Requests, TransferBudget } from '../../../src/transfer/index.ts';
import { createTestEnvironment } from '../../support/test-environment.ts';
import type { LifePlan } from './lives.ts';

// One life: reads its plan from the standard input, tells each range that it asks for and the result, and may die on its way.
const plan = JSON.parse(await text(process.stdin)) as LifePlan;
const { accessKeyId, secretAccessKey, endpoint, bucket, key, root } = plan;
const { random, ...rest } = createTestEnvironment();
const environment = { ...rest, random, clock: systemClock, fs: createNodeFileSystem() };
const target = {
  settings: { endpoint, region: 'us-east-1', accessKeyId, pathStyle: true },
  secret: { secretAccessKey },
};
const store = connectObjectStore(target, { clock: systemClock, random });
const get = store.get.bind(store);
store.get = async (request, signal) => {
  // At once and in order, since the process may be dead a moment later.
  writeSync(1, `range ${request.range?.offset ?? 0}\n`);
  return get(request, signal);
};
const state = StateStore.open(plan.database, 's');
if (state.accounts.list().length === 0) {
  state.accounts.insert({ id: 'acc', name: 'a', settings: target.settings, secretPlace: 'file', createdMs: 0 });
}
let arrivedBytes = 0;
const result = await downloadFile(
  {
    environment,
    store,
    requests: new Requests(systemClock, random, new CircuitBreaker(systemClock, random, () => undefined)),
    budget: new TransferBudget(),
    limiter: new RateLimiter(systemClock),
    journal: state.downloads,
    accountId: 'acc',
    bucket,
  },
  {
    root,
    path: key as RelativePath,
    key,
    remote: { etag: plan.etag, sizeBytes: plan.sizeBytes },
    expectLocal: undefined,
    trashStamp: () => '2026-01-01T000000Z-aaaa',
    onProgress: (bytes) => {
      // What an earlier life fetched is told in whole parts.
      if (bytes <= 1024 * 1024) arrivedBytes += bytes;
      if (plan.killAfterBytes !== undefined && arrivedBytes >= plan.killAfterBytes)
        process.kill(process.pid, 'SIGKILL');
    },
  },
  new AbortController().signal,
);
writeSync(1, `result ${result.kind}\n`);
state.close();
store.close();
