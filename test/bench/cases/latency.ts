import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { pollUntil } from '../../support/loopback.ts';
import type { Bench } from '../bench.ts';
import type { CaseResult } from '../result.ts';
import { spreadOf } from '../rounds.ts';

/** How long a file that was written takes to be an object, while its folder is watched. */
export async function benchLatency(bench: Bench): Promise<CaseResult> {
  const bucket = await bench.freshBucket();
  const folder = await bench.ourFolder(join(bench.scratch, 'watched'), bucket);
  const program = await folder.watch();
  const files = bench.quick ? 5 : 30;
  const latenciesMs: number[] = [];
  try {
    for (let n = 0; n < files; n++) {
      const name = `file-${n}.bin`;
      await writeFile(join(folder.root, name), randomBytes(4_096));
      const writtenMs = performance.now();
      await pollUntil(`${name} in the bucket`, () => isThere(bench, bucket, name), { everyMs: 5 });
      latenciesMs.push(performance.now() - writtenMs);
    }
  } finally {
    await program.stop().catch((error: unknown) => bench.log(`  ${String(error)}`));
    await folder.remove();
  }
  const { median, min, max } = spreadOf(latenciesMs);
  const ms = [median, min, max].map((value) => `${value.toFixed(0)} ms`);
  return {
    table: { titles: ['files', 'median', 'min', 'max'], rows: [[String(files), ...ms]] },
    targets: [],
    remarks: [
      'From the last write to a file of 4 KiB until a HEAD finds the object, one file at a time. A file is taken up once it has been quiet for about a second.',
    ],
  };
}

async function isThere(bench: Bench, bucket: string, key: string): Promise<true | undefined> {
  try {
    await bench.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') return undefined;
    throw error;
  }
}
