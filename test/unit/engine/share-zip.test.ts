import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { zipOf } from '../../../src/engine/share-zip.ts';
import { directoryEnd, ZIP_LIMITS, type ZipLimits } from '../../../src/engine/zip-records.ts';
import { hasProgram } from '../../support/programs.ts';

const run = promisify(execFile);
const MODIFIED_MS = Date.UTC(2026, 4, 3, 12, 0, 8);

const CONTENTS: Readonly<Record<string, string>> = {
  '照片/空 "q" \'s.txt': 'text that shrinks, '.repeat(10_000),
  'deep/er/still.jpg': 'what is called an image is not compressed, '.repeat(10_000),
  empty: '',
};

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const collected: Uint8Array[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return Buffer.concat(collected);
}

async function zipped(limits?: ZipLimits): Promise<Buffer> {
  const entries = Object.entries(CONTENTS).map(([path, content]) => ({
    path,
    modifiedMs: MODIFIED_MS,
    sizeBytes: content.length,
  }));
  const open = async function* ({ path }: { readonly path: string }) {
    const content = Buffer.from(CONTENTS[path] ?? '');
    for (let offset = 0; offset < content.length; offset += 70_000) yield content.subarray(offset, offset + 70_000);
  };
  return collect(zipOf(entries, open, limits));
}

/** What another program reads in it. */
async function readByOthers(zip: Buffer, program: string, args: readonly string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-zip-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'made.zip'), zip);
  const env = { PATH: process.env['PATH'], PYTHONUTF8: '1', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const { stdout } = await run(program, args, { cwd: directory, env, maxBuffer: 2 ** 24 });
  return stdout;
}

const READ = `
import json, zipfile
z = zipfile.ZipFile('made.zip')
assert z.testzip() is None
print(json.dumps({i.filename: [z.read(i).decode(), list(i.date_time), i.extract_version] for i in z.infolist()}))
`;

describe.each([
  ['small', undefined, 20],
  ['large enough for ZIP64, each file and all of it', { bytes: 1_000, entries: 2 }, 45],
])('a zip that is %s', (_label, limits, version) => {
  test.skipIf(!hasProgram('python3'))('is read by Python', async () => {
    const read = JSON.parse(await readByOthers(await zipped(limits), 'python3', ['-c', READ])) as Record<
      string,
      unknown
    >;
    const local = new Date(MODIFIED_MS);
    const time = [2026, 5, local.getDate(), local.getHours(), local.getMinutes(), 8];
    const wanted = Object.entries(CONTENTS).map(([path, content]) => [path, [content, time, version]]);
    expect(read).toEqual(Object.fromEntries(wanted));
  });

  test.skipIf(!hasProgram('unzip'))('is whole to Info-ZIP', async () => {
    expect(await readByOthers(await zipped(limits), 'unzip', ['-t', 'made.zip'])).toContain('No errors detected');
  });
});

test('the records of ZIP64 come with as many files as the old ones can not count', () => {
  const directory = { offset: 0, sizeBytes: 0 };
  expect(directoryEnd(65_534, directory, ZIP_LIMITS)).toHaveLength(22);
  expect(directoryEnd(65_535, directory, ZIP_LIMITS)).toHaveLength(98);
  expect(directoryEnd(1, { ...directory, offset: 2 ** 32 - 1 }, ZIP_LIMITS)).toHaveLength(98);
});

test('a zip whose content fails fails with that, and a reader who leaves closes what is open', async () => {
  const entries = [{ path: 'a', modifiedMs: 0, sizeBytes: 9e9 }];
  const failing = zipOf(entries, async function* () {
    yield Buffer.alloc(1_000_000);
    throw new Error('The source broke.');
  });
  await expect(collect(failing)).rejects.toThrow('The source broke.');
  const closed = Promise.withResolvers<true>();
  const left = zipOf(entries, async function* () {
    try {
      for (;;) yield Buffer.alloc(1_000_000);
    } finally {
      closed.resolve(true);
    }
  });
  await left.next();
  await left.next();
  await left.return();
  expect(await closed.promise).toBe(true);
});

test('a zip whose content is not as long as it was said to be is not made', async () => {
  const short = zipOf([{ path: 'a', modifiedMs: 0, sizeBytes: 3 }], async function* () {
    yield Buffer.from('ab');
  });
  await expect(collect(short)).rejects.toThrow('a has 2 bytes in place of 3.');
});
