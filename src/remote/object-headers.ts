import { unquoteEtag } from '../core/etag.ts';
import type { HeadResult } from '../core/object-store.ts';

const METADATA = 'x-amz-meta-';

/**
 * What the headers of an answer say of an object, or undefined when they are not those of an S3 server.
 *
 * @param partial whether the body is a range: the object's size is then behind the slash of Content-Range.
 */
export function readObjectHeaders(headers: Readonly<Record<string, string>>, partial: boolean): HeadResult | undefined {
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
  };
}
