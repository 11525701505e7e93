import type { RemoteExpectation } from '../core/decide.ts';
import { SyncError } from '../core/errors.ts';
import { quoteEtag } from '../core/etag.ts';

/** What a write expects, as the SDK's commands take it. ETags are quoted: some servers honour no others. */
export function writeConditions(expect: RemoteExpectation | undefined): { IfMatch?: string; IfNoneMatch?: string } {
  if (expect === undefined) return {};
  return expect.kind === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: quoteEtag(expect.etag) };
}

/** The same as headers. */
export function conditionHeaders(expect: RemoteExpectation | undefined): Record<string, string> {
  if (expect === undefined) return {};
  return expect.kind === 'absent' ? { 'if-none-match': '*' } : { 'if-match': quoteEtag(expect.etag) };
}

/** Servers answer If-Match on a key that is gone with "no such key"; to the caller it is an expectation that failed. */
export function asFailedExpectation(error: unknown, expect: RemoteExpectation | undefined): unknown {
  if (!(error instanceof SyncError) || error.code !== 'no-such-key' || expect?.kind !== 'etag') return error;
  return new SyncError({
    ...error.toData(),
    code: 'precondition-failed',
    advice: 'Nothing to do: it is compared again.',
    cause: error,
  });
}
