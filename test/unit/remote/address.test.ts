import { describe, expect, it } from 'vitest';
import { encodeQuery, isPrivate, locate, parseAddress } from '../../../src/remote/address.ts';
import { parseFingerprint } from '../../../src/remote/fingerprint.ts';
import { storeAt } from './tiny-server.ts';

const at = (endpoint: string, pathStyle: boolean, bucket: string, key?: string) => {
  const { host, path } = locate(parseAddress({ endpoint, pathStyle }), bucket, key);
  return host + path;
};

describe('where an object is', () => {
  it.each([
    ['http://h:9000', true, 'photos', 'a/b', 'h:9000/photos/a/b'],
    ['https://h:443/', true, 'photos', 'a', 'h/photos/a'],
    ['http://h:80/base/', true, 'photos', undefined, 'h/base/photos'],
    ['https://h', false, 'photos', 'a', 'photos.h/a'],
    ['https://h', false, 'photos', undefined, 'photos.h/'],
    ['https://h', false, 'my.photos', 'a', 'h/my.photos/a'],
    ['http://h', false, 'my.photos', 'a', 'my.photos.h/a'],
    ['http://127.0.0.1:9000', false, 'photos', 'a', '127.0.0.1:9000/photos/a'],
    ['http://[::1]:9000', true, 'photos', 'a', '[::1]:9000/photos/a'],
  ])('%s path style %s, bucket %s, key %s', (endpoint, pathStyle, bucket, key, expected) => {
    expect(at(endpoint, pathStyle, bucket, key)).toBe(expected);
  });

  it('is encoded segment by segment, as signatures want it', () => {
    expect(at('http://h', true, 'b', "a b/+&?#%41!'()*/ü")).toBe('h/b/a%20b/%2B%26%3F%23%2541%21%27%28%29%2A/%C3%BC');
  });
});

it('a query is sorted and encoded, lists repeated', () => {
  expect(encodeQuery({ b: ['2', '1 '], a: '', c: null, d: undefined })).toBe('a=&b=2&b=1%20&c&d');
});

it.each([
  ['https://rustfs.example', undefined, true],
  ['https://rustfs.example', 'http://proxy:3128', true],
  ['http://localhost:9000', undefined, true],
  ['http://127.0.0.1:9000', undefined, true],
  ['http://[::1]:9000', undefined, true],
  ['http://127.0.0.1:9000', 'http://proxy:3128', false],
  ['http://rustfs.example', undefined, false],
  ['http://192.168.1.2:9000', undefined, false],
  ['http://127.0.0.1.example', undefined, false],
  ['http://localhost.example', undefined, false],
])('whether nobody can change what is sent to %s (proxy: %s): %s', (endpoint, proxy, expected) => {
  const settings = { endpoint, pathStyle: true, ...(proxy !== undefined && { proxy }) };
  expect(isPrivate(parseAddress(settings))).toBe(expected);
});

describe('settings that can not work', () => {
  it.each(['', 'rustfs.example', 'ftp://rustfs.example', 'http://user:pw@h', 'http://h/?a=b'])(
    'the address "%s"',
    (endpoint) => {
      expect(() => storeAt(endpoint)).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
    },
  );

  it.each([
    { proxy: 'socks://h' },
    { trustedFingerprint: 'AB:CD' },
    { caFile: '/nowhere/ca.pem' },
    { caFile: import.meta.filename.replace('address.test', 'tiny-server') },
  ])('%o', (settings) => {
    const open = () => storeAt('https://h', { settings });
    expect(open).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
  });

  it('a password in a proxy address is not repeated', () => {
    const open = () => storeAt('https://h', { settings: { proxy: 'socks://me:hunter2@h' } });
    expect(open).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') as string }) as Error,
    );
  });
});

it('a fingerprint has one spelling, however it is given', () => {
  const pairs = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0'));
  const expected = pairs.join(':').toUpperCase();
  for (const text of [pairs.join(''), pairs.join(':'), `sha256:${pairs.join(' ')}`]) {
    expect(parseFingerprint(text)).toBe(expected);
  }
});
