import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { signingHash } from '../../../src/remote/signing-hash.ts';

const Sha256 = signingHash();
const bytes = (text: string) => new TextEncoder().encode(text);

async function digestOf(secret: string | Uint8Array | undefined, ...data: (string | Uint8Array)[]): Promise<string> {
  const hash = secret === undefined ? new Sha256() : new Sha256(secret);
  for (const one of data) hash.update(one);
  return Buffer.from(await hash.digest()).toString('hex');
}

test('hashes texts and bytes', async () => {
  expect(await digestOf(undefined, 'a', bytes('b'))).toBe(createHash('sha256').update('ab').digest('hex'));
});

test.each(['secret', '秘密', bytes('secret')])('makes the HMAC with the key %s, as often as asked', async (secret) => {
  for (const data of ['one', 'two']) {
    expect(await digestOf(secret, data)).toBe(createHmac('sha256', secret).update(data).digest('hex'));
  }
});

test('tells keys apart, also of equal length', async () => {
  const digests = [await digestOf('ab', 'x'), await digestOf('ac', 'x'), await digestOf(bytes('ad'), 'x')];
  expect(new Set(digests).size).toBe(3);
  expect(digests[2]).toBe(createHmac('sha256', 'ad').update('x').digest('hex'));
});
