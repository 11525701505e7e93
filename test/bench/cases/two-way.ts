import { join } from 'node:path';
import { startWireProxy } from '../../support/wire-proxy.ts';
import type { Bench } from '../bench.ts';
import { measure } from '../measure.ts';
import { OurFolder } from '../ours.ts';
import { mb, OURS, type CaseResult } from '../result.ts';
import { runRounds, type Contender, type Measured } from '../rounds.ts';

const FIRST = 'first pass';
const NEXT = 'next pass';

/** Both sides hold the same 100,000 files, and nobody remembers that: the first two-way pass, and the one after it. */
export async function benchTwoWay(bench: Bench): Promise<CaseResult> {
  const { root, bucket } = await bench.manyFiles();
  const moved = await contentMoved(bench, root, bucket);

  let ours: OurFolder | undefined;
  const folder = () => {
    if (ours === undefined) throw new Error('The first pass comes first.');
    return ours;
  };
  const contenders: Contender[] = [
    {
      name: `${OURS}, ${FIRST}`,
      command: 'rustfs-sync sync --once',
      async run() {
        await ours?.remove();
        ours = await OurFolder.add(bench.scratch, bench.server, root, bucket, 'two-way');
        return ours.syncOnce();
      },
    },
    { name: `${OURS}, ${NEXT}`, command: 'rustfs-sync sync --once', run: () => folder().syncOnce() },
  ];
  if (bench.peers.found.has('rclone')) {
    // Ours leaves its mark in the folder, which is not the other's to sync.
    const args = ['bisync', root, `bench:${bucket}`, '--workdir', join(bench.scratch, 'bisync')];
    const own = ['--exclude', '/.rustfs-sync/**'];
    const bisync = (more: readonly string[]) => measure(bench.peer('rclone', [...args, ...own, ...more]));
    contenders.push(
      {
        name: `rclone bisync, ${FIRST}`,
        command: 'rclone bisync DIR REMOTE:BUCKET --resync',
        run: () => bisync(['--resync']),
      },
      { name: `rclone bisync, ${NEXT}`, command: 'rclone bisync DIR REMOTE:BUCKET', run: () => bisync([]) },
    );
  }
  const measured = await runRounds(contenders, { rounds: 1, warmUp: false, log: bench.log });
  await ours?.remove();
  return {
    table: {
      titles: ['', 'first pass, seconds', 'CPU seconds', 'next pass, seconds', 'CPU seconds', 'peak RSS'],
      rows: [OURS, ...(bench.peers.found.has('rclone') ? ['rclone bisync'] : [])].map((name) => rowOf(name, measured)),
    },
    targets: [
      {
        goal: 'The first pass over 100,000 equal files moves no content',
        measured: `${moved.bytesSent} bytes sent in bodies, ${moved.fetchedObjects} objects fetched, ${moved.requests} requests`,
        met: moved.bytesSent === 0 && moved.fetchedObjects === 0,
      },
    ],
    remarks: [
      'One run of each. What was moved was counted in a run of its own, through a proxy. Ours asks once for each object that the listing alone says to be there before it believes in it; rclone asks each time, for the times kept with the objects.',
    ],
  };
}

function rowOf(name: string, measured: readonly Measured[]): string[] {
  const passes = [FIRST, NEXT].map((pass) => measured.find((one) => one.name === `${name}, ${pass}`));
  const seconds = passes.flatMap((pass) => [
    pass?.wallSeconds.median.toFixed(1) ?? '-',
    pass?.cpuSeconds?.median.toFixed(1) ?? '-',
  ]);
  return [name, ...seconds, mb(Math.max(...passes.map((pass) => pass?.peakRssBytes?.median ?? 0)))];
}

async function contentMoved(bench: Bench, root: string, bucket: string) {
  const proxy = await startWireProxy(bench.server.endpoint);
  try {
    const folder = await OurFolder.add(
      bench.scratch,
      { ...bench.server, endpoint: proxy.endpoint },
      root,
      bucket,
      'two-way',
    );
    proxy.requests.length = 0;
    await folder.syncOnce();
    await folder.remove();
    const isFetch = (one: { method: string; query: string }) => one.method === 'GET' && one.query === '';
    return {
      requests: proxy.requests.length,
      bytesSent: proxy.requests.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
      fetchedObjects: proxy.requests.filter(isFetch).length,
    };
  } finally {
    await proxy.close();
  }
}
