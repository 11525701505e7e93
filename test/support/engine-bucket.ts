import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { decodeKey, plainClient, removeBucket, type S3Access } from './s3-client.ts';
import { uniqueBucket } from './servers.ts';

const TRASH = '.rustfs-sync-trash/';

/** Makes a bucket, and removes it when the test is over. */
export async function makeBucket(access: S3Access, versioned = false): Promise<EngineBucket> {
  const client = plainClient(access);
  const name = uniqueBucket('engine');
  await client.send(new CreateBucketCommand({ Bucket: name }));
  onTestFinished(async () => {
    // The test may have removed it, or its server.
    await removeBucket(client, name).catch(() => undefined);
    client.destroy();
  });
  const bucket = new EngineBucket(name, client);
  if (versioned) await bucket.enableVersioning();
  return bucket;
}

/** A bucket as another client sees it: a plain SDK client that knows nothing of the engine. */
export class EngineBucket {
  readonly name: string;
  readonly client: S3Client;

  constructor(name: string, client: S3Client) {
    this.name = name;
    this.client = client;
  }

  async enableVersioning(): Promise<void> {
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await this.client.send(new PutBucketVersioningCommand({ Bucket: this.name, VersioningConfiguration }));
  }

  /** All keys but those that are ours alone, in the order of the listing. */
  async keys(): Promise<string[]> {
    return (await this.#list()).filter((key) => !key.startsWith('.rustfs-sync'));
  }

  /** What was made for the links of folders. */
  async shared(): Promise<string[]> {
    return (await this.#list()).filter((key) => key.startsWith('.rustfs-sync-shares/'));
  }

  /** The keys in our trash, without the time in them. */
  async trashed(): Promise<string[]> {
    const keys = await this.trashKeys();
    return keys.map((key) => key.slice(key.indexOf('/', TRASH.length) + 1)).sort();
  }

  /** The keys in our trash as they are. */
  async trashKeys(): Promise<string[]> {
    return (await this.#list()).filter((key) => key.startsWith(TRASH));
  }

  async get(key: string): Promise<Buffer> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
    if (Body === undefined) throw new Error(`No body for ${key}`);
    return Buffer.from(await Body.transformToByteArray());
  }

  async text(key: string): Promise<string> {
    return (await this.get(key)).toString('utf8');
  }

  /** The ETag without quotes, or undefined when there is no such object. */
  async etag(key: string): Promise<string | undefined> {
    try {
      const { ETag } = await this.client.send(new HeadObjectCommand({ Bucket: this.name, Key: key }));
      return ETag?.replaceAll('"', '');
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFound') return undefined;
      throw error;
    }
  }

  async put(key: string, content: string | Uint8Array): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: content }));
  }

  /** As another program uploads it, whose parts are of any size. */
  async putInParts(key: string, parts: readonly Uint8Array[], Metadata: Record<string, string>): Promise<void> {
    const to = { Bucket: this.name, Key: key };
    const { UploadId } = await this.client.send(new CreateMultipartUploadCommand({ ...to, Metadata }));
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (const [index, Body] of parts.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await this.client.send(new UploadPartCommand({ ...to, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    await this.client.send(new CompleteMultipartUploadCommand({ ...to, UploadId, MultipartUpload: { Parts } }));
  }

  async remove(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key }));
  }

  /** Keys of the uploads that were begun and not ended. */
  async unfinishedUploads(): Promise<string[]> {
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.name }));
    return Uploads.map(({ Key }) => Key ?? '');
  }

  async deleteMarkers(): Promise<string[]> {
    const page = await this.client.send(new ListObjectVersionsCommand({ Bucket: this.name }));
    return (page.DeleteMarkers ?? []).map(({ Key }) => Key ?? '');
  }

  /** Removes the delete marker that is on top of a key. */
  async takeBackDeletion(key: string): Promise<void> {
    const page = await this.client.send(new ListObjectVersionsCommand({ Bucket: this.name, Prefix: key }));
    const marker = (page.DeleteMarkers ?? []).find((one) => one.Key === key && one.IsLatest === true);
    await this.client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key, VersionId: marker?.VersionId }));
  }

  async #list(): Promise<string[]> {
    const keys: string[] = [];
    // Without an encoding RustFS lists no key with a control character.
    const input = { Bucket: this.name, EncodingType: 'url' } as const;
    for await (const page of paginateListObjectsV2({ client: this.client }, input)) {
      keys.push(...(page.Contents ?? []).map(({ Key }) => decodeKey(Key ?? '')));
    }
    return keys;
  }
}
