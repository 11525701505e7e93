import { describe, expect, test } from 'vitest';
import { parseEndpoint, parseFingerprint, parseProxy } from '../../../src/cli/parse-server.ts';
import {
  looksRemote,
  parseAccountName,
  parseAge,
  parseBucketTarget,
  parseDoctorTarget,
  parseExpiry,
  parseLimit,
  parseMoment,
  parseNewBucketName,
  parseObjectTarget,
  parsePrefixTarget,
  parsePutTarget,
  parseRate,
  parseSwitch,
} from '../../../src/cli/parse.ts';
import { SyncError } from '../../../src/core/errors.ts';

/** The error that `act` throws, as one text. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    expect(error.code).toBe('invalid-argument');
    expect(error.message).not.toContain('\n');
    expect(error.advice).not.toBe('');
    return `${error.message} ${error.advice}`;
  }
  throw new Error('It was accepted.');
}

describe('targets', () => {
  test('are taken apart at the first colon and the first slash', () => {
    expect(parseObjectTarget('home:photos/2026/a:b.jpg')).toEqual({
      account: 'home',
      bucket: 'photos',
      key: '2026/a:b.jpg',
    });
    expect(parsePrefixTarget('home:photos')).toEqual({ account: 'home', bucket: 'photos', prefix: '' });
    expect(parsePrefixTarget('home:photos/')).toEqual({ account: 'home', bucket: 'photos', prefix: '' });
    expect(parsePrefixTarget('home:photos/2026/')).toEqual({ account: 'home', bucket: 'photos', prefix: '2026/' });
    expect(parseBucketTarget('home:photos')).toEqual({ account: 'home', bucket: 'photos' });
    expect(parsePutTarget('home:photos/new/')).toEqual({ account: 'home', bucket: 'photos', key: 'new/' });
    expect(parseDoctorTarget('home')).toEqual({ account: 'home', bucket: undefined });
    expect(parseDoctorTarget('home:photos')).toEqual({ account: 'home', bucket: 'photos' });
  });

  test.each(['home', 'home:', ':photos/a', 's3://photos/a', 'home/photos', '', 'https://nas.example/photos'])(
    '%j is refused with the form that is wanted',
    (text) => {
      expect(refusal(() => parseObjectTarget(text))).toContain(`"${text}" is not of the form ACCOUNT:BUCKET/KEY`);
    },
  );

  test('a bucket without a key is no object, a key is no bucket', () => {
    expect(refusal(() => parseObjectTarget('home:photos/'))).toContain('no key');
    expect(refusal(() => parseBucketTarget('home:photos/a'))).toContain('home:photos');
  });

  test('a Windows drive and a path with a colon further on are local', () => {
    expect(['C:\\Users\\me\\a.jpg', 'C:/Users', './home:photos/a', '/tmp/a:b', 'a.jpg'].filter(looksRemote)).toEqual(
      [],
    );
    expect(looksRemote('home:photos/a.jpg')).toBe(true);
  });
});

test('account names may hold no colon, slash, space or leading hyphen', () => {
  expect(parseAccountName('büro-1')).toBe('büro-1');
  for (const bad of ['', 'a:b', 'a/b', 'a b', '-a', 'a\\b', 'x'.repeat(64)]) {
    expect(refusal(() => parseAccountName(bad))).toContain('name of an account');
  }
});

test('new buckets follow the rules of S3', () => {
  expect(parseNewBucketName('my-photos.2026')).toBe('my-photos.2026');
  for (const bad of ['ab', 'Photos', 'a_b', '-ab', 'ab-', 'a..b', '192.168.1.1', 'x'.repeat(64), 'a/b']) {
    expect(refusal(() => parseNewBucketName(bad))).toContain('3 to 63');
  }
});

describe('expiry', () => {
  test.each([
    ['1s', 1],
    ['10m', 600],
    ['24h', 86_400],
    ['7d', 604_800],
    ['604800s', 604_800],
  ])('%s is %i seconds', (text, seconds) => expect(parseExpiry(text)).toBe(seconds));

  test.each([
    ['8d', 'longer than 7 days'],
    ['604801s', 'longer than 7 days'],
    ['0', 'not a length of time'],
    ['0h', 'would end before it begins'],
    ['-1h', 'not a length of time'],
    ['soon', 'not a length of time'],
    ['1.5h', 'not a length of time'],
    ['', 'not a length of time'],
    ['10 m', 'not a length of time'],
  ])('%j is refused', (text, why) => {
    const words = refusal(() => parseExpiry(text));
    expect(words).toContain(`"${text}"`);
    expect(words).toContain(why);
  });
});

describe('rates', () => {
  test.each([
    ['0', 0],
    ['none', 0],
    ['2MiB/s', 2_097_152],
    ['2MB/s', 2_000_000],
    ['500kB/s', 500_000],
    ['64 KiB/s', 65_536],
    ['1.5MB', 1_500_000],
    ['100B/s', 100],
    ['1GiB/s', 1_073_741_824],
  ])('%s is %i bytes a second', (text, bytes) => expect(parseRate(text, 'upload-limit')).toBe(bytes));

  test.each(['2', 'fast', '-1MB/s', '2Mbit/s', '0.1B/s', '9999999999MB/s', '', '1e3MB/s', '0kB/s'])(
    '%j is refused',
    (text) => {
      expect(refusal(() => parseRate(text, 'upload-limit'))).toContain(`"${text}" is not a rate for upload-limit`);
    },
  );
});

test('limits are whole numbers from 1 to 100,000', () => {
  expect(parseLimit('100000')).toBe(100_000);
  for (const bad of ['0', '100001', '-1', '1.5', 'all', ''])
    expect(refusal(() => parseLimit(bad))).toContain('--limit');
});

test('switches are on or off', () => {
  expect([parseSwitch('on', 'paused'), parseSwitch('false', 'paused')]).toEqual([true, false]);
  expect(refusal(() => parseSwitch('maybe', 'paused'))).toContain('paused on');
});

describe('addresses', () => {
  test('are kept as they are, without the slash at the end', () => {
    expect(parseEndpoint('http://192.168.1.100:9000/')).toBe('http://192.168.1.100:9000');
    expect(parseEndpoint('https://nas.example/s3/')).toBe('https://nas.example/s3');
    expect(parseEndpoint('https://[fd00::1]:9000')).toBe('https://[fd00::1]:9000');
  });

  test('an address without a scheme is refused with the address that is probably meant', () => {
    expect(refusal(() => parseEndpoint('localhost:9000'))).toContain('Did you mean http://localhost:9000 ?');
    expect(refusal(() => parseEndpoint('nas.example'))).toContain('Did you mean http://nas.example ?');
  });

  test.each(['ftp://nas.example', 'http://', 'http://a b', 'https://nas.example?x=1', 'https://nas.example#x', ''])(
    '%j is refused',
    (text) => {
      expect(refusal(() => parseEndpoint(text))).toContain('--endpoint');
    },
  );

  test.each([
    'https://me:hunter22@nas.example',
    'me:hunter22@nas.example',
    'http://me:hunter22@',
    'http://me:hunter22@x y',
    'ftp://me:hunter22@x',
  ])('a password in %j is not repeated', (text) => {
    expect(refusal(() => parseEndpoint(text))).not.toContain('hunter22');
    expect(refusal(() => parseProxy(text))).not.toContain('hunter22');
  });
});

test('fingerprints are taken in any spelling', () => {
  const wanted = Array.from({ length: 32 }, () => 'AB').join(':');
  expect(parseFingerprint('ab'.repeat(32))).toBe(wanted);
  expect(parseFingerprint(wanted.toLowerCase())).toBe(wanted);
  expect(parseFingerprint(`SHA256:${'AB'.repeat(32)}`)).toBe(wanted);
  expect(refusal(() => parseFingerprint('ab'.repeat(20)))).toContain('64 hexadecimal digits');
});

describe('a moment', () => {
  const nowMs = new Date(2026, 10, 22, 10, 15).getTime();

  test.each([
    ['2h ago', nowMs - 7_200_000],
    ['90m', nowMs - 5_400_000],
    ['3d ago', nowMs - 3 * 86_400_000],
    ['2026-11-20', new Date(2026, 10, 20).getTime()],
    ['2026-11-20 08:30', new Date(2026, 10, 20, 8, 30).getTime()],
    ['2026-11-20T08:30:15', new Date(2026, 10, 20, 8, 30, 15).getTime()],
    ['2026-11-20T08:30:15.250Z', Date.UTC(2026, 10, 20, 8, 30, 15, 250)],
    ['2026-11-20T08:30+02:00', Date.UTC(2026, 10, 20, 6, 30)],
  ])('%s', (text, expected) => {
    expect(parseMoment(text, nowMs)).toBe(expected);
  });

  test.each(['', 'ago', 'yesterday', '2026', '2026-02-30', '2026-13-01', '10:15', '2026-11-20 25:00', '2026-11-23'])(
    'is not %j',
    (text) => {
      expect(() => parseMoment(text, nowMs)).toThrow(SyncError);
    },
  );
});

test('an age is a number and a unit', () => {
  expect([parseAge('12h'), parseAge('30d'), parseAge('0s')]).toEqual([43_200_000, 2_592_000_000, 0]);
  for (const text of ['', '7', '7w', '-1d', '2h ago']) expect(() => parseAge(text)).toThrow(SyncError);
});
