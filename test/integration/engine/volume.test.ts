import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { MIB, randomContent, sha256 } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer } from '../../support/engine-servers.ts';

/** The whole thing: RUSTFS_SYNC_VOLUME_FILES=10000 RUSTFS_SYNC_VOLUME_MIB=1024. */
const FILES = Number(process.env['RUSTFS_SYNC_VOLUME_FILES'] ?? 1_500);
const LARGE_MIB = Number(process.env['RUSTFS_SYNC_VOLUME_MIB'] ?? 48);
const run = promisify(execFile);

const NAMES: readonly string[] = [
  'with space/a b  c.txt',
  ' leading and trailing ',
  'plus+and%20percent%/100%+.txt',
  'hash#mark?question&amp;=.txt',
  'quotes\'"`$(x);|<>*[].txt',
  'back\\slash',
  'emoji 🎉/👩‍👩‍👧‍👦.txt',
  '中文目录/文件名.txt',
  'nfd-cafe\u0301/re\u0301sume\u0301.txt',
  'العربية/קובץ.txt',
  '-dash-first',
  '...dots',
  'tab\tand\u0001control',
  'n'.repeat(250),
  '长'.repeat(83),
  `${'deep/'.repeat(59)}file`,
];

/** The path of a program that other people made for S3, or undefined. */
async function findProgram(name: string): Promise<string | undefined> {
  const directories = [
    join(homedir(), '.cache', 'rustfs-sync', 'bin'),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  for (const directory of directories) {
    const path = join(directory, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

/** Compares disk and bucket byte for byte with rclone. @returns false where there is no rclone. */
async function checkWithRclone(world: World): Promise<boolean> {
  const rclone = await findProgram('rclone');
  if (rclone === undefined) return false;
  const { endpoint, accessKey, secretKey } = sharedServer();
  const env = {
    ...process.env,
    RCLONE_CONFIG: join(world.home, 'no-rclone.conf'),
    RCLONE_CONFIG_T_TYPE: 's3',
    RCLONE_CONFIG_T_PROVIDER: 'Minio',
    RCLONE_CONFIG_T_ENDPOINT: endpoint,
    RCLONE_CONFIG_T_ACCESS_KEY_ID: accessKey,
    RCLONE_CONFIG_T_SECRET_ACCESS_KEY: secretKey,
    RCLONE_CONFIG_T_ENCODING: 'None',
    RCLONE_LOCAL_ENCODING: 'None',
  };
  const args = ['check', '--download', '--exclude', '/.rustfs-sync/**', '--exclude', '/.rustfs-sync-trash/**'];
  await run(rclone, [...args, world.root.path, `t:${world.bucket.name}`], { env, maxBuffer: 64 * MIB });
  return true;
}

describe.skipIf(isWithoutRealServer)('everything that a folder can hold', () => {
  test(
    `${FILES} files of 4 KiB, one of ${LARGE_MIB} MiB, an empty one and hard names are in the bucket byte for byte`,
    { timeout: 120_000 + FILES * 60 + LARGE_MIB * 300 },
    async () => {
      const world = await createWorld(sharedServer());
      const hashes = new Map<string, string>();
      const add = async (path: string, content: Uint8Array) => {
        await world.root.write(path, content);
        hashes.set(path.normalize('NFC'), sha256(content));
      };
      for (let i = 0; i < FILES; i++) await add(`files/${i % 37}/${i}.bin`, randomContent(4096));
      for (const name of NAMES) await add(name, Buffer.from(`content of ${name}`));
      await add('empty', new Uint8Array(0));
      await add('large.bin', randomContent(LARGE_MIB * MIB));

      const startMs = performance.now();
      expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: hashes.size });
      const seconds = (performance.now() - startMs) / 1000;
      console.log(
        `Uploaded ${hashes.size} files in ${seconds.toFixed(1)} s (${Math.round(hashes.size / seconds)} a second)`,
      );
      expect(await world.problemCodes()).toEqual([]);

      expect(new Set(await world.bucket.keys())).toEqual(new Set(hashes.keys()));
      const isChecked = await checkWithRclone(world);
      onTestFinished(() => console.log(isChecked ? 'Compared by rclone.' : 'Compared by the SDK: no rclone here.'));
      for (const [path, hash] of hashes) {
        if (isChecked && path.startsWith('files/')) continue;
        expect({ path, hash: sha256(await world.bucket.get(path)) }).toEqual({ path, hash });
      }
      expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 0 });
    },
  );
});
