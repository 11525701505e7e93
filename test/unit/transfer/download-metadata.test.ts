import { describe, expect, test } from 'vitest';
import { declaredMd5, isExecutable, modifiedNsOf, parseMtime } from '../../../src/transfer/download-metadata.ts';
import { secondsOfNs } from '../../../src/transfer/upload.ts';

describe('the modification time', () => {
  test.each([
    ['1767323045.123456789', 1_767_323_045_123_456_789n],
    ['1767323045', 1_767_323_045_000_000_000n],
    ['1767323045.', 1_767_323_045_000_000_000n],
    ['1767323045.5', 1_767_323_045_500_000_000n],
    ['1767323045.1234567899', 1_767_323_045_123_456_789n],
    ['0.000000001', 1n],
    ['-1.500000000', -1_500_000_000n],
    [' 12 ', 12_000_000_000n],
  ])('is read from %j', (text, ns) => {
    expect(parseMtime(text)).toBe(ns);
  });

  test.each(['', 'yesterday', '1e9', '1.7.6', '0x10', 'NaN', '--1', '.5', '9'.repeat(12), `1.${'1'.repeat(31)}`])(
    'is not read from %j',
    (text) => {
      expect(parseMtime(text)).toBeUndefined();
    },
  );

  test.each([0n, 1n, -1n, 999_999_999n, -1_500_000_000n, 1_767_323_045_123_456_789n])(
    'of %d ns comes back from what an upload writes',
    (ns) => {
      expect(parseMtime(secondsOfNs(ns))).toBe(ns);
    },
  );

  test.each([
    ['atime:5#1/gid:0/gname:root/mode:33188/mtime:1583298367#123456789/uid:0/uname:root', 1_583_298_367_123_456_789n],
    ['mtime:1583298367#5', 1_583_298_367_000_000_005n],
    ['gname:mtime:1#2/mtime:later', undefined],
    ['xmtime:1#2', undefined],
  ])('is read from what mc keeps: %j', (attributes, ns) => {
    const head = { sizeBytes: 1, etag: 'e', encrypted: false, lastModifiedMs: 0 };
    expect(modifiedNsOf({ ...head, metadata: { 'mc-attrs': attributes } })).toBe(ns);
    expect(modifiedNsOf({ ...head, metadata: { 'mc-attrs': attributes, mtime: '7' } })).toBe(7_000_000_000n);
  });

  test('is that of the object where none was kept, and unknown where the server tells none', () => {
    const head = { sizeBytes: 1, etag: 'e', encrypted: false, metadata: { mtime: 'junk' } };
    expect(modifiedNsOf({ ...head, lastModifiedMs: 1_700_000_000_123 })).toBe(1_700_000_000_123_000_000n);
    expect(modifiedNsOf({ ...head, lastModifiedMs: 0 })).toBeUndefined();
  });
});

describe('the executable bit', () => {
  test.each(['100755', '0100755', '755', '0700', '100', '104755'])('is set in %j', (mode) => {
    expect(isExecutable({ mode })).toBe(true);
  });

  test.each(['100644', '0666', '655'])('is not set in %j', (mode) => {
    expect(isExecutable({ mode })).toBe(false);
  });

  // In decimal, as s3fs writes it, or of a directory.
  test.each(['33188', '33261', '40755', '', 'rwxr-xr-x', '-755', '7', '1'.repeat(8)])('is left open by %j', (mode) => {
    expect(isExecutable({ mode })).toBeUndefined();
  });

  test('is left open without a mode', () => {
    expect(isExecutable({})).toBeUndefined();
  });
});

test('a declared MD5 is base64 of sixteen bytes, and anything else declares nothing', () => {
  expect(declaredMd5({ md5chksum: '1B2M2Y8AsgTpgAmY7PhCfg==' })).toBe('d41d8cd98f00b204e9800998ecf8427e');
  for (const md5chksum of ['', 'd41d8cd98f00b204e9800998ecf8427e', '1B2M2Y8AsgTpgAmY7PhCfg=', '!!!!'])
    expect(declaredMd5({ md5chksum })).toBeUndefined();
});
