import { unquoteEtag } from '../core/etag.ts';
import type { HeadResult } from '../core/object-store.ts';

const METADATA = 'x-amz-meta-';

/** What is said of the content besides its type, in the SDK's words. */
const CONTENT_HEADERS = {
  CacheControl: 'cache-control',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
} as const;

export type ContentHeaders = { readonly [Name in keyof typeof CONTENT_HEADERS]?: string };

/** An object with all that a copy of it has to be given. */
export interface FoundObject extends HeadResult {
  readonly contentHeaders: ContentHeaders;
}

/**
 * What the headers of an answer say of an object, or undefined when they are not those of an S3 server.
 *
 * @param partial whether the body is a range: the object's size is then behind the slash of Content-Range.
 */
export function readObjectHeaders(
  headers: Readonly<Record<string, string>>,
  partial: boolean,
): FoundObject | undefined {
  const size = partial ? /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] : headers['content-length'];
  const etag = headers['etag'];
  if (etag === undefined || size === undefined) return undefined;
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(METADATA)) metadata[name.slice(METADATA.length)] = value;
  }
  const contentType = headers['content-type'];
  const versionId = headers['x-amz-version-id'];
  const modifiedMs = Date.parse(headers['last-modified'] ?? '');
  return {
    sizeBytes: Number(size),
    etag: unquoteEtag(etag),
    lastModifiedMs: Number.isNaN(modifiedMs) ? 0 : modifiedMs,
    metadata,
    ...(contentType === undefined ? {} : { contentType }),
    ...(versionId === undefined ? {} : { versionId }),
    encrypted:
      headers['x-amz-server-side-encryption'] !== undefined ||
      headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined,
    contentHeaders: contentHeadersOf(headers),
  };
}

/** But for what can not be sent as it came. */
function contentHeadersOf(headers: Readonly<Record<string, string>>): ContentHeaders {
  const found = Object.entries(CONTENT_HEADERS).map(([name, header]) => [name, headers[header] ?? ''] as const);
  return Object.fromEntries(found.filter(([, value]) => /^[\x20-\x7e]+$/.test(value)));
}
