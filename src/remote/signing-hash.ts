import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { S3ClientConfig } from '@aws-sdk/client-s3';

type Sha256 = NonNullable<S3ClientConfig['sha256']>;
type Secret = string | Uint8Array;

/**
 * SHA-256 and its HMAC for the SDK's signer of one account. The SDK's own takes the same few secrets into a key object anew
 * for every signature, which costs more than all its hashing.
 */
export function signingHash(): Sha256 {
  const texts = new Map<string, KeyObject>();
  const binaries = new WeakMap<Uint8Array, KeyObject>();
  const keyOf = (secret: Secret): KeyObject => {
    const known = typeof secret === 'string' ? texts.get(secret) : binaries.get(secret);
    if (known !== undefined) return known;
    const key = createSecretKey(typeof secret === 'string' ? Buffer.from(secret) : secret);
    if (typeof secret === 'string') texts.set(secret, key);
    else binaries.set(secret, key);
    return key;
  };

  return class {
    readonly #hash;

    constructor(secret?: Secret | ArrayBuffer | ArrayBufferView) {
      this.#hash =
        secret === undefined
          ? createHash('sha256')
          : createHmac('sha256', keyOf(isBinary(secret) ? secret : bytesOf(secret)));
    }

    update(data: string | ArrayBuffer | ArrayBufferView): void {
      this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
    }

    async digest(): Promise<Uint8Array> {
      return this.#hash.digest();
    }
  };
}

function isBinary(secret: unknown): secret is Secret {
  return typeof secret === 'string' || secret instanceof Uint8Array;
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
