import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { S3ClientConfig } from '@aws-sdk/client-s3';

type Sha256 = NonNullable<S3ClientConfig['sha256']>;
type Data = string | ArrayBuffer | ArrayBufferView;

/**
 * SHA-256 and its HMAC for the SDK's signer of one account. The SDK's own takes the same few secrets into a key object anew
 * for every signature, which costs more than all its hashing.
 */
export function signingHash(): Sha256 {
  const ofTexts = new Map<string, KeyObject>();
  const ofBytes = new WeakMap<object, KeyObject>();

  function keyOf(secret: Data): KeyObject {
    const known = typeof secret === 'string' ? ofTexts.get(secret) : ofBytes.get(secret);
    if (known !== undefined) return known;
    const key = createSecretKey(bytesOf(secret));
    if (typeof secret === 'string') ofTexts.set(secret, key);
    else ofBytes.set(secret, key);
    return key;
  }

  return class {
    readonly #hash;

    constructor(secret?: Data) {
      this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret));
    }

    update(data: Data): void {
      this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
    }

    async digest(): Promise<Uint8Array> {
      return this.#hash.digest();
    }
  };
}

function bytesOf(data: Data): NodeJS.ArrayBufferView {
  if (typeof data === 'string') return Buffer.from(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : (data as NodeJS.ArrayBufferView);
}
