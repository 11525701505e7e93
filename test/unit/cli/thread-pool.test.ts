import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DISK_THREADS } from '../../../src/core/disk-threads.ts';

const source = (path: string) => new URL(`../../../src/cli/${path}`, import.meta.url);

test.skipIf(process.platform !== 'linux')(
  'the command line asks the disk with more threads than Node usually has',
  () => {
    const count = `(await import('node:fs')).readdirSync('/proc/self/task').length`;
    const script = (first: string) => `
    ${first}
    const before = ${count};
    await (await import('node:fs/promises')).stat('.');
    process.stdout.write(String(${count} - before));`;
    const env = { ...process.env, UV_THREADPOOL_SIZE: undefined };
    const threads = (first: string) =>
      Number(execFileSync(process.execPath, ['--input-type=module', '-e', script(first)], { env, encoding: 'utf8' }));
    expect(threads(`await import(${JSON.stringify(source('thread-pool.ts').href)});`)).toBe(Number(DISK_THREADS));
  },
);

test('it says so before it reads anything else of itself', () => {
  const imports = readFileSync(source('bin.ts'), 'utf8').matchAll(/^import .*?'([^']+)';$/gm);
  expect([...imports].slice(0, 2).map(([, from]) => from)).toEqual(['./node-version.ts', './thread-pool.ts']);
});
