/** What we ask a server to do, by S3's names, with the words and the permission that belong to it. */
const ACTIONS = {
  ListBuckets: { verb: 'list the buckets', permission: 's3:ListAllMyBuckets' },
  CreateBucket: { verb: 'create', permission: 's3:CreateBucket' },
  DeleteBucket: { verb: 'delete', permission: 's3:DeleteBucket' },
  HeadBucket: { verb: 'reach', permission: 's3:ListBucket' },
  GetBucketVersioning: { verb: 'read the versioning state of', permission: 's3:GetBucketVersioning' },
  PutBucketVersioning: { verb: 'change the versioning of', permission: 's3:PutBucketVersioning' },
  ListObjectsV2: { verb: 'list', permission: 's3:ListBucket' },
  ListObjectVersions: { verb: 'list the versions in', permission: 's3:ListBucketVersions' },
  HeadObject: { verb: 'look up', permission: 's3:GetObject' },
  GetObject: { verb: 'read', permission: 's3:GetObject' },
  PutObject: { verb: 'write', permission: 's3:PutObject' },
  DeleteObject: { verb: 'delete', permission: 's3:DeleteObject' },
  CopyObject: { verb: 'copy to', permission: 's3:PutObject and s3:GetObject' },
  CreateMultipartUpload: { verb: 'start uploading', permission: 's3:PutObject' },
  UploadPart: { verb: 'upload a part of', permission: 's3:PutObject' },
  UploadPartCopy: { verb: 'copy a part to', permission: 's3:PutObject and s3:GetObject' },
  ListParts: { verb: 'list the uploaded parts of', permission: 's3:ListMultipartUploadParts' },
  CompleteMultipartUpload: { verb: 'finish uploading', permission: 's3:PutObject' },
  AbortMultipartUpload: { verb: 'cancel the upload of', permission: 's3:AbortMultipartUpload' },
  ListMultipartUploads: { verb: 'list the unfinished uploads in', permission: 's3:ListBucketMultipartUploads' },
  ListenBucketNotification: { verb: 'listen to changes in', permission: 's3:ListenBucketNotification' },
} as const;

export type ActionName = keyof typeof ACTIONS;

/** A request as its errors name it. */
export interface Doing {
  readonly action: ActionName;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
}

/** For example: `write "a/b.txt" in the bucket "photos"`. */
export function describe({ action, bucket, key }: Doing): string {
  const { verb } = ACTIONS[action];
  if (bucket === undefined) return verb;
  return key === undefined ? `${verb} the bucket "${bucket}"` : `${verb} "${key}" in the bucket "${bucket}"`;
}

/** The permission that the server asks for, as policies spell it. */
export function permissionOf({ action }: Doing): string {
  return ACTIONS[action].permission;
}
