import { cancelled, SyncError } from '../core/errors.ts';
import { describe } from './actions.ts';
import type { Facts, Meaning } from './error-facts.ts';
import { codeOf, explainNetwork } from './error-network.ts';
import { explainRefusal } from './error-refusals.ts';
import { S3Failure } from './failure.ts';
import { AbortedError } from './http-handler.ts';

/**
 * Whatever a request threw, as an error that a person understands: what could not be done, why, and what helps. The raw
 * code, status, request id and words go into `detail`, cleaned of `secrets` and signatures.
 */
export function translate(error: unknown, facts: Facts, secrets: readonly string[]): SyncError {
  if (error instanceof SyncError) return error;
  const what = describe(facts.doing);
  if (error instanceof AbortedError) return cancelled(`The request to ${what}`);
  const meaning =
    error instanceof S3Failure ? explainRefusal(error, facts) : (explainNetwork(error, facts) ?? unreadable(error));
  return new SyncError({
    code: meaning.code,
    message: redact(`Could not ${what} at ${facts.endpoint}: ${meaning.because}.`, secrets),
    advice: meaning.advice,
    retryable: meaning.retryable ?? false,
    detail: redact(rawWords(error, facts), secrets),
    cause: scrubbed(error, secrets),
  });
}

/** The same error, with the fingerprint of the certificate that was not trusted. */
export function withFingerprint(error: SyncError, fingerprint: string): SyncError {
  return new SyncError({
    ...error.toData(),
    message: `${error.message.replace(/\.$/, '')}. Its SHA-256 fingerprint is ${fingerprint}.`,
    cause: error.cause,
  });
}

/** An answer that the SDK could not take apart, or a defect; both are told apart by where they come from. */
function unreadable(error: unknown): Meaning {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) {
    return {
      code: 'internal',
      because: `something went wrong inside RustFS Sync (${error.message})`,
      advice: 'Nothing was lost. Please report this with the detail below.',
    };
  }
  return {
    code: 'server-error',
    because: 'the answer of the server could not be read',
    advice: 'It is tried again. If it goes on, check that the address is that of an S3 server.',
    retryable: true,
  };
}

function rawWords(error: unknown, { doing }: Facts): string {
  const parts = [`action ${doing.action}`];
  if (error instanceof S3Failure) {
    parts.push(`status ${error.status}`, `code ${error.code === '' ? '(none)' : error.code}`);
    if (error.requestId !== '') parts.push(`request id ${error.requestId}`);
    if (error.message !== '') parts.push(`message ${error.message}`);
    return parts.join(', ');
  }
  const code = codeOf(error);
  if (code !== '') parts.push(`code ${code}`);
  parts.push(`message ${error instanceof Error ? error.message : String(error)}`);
  return parts.join(', ');
}

/** No server takes a shorter secret, and to blank out single letters would make any message unreadable. */
const SHORTEST_SECRET = 6;

/** Signatures and credentials as they occur in headers and links. */
const SIGNED = /(Signature=|X-Amz-(?:Signature|Credential|Security-Token)=|Credential=)[^\s&,"<]+/gi;

function redact(text: string, secrets: readonly string[]): string {
  let clean = text.replace(SIGNED, '$1(removed)');
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) clean = clean.replaceAll(secret, '(removed)');
  }
  return clean;
}

/** The cause is logged by whoever catches the error; the SDK's errors carry whole answers, ours do not. */
function scrubbed(error: unknown, secrets: readonly string[]): Error {
  if (error instanceof S3Failure) return error;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const copy = new Error(redact(words, secrets));
  if (error instanceof Error && error.stack !== undefined) copy.stack = redact(error.stack, secrets);
  return copy;
}
