import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { hasCode } from '../../../src/core/errors.ts';
import { checkSegment } from '../../../src/core/paths.ts';
import { decodeName } from '../../../src/local/directory-names.ts';
import { diskError } from '../../../src/local/disk-errors.ts';
import { nativePath } from '../../../src/local/disk-path.ts';

describe('a path below a root', () => {
  test.each(['..', '../x', 'a/../b', 'a/..', '/etc/passwd', 'a//b', 'a/', './a', '.', 'a\0b'])(
    '%j is refused',
    (path) => {
      expect(() => nativePath('/root', path)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    },
  );

  test.each([
    'C:x',
    'a\\b',
    'a/..\\..',
    'file:stream',
    'aux',
    'con.txt',
    'COM1',
    'a.',
    'a ',
    'a?',
    '*/b',
    'RUSTFS~1/x',
    'ru1f9c~2/x',
  ])('%j is refused on Windows', (path) => {
    expect(() => nativePath('C:\\root', path, 'win32')).toThrow(expect.objectContaining({ code: 'unsafe-name' }));
  });

  test('has its separators, also below the root of the disk', () => {
    expect(nativePath('/root', 'a/..b/c')).toBe('/root/a/..b/c');
    expect(nativePath('/', 'a')).toBe('/a');
    expect(nativePath('/root', '')).toBe('/root');
  });
});

describe('an error of the disk', () => {
  const call = { doing: 'Reading', path: '/root/a file' };
  const make = (code: string, errno?: number) => Object.assign(new Error(`${code}: told`), { code, errno });

  test.each([
    ['ENOENT', 'file-vanished', false],
    ['EACCES', 'file-unreadable', false],
    ['EBUSY', 'file-unreadable', true],
    ['ELOOP', 'link-in-path', false],
    ['EISDIR', 'not-a-file', false],
    ['ENOSPC', 'disk-full', true],
    ['EMFILE', 'disk-error', true],
    ['EROFS', 'disk-error', false],
    ['EIO', 'disk-error', true],
  ] as const)('%s becomes %s, names the path and advises', (code, expected, retryable) => {
    const error = diskError(make(code), call, 'linux');
    expect(error).toMatchObject({ code: expected, retryable, detail: `${code}: told` });
    expect(error.message).toContain('/root/a file');
    expect(error.advice).not.toBe('');
  });

  test('of a full quota is told although libuv has no name for it', () => {
    const error = diskError(make('Unknown system error -122', -constants.errno.EDQUOT), call);
    expect(hasCode(error, 'disk-full')).toBe(true);
  });

  test.each(['EPERM', 'EBUSY', 'EACCES'])(
    '%s on Windows means a program holds the file, and is tried again',
    (code) => {
      expect(diskError(make(code), call, 'win32')).toMatchObject({ code: 'file-unreadable', retryable: true });
    },
  );
});

describe('a name on disk', () => {
  test('that is UTF-8 is taken as it is', () => {
    expect(decodeName(Buffer.from('caf\u00e9 \uFFFD \u{1F600}'))).toBe('caf\u00e9 \uFFFD \u{1F600}');
  });

  test('that is not UTF-8 stays distinct and is refused as a key', () => {
    const one = decodeName(Buffer.from([0x61, 0xe9, 0x62]));
    const two = decodeName(Buffer.from([0x61, 0xe8, 0x62]));
    expect(one).toBe('a\udce9b');
    expect(one).not.toBe(two);
    expect(checkSegment(one)).toBe('name-not-unicode');
  });

  test('that is cut off in a character keeps what is whole', () => {
    expect(decodeName(Buffer.from([0xc3, 0xa9, 0xc3]))).toBe('\u00e9\udcc3');
  });
});
