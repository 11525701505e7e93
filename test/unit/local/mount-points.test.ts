import { expect, test } from 'vitest';
import { parseMountPoints } from '../../../src/local/mount-points.ts';

test('mount points are read with whatever is in their names', () => {
  const mountinfo = [
    '22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
    '40 22 8:1 /data /home/me/my\\040phötos\\134x rw shared:1 - ext4 /dev/sda1 rw',
    '',
  ].join('\n');
  expect([...parseMountPoints(mountinfo)]).toEqual(['/', '/home/me/my phötos\\x']);
});
