import type { ListedVersion, VersionListRequest, VersionPage, Versioning } from '../../src/core/object-store.ts';
import type { Version } from '../../src/trial/s3/bucket.ts';
import type { S3Model } from '../../src/trial/s3/model.ts';

/** The versioning of the model's bucket in the words of the port. */
export function versioningOf(model: S3Model, bucket: string): Versioning {
  const states = { off: 'off', Enabled: 'enabled', Suspended: 'suspended' } as const;
  return states[model.bucket(bucket).versioning];
}

/** A page of the model's versions in the words of the port. @param shown the ETag as the store shows it. */
export function versionPage(
  model: S3Model,
  { bucket, prefix, after, delimiter, maxKeys }: VersionListRequest,
  shown: (etag: string) => string,
): VersionPage {
  const page = model.listVersions(bucket, {
    prefix,
    delimiter,
    keyMarker: after?.key,
    versionIdMarker: after?.versionId,
    maxKeys,
  });
  const versions = page.versions.map((one) => listed(one, one.isLatest, shown));
  const { nextKeyMarker: key, nextVersionIdMarker: versionId } = page;
  if (key === undefined) return { versions };
  return { versions, next: { key, ...(versionId !== undefined && { versionId }) } };
}

function listed(version: Version, isLatest: boolean, shown: (etag: string) => string): ListedVersion {
  const { key, versionId, lastModifiedMs } = version;
  const common = { key, versionId, isLatest, lastModifiedMs };
  return version.kind === 'object'
    ? { kind: 'object', ...common, sizeBytes: version.content.sizeBytes, etag: shown(version.etag) }
    : { kind: 'delete-marker', ...common, sizeBytes: 0, etag: '' };
}
