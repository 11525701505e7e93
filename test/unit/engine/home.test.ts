import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultHome } from '../../../src/engine/home.ts';

describe('where the state lies', () => {
  test.each(['', 'relative/share'])('is not a matter of the working directory: XDG_DATA_HOME=%j', (given) => {
    const usual = join(homedir(), '.local', 'share', 'rustfs-sync');
    expect(defaultHome({ XDG_DATA_HOME: given }, 'linux')).toBe(usual);
  });

  test('is where it was said to be', () => {
    const given = resolve('/srv/data');
    expect(defaultHome({ XDG_DATA_HOME: given }, 'linux')).toBe(join(given, 'rustfs-sync'));
    expect(defaultHome({ RUSTFS_SYNC_HOME: given }, 'linux')).toBe(given);
  });

  test('is the same for a process that is somewhere else', () => {
    expect(defaultHome({ RUSTFS_SYNC_HOME: 'state' }, 'linux')).toBe(resolve('state'));
  });
});
