import { asSyncError } from '../core/errors.ts';
import type { SyncError } from '../core/errors.ts';
import type { ObjectStore, ProbeResult, ServerCapabilities } from '../core/object-store.ts';
import type { Connection } from './connection.ts';
import { ProbeBench } from './probe-bench.ts';
import { BUCKET_CHECKS } from './probe-checks.ts';
import type { Check } from './probe-checks.ts';
import { findCapabilities } from './probe-conditions.ts';
import { checkServer, failed, skipped } from './probe-server.ts';

/** The little that the engine must know before it writes. @throws SyncError when that could not be found out. */
export async function probeCapabilities(
  store: ObjectStore,
  connection: Connection,
  bucket: string,
  signal?: AbortSignal,
): Promise<ServerCapabilities> {
  return findCapabilities(new ProbeBench(store, connection, bucket, signal));
}

/** Every fact that the engine relies on. Throws only when it is called off. */
export async function* probe(
  store: ObjectStore,
  connection: Connection,
  bucket: string | undefined,
  signal?: AbortSignal,
): AsyncGenerator<ProbeResult, void, undefined> {
  const { results, usable } = await checkServer(store, connection, signal);
  yield* results;
  if (bucket === undefined) return;
  const bench = new ProbeBench(store, connection, bucket, signal);
  let leftover: SyncError | undefined;
  try {
    yield* checkBucket(bench, connection, usable);
  } finally {
    leftover = await bench.clean();
  }
  if (leftover !== undefined) yield cleanupFailed(bench, leftover);
}

async function* checkBucket(
  bench: ProbeBench,
  connection: Connection,
  usable: boolean,
): AsyncGenerator<ProbeResult, void, undefined> {
  let open = usable;
  for (const check of BUCKET_CHECKS) {
    const result = open ? await runCheck(check, bench) : skipped(check);
    yield { ...result };
    if (check.id === 'bucket') yield addressing(connection, result);
    if (check.gate === true && result.verdict === 'failed') open = false;
  }
}

async function runCheck(check: Check, bench: ProbeBench): Promise<ProbeResult> {
  const { id, title } = check;
  try {
    return { id, title, advice: '', ...(await check.run(bench)) };
  } catch (thrown) {
    const error = asSyncError(thrown);
    if (error.code === 'cancelled') throw error;
    return failed({ id, title }, error);
  }
}

/** Whether the way in which buckets are addressed fits, as the first request to the bucket showed. */
function addressing({ address }: Connection, bucket: ProbeResult): ProbeResult {
  const base = { id: 'addressing', title: 'Buckets are addressed as the server expects' };
  const style = address.pathStyle ? 'the path (path style)' : 'the host name';
  if (bucket.verdict === 'ok')
    return { ...base, verdict: 'ok', finding: `The bucket is named in ${style}.`, advice: '' };
  if (bucket.code !== 'path-style-needed' && bucket.code !== 'wrong-region') return skipped(base);
  return { ...base, verdict: 'failed', finding: bucket.finding, advice: bucket.advice, code: bucket.code };
}

function cleanupFailed(bench: ProbeBench, error: SyncError): ProbeResult {
  return {
    id: 'cleanup',
    title: 'The probe removed what it wrote',
    verdict: 'degraded',
    finding: `Something may be left in the bucket "${bench.bucket}" under ${bench.prefix}: ${error.message}`,
    advice: 'It is never synced. Delete it by hand when you like.',
    code: error.code,
  };
}
