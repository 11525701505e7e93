import type { ErrorCode, SyncError } from '../core/errors.ts';
import { isLoopback } from '../core/loopback.ts';
import { asSyncError, hasCode } from '../core/errors.ts';
import type { ObjectStore, ProbeResult } from '../core/object-store.ts';
import type { Connection } from './connection.ts';

/** A clock that is off by less is nobody's business, in seconds. */
const SKEW_NOTED = 60;
/** From here on servers refuse signed requests, in seconds. */
const SKEW_REFUSED = 900;

const NOT_REACHED: readonly ErrorCode[] = ['unreachable', 'timeout'];

const SIGN_IN_UNKNOWN: readonly ErrorCode[] = [...NOT_REACHED, 'untrusted-certificate', 'not-s3', 'internal'];

/** What one signed request tells of a server: five facts. `usable` says whether going on makes sense. */
export async function checkServer(
  store: ObjectStore,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<{ readonly results: readonly ProbeResult[]; readonly usable: boolean }> {
  const { clock } = connection.options;
  let skewSeconds: number | undefined;
  connection.handler.onAnswer = ({ date }) => {
    const serverMs = Date.parse(date ?? '');
    if (!Number.isNaN(serverMs)) skewSeconds = Math.round((serverMs - clock.now()) / 1000);
  };
  let error: SyncError | undefined;
  try {
    await store.listBuckets(signal);
  } catch (thrown) {
    error = asSyncError(thrown);
    if (error.code === 'cancelled') throw error;
  } finally {
    connection.handler.onAnswer = undefined;
  }
  const results = [
    reachability(connection, error),
    encryption(connection, error),
    protocol(error),
    clockSkew(skewSeconds),
    signIn(error),
  ];
  return { results, usable: results.every(({ verdict }) => verdict !== 'failed') };
}

function reachability({ address }: Connection, error: SyncError | undefined): ProbeResult {
  const base = { id: 'reachable', title: 'The server answers' };
  if (hasCode(error, ...NOT_REACHED)) return failed(base, error);
  return { ...base, verdict: 'ok', finding: `${address.endpoint} answers.`, advice: '' };
}

function encryption({ address }: Connection, error: SyncError | undefined): ProbeResult {
  const base = { id: 'tls', title: 'The connection is encrypted' };
  if (hasCode(error, ...NOT_REACHED)) return skipped(base);
  if (hasCode(error, 'untrusted-certificate')) return failed(base, error);
  if (address.secure) return { ...base, verdict: 'ok', finding: 'TLS, with a trusted certificate.', advice: '' };
  const local = isLoopback(address.hostname);
  return {
    ...base,
    verdict: local ? 'ok' : 'degraded',
    finding: local ? 'No TLS, but the server is on this computer.' : 'No TLS: what is sent can be read on the way.',
    advice: local ? '' : 'Use this in a network that you trust only, or set up TLS on the server.',
  };
}

function protocol(error: SyncError | undefined): ProbeResult {
  const base = { id: 's3', title: 'The server speaks S3' };
  if (hasCode(error, ...NOT_REACHED, 'untrusted-certificate')) return skipped(base);
  if (hasCode(error, 'not-s3', 'internal')) return failed(base, error);
  return { ...base, verdict: 'ok', finding: 'It does.', advice: '' };
}

function clockSkew(skewSeconds: number | undefined): ProbeResult {
  const base = { id: 'clock', title: 'The clocks agree' };
  if (skewSeconds === undefined) return { ...skipped(base), finding: 'The server did not tell its time.' };
  const size = Math.abs(skewSeconds);
  const finding =
    size <= 1 ? 'They agree to the second.' : `The server is ${size} seconds ${skewSeconds > 0 ? 'ahead' : 'behind'}.`;
  if (size < SKEW_NOTED) return { ...base, verdict: 'ok', finding, advice: '' };
  const advice = 'Set the clock of this computer (or of the server) right. Beyond 15 minutes nothing works.';
  if (size < SKEW_REFUSED) return { ...base, verdict: 'degraded', finding, advice, code: 'clock-skew' };
  return { ...base, verdict: 'failed', finding, advice, code: 'clock-skew' };
}

function signIn(error: SyncError | undefined): ProbeResult {
  const base = { id: 'sign-in', title: 'The keys are accepted' };
  if (error === undefined) return { ...base, verdict: 'ok', finding: 'Signed in.', advice: '' };
  if (SIGN_IN_UNKNOWN.includes(error.code)) return skipped(base);
  if (error.code === 'access-denied') {
    return { ...base, verdict: 'ok', finding: 'Signed in. The access key may not list all buckets.', advice: '' };
  }
  return failed(base, error);
}

/** A check that an error has answered. */
export function failed(base: { readonly id: string; readonly title: string }, error: SyncError): ProbeResult {
  return { ...base, verdict: 'failed', finding: error.message, advice: error.advice, code: error.code };
}

/** A check that could not be made, since one before it failed. */
export function skipped(base: { readonly id: string; readonly title: string }): ProbeResult {
  return { ...base, verdict: 'skipped', finding: 'Not checked, because of a problem above.', advice: '' };
}
