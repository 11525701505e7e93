import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { pollUntil } from '../../support/loopback.ts';
import { plainClient, type S3Access } from '../../support/s3-client.ts';
import { startS3Double } from '../../support/s3-double/index.ts';
import type { Bench } from '../bench.ts';
import { OurFolder } from '../ours.ts';
import type { CaseResult } from '../result.ts';
import { spreadOf } from '../rounds.ts';

const MOST_SECONDS = 2;
/** A server that is only polled makes each file wait for up to half a minute. */
const LONGEST_SECONDS = 150;

/** How long a file that was written takes to be on another computer, while both watch. */
export async function benchLive(bench: Bench): Promise<CaseResult> {
  const double = await startS3Double();
  const doubleMs = await measureOn(bench, double, 'double').finally(() => double.close());
  const serverMs = await measureOn(bench, bench.server, 'server');
  const rows = [
    rowOf('S3 double, with live events', doubleMs),
    rowOf(`${bench.server.name}, which may hold its events back`, serverMs),
  ];
  const { median } = spreadOf(doubleMs);
  return {
    table: { titles: ['server', 'files', 'median', 'min', 'worst'], rows },
    targets: [
      {
        goal: 'Within 2 s with live events (median)',
        measured: `${(median / 1_000).toFixed(2)} s`,
        met: median <= 1_000 * MOST_SECONDS,
      },
    ],
    remarks: [
      'Two engines in two-way mode, each a process of its own. From the last write to a file of 4 KiB on one until the other has it whole, one file at a time; the second that a file has to be quiet for is in it. The double runs in the process that measures and sends events as RustFS does; a server that holds them back is listed every half minute.',
    ],
  };
}

async function measureOn(bench: Bench, access: S3Access, label: string): Promise<number[]> {
  const bucket = `bench-live-${process.pid}`;
  const client = plainClient(access);
  await client.send(new CreateBucketCommand({ Bucket: bucket })).finally(() => client.destroy());
  const [from, to] = await Promise.all(
    ['a', 'b'].map((side) =>
      OurFolder.add(bench.scratch, access, join(bench.scratch, `${label}-${side}`), bucket, 'two-way'),
    ),
  );
  if (from === undefined || to === undefined) throw new Error('Two folders were asked for.');
  const programs = await Promise.all([from.watch(), to.watch()]);
  try {
    // The listing that follows when events begin must not be what finds the first file.
    await delay(3_000);
    return await latencies(from.root, to.root, bench.quick ? 10 : 30);
  } finally {
    for (const program of programs) await program.stop().catch((error: unknown) => bench.log(`  ${String(error)}`));
    await Promise.all([from.remove(), to.remove()]);
  }
}

async function latencies(from: string, to: string, files: number): Promise<number[]> {
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  for (let n = 0; n < files && performance.now() - startMs < 1_000 * LONGEST_SECONDS; n++) {
    const name = `file-${n}.bin`;
    const content = randomBytes(4_096);
    await writeFile(join(from, name), content);
    const writtenMs = performance.now();
    await pollUntil(
      `${name} on the other side`,
      async () =>
        (await readFile(join(to, name)).catch(() => undefined))?.equals(content) === true ? true : undefined,
      { everyMs: 5, deadlineMs: 120_000 },
    );
    latenciesMs.push(performance.now() - writtenMs);
  }
  return latenciesMs;
}

function rowOf(server: string, latenciesMs: readonly number[]): string[] {
  const { median, min, max } = spreadOf(latenciesMs);
  return [server, String(latenciesMs.length), ...[median, min, max].map((ms) => `${(ms / 1_000).toFixed(2)} s`)];
}
