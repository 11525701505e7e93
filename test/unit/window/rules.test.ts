import { isAccountName } from '../../../src/core/account-name.ts';
import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../src/api/index.ts';
import {
  bucketNameFor,
  completeEndpoint,
  fingerprintIn,
  freeName,
} from '../../../renderer/first-run/connect-helpers.ts';
import { formatsOf } from '../../../renderer/i18n/format.ts';
import { NOTHING_SELECTED, prune, select, targetOf } from '../../../renderer/ui/grid/selection.ts';
import { parentOf, trailOf } from '../../../renderer/views/files/names.ts';

describe('what people type', () => {
  test.each([
    ['192.168.1.5:9000', 'http://192.168.1.5:9000'],
    ['localhost:9000', 'http://localhost:9000'],
    ['nas:9000', 'http://nas:9000'],
    ['rustfs.example.com', 'https://rustfs.example.com'],
    [' https://rustfs.example.com/ ', 'https://rustfs.example.com'],
    ['', ''],
  ])('as an address: %j', (typed, complete) => {
    expect(completeEndpoint(typed)).toBe(complete);
  });

  test('no name means the host, with a number where that is taken', () => {
    const fields = { name: '', endpoint: 'http://nas:9000' };
    expect(freeName(fields, [])).toBe('nas');
    expect(freeName(fields, [{ name: 'nas' }, { name: 'nas-2' }])).toBe('nas-3');
    expect(freeName({ ...fields, endpoint: 'http://[fd00::5]:9000' }, [])).toBe('fd00-5');
    for (const endpoint of ['http://[::1]', `http://${'a'.repeat(80)}.example`, 'http://-x.example', '']) {
      const made = freeName({ name: '', endpoint }, []);
      expect([made, isAccountName(made)]).toEqual([made, true]);
    }
    expect(freeName({ ...fields, name: ' home ' }, [])).toBe('home');
  });

  test.each([
    ['Holiday Pictures 2026', 'holiday-pictures-2026'],
    ['Été', 'e-te'],
    ['照片', ''],
    ['a', ''],
    [`${'a'.repeat(62)} b`, 'a'.repeat(62)],
  ])('makes a bucket name of %j', (folder, bucket) => {
    expect(bucketNameFor(folder)).toBe(bucket);
  });

  test('finds the fingerprint in an error', () => {
    const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');
    const error = new SyncError({ code: 'untrusted-certificate', message: `It is ${fingerprint}.`, advice: '' });
    expect(fingerprintIn(error)).toBe(fingerprint);
  });
});

describe('numbers', () => {
  const { size, rate, megabytesPerSecond, duration, ago, percent } = formatsOf('en', 'just now');

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [3_100_000_000, '3.1 GB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });

  test('all of it only when nothing is missing', () => {
    expect([percent(0), percent(0.5), percent(0.9999), percent(1)]).toEqual(['0%', '50%', '99%', '100%']);
  });

  test('rates and times', () => {
    expect([rate(0), rate(12_400_000)]).toEqual(['0 B/s', '12.4 MB/s']);
    const zh = formatsOf('zh-CN', '刚刚');
    expect([zh.rate(0), zh.rate(12_400_000), zh.megabytesPerSecond]).toEqual(['0 B/秒', '12.4 MB/秒', 'MB/秒']);
    expect(megabytesPerSecond).toBe('MB/s');
    expect([duration(0), duration(90_000), duration(5_400_000)]).toEqual(['1 sec', '2 min', '1 hr 30 min']);
    expect(ago(1_000, 1_000 + 3 * 60_000)).toBe('3 min. ago');
    expect(zh.ago(0, 2 * 3_600_000)).toBe('2小时前');
  });
});

describe('a time that was', () => {
  const { since } = formatsOf('en', 'just now');
  const nowMs = Date.UTC(2026, 0, 1);

  test.each([
    [-20_000, '20 sec. ago'],
    [-1_000, 'just now'],
    [6_000, 'just now'],
    [14 * 60_000, 'just now'],
    [3 * 3_600_000, 'in 3 hr.'],
  ])('%d ms from now, as another clock has it', (ms, text) => {
    expect(since(nowMs + ms, nowMs)).toBe(text);
  });
});

describe('the selection', () => {
  const keys = ['a', 'b', 'c', 'd'];

  test('follows clicks, with Ctrl and Shift', () => {
    const one = select(NOTHING_SELECTED, keys, 1, 'one');
    expect([...one.keys]).toEqual(['b']);
    expect([...select(one, keys, 3, 'range').keys]).toEqual(['b', 'c', 'd']);
    expect([...select(select(one, keys, 3, 'range'), keys, 0, 'range').keys]).toEqual(['a', 'b']);
    expect([...select(one, keys, 3, 'toggle').keys]).toEqual(['b', 'd']);
    expect([...select(one, keys, 2, 'move').keys]).toEqual(['b']);
    expect(select(one, keys, 9, 'one')).toBe(one);
  });

  test('loses what is gone and stays the same object otherwise', () => {
    const both = select(select(NOTHING_SELECTED, keys, 0, 'one'), keys, 1, 'toggle');
    expect(prune(both, keys)).toBe(both);
    expect(prune(both, ['a', 'c'])).toMatchObject({ keys: new Set(['a']), active: undefined });
  });

  test('does not reach to the top of the list for a range that began at a row which is gone', () => {
    const begun = select(NOTHING_SELECTED, keys, 0, 'one');
    const moved = select({ ...begun, keys: new Set() }, keys, 1, 'move');
    const left = ['x', 'b', 'c', 'd'];
    expect([...select(prune(moved, left), left, 3, 'range').keys]).toEqual(['d']);
  });

  test('moves by keys within the list', () => {
    expect(targetOf('ArrowDown', -1, 4, 2)).toBe(0);
    expect(targetOf('ArrowUp', 0, 4, 2)).toBe(0);
    expect(targetOf('PageDown', 1, 4, 2)).toBe(3);
    expect(targetOf('End', 0, 4, 2)).toBe(3);
    expect(targetOf('x', 0, 4, 2)).toBeUndefined();
  });
});

describe('places', () => {
  const place = { account: 'home', bucket: 'photos', prefix: 'raw/iceland/' };

  test('know the way up and down', () => {
    expect(parentOf(place)?.prefix).toBe('raw/');
    expect(parentOf({ ...place, prefix: 'raw/' })?.prefix).toBe('');
    expect(parentOf({ ...place, prefix: '' })).toBeUndefined();
    expect(trailOf(place).map(({ name, place: { prefix } }) => [name, prefix])).toEqual([
      ['photos', ''],
      ['raw', 'raw/'],
      ['iceland', 'raw/iceland/'],
    ]);
  });
});
