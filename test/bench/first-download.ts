import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { measure, type Cost } from './measure.ts';
import { OurFolder } from './ours.ts';
import type { PeerName } from '../support/peers.ts';
import { OURS } from './result.ts';
import type { Contender } from './rounds.ts';

/** How a peer is called. */
export interface PeerDownload {
  readonly name: PeerName;
  /** What tells this row from the peer's others. */
  readonly how?: string;
  /** As the reader would type it. */
  readonly command: string;
  readonly args: (directory: string) => readonly string[];
  /** What is flushed to the disk after it, as ours is: the arguments of `sync`. Undefined: nothing. */
  readonly flush?: (directory: string) => readonly string[];
}

/** Of another program that leaves it to the system when its files reach the disk, once more with that in its time. */
export function withFlush(peer: PeerDownload, command: string, flush: PeerDownload['flush']): PeerDownload[] {
  // Elsewhere `sync` takes no names.
  if (process.platform !== 'linux' || flush === undefined) return [peer];
  return [peer, { ...peer, how: 'flushed', command: `${peer.command}; ${command}`, flush }];
}

/**
 * The first download of a bucket into an empty directory, ours and the peers' that are there.
 *
 * @param left what was downloaded goes `at once`, or stays until the bench ends: a disk like ext4 makes files slowly where many
 * have just been removed, and the next program would pay for it.
 */
export function firstDownloads(
  bench: Bench,
  bucket: string,
  peers: readonly PeerDownload[],
  left: 'at once' | 'at the end',
): Contender[] {
  const present = peers.filter(({ name }) => bench.peers.found.has(name));
  return [
    contender(OURS, 'rustfs-sync sync --once', (directory) => ourDownload(bench, bucket, directory)),
    ...present.map(({ name, how, command, args, flush }) =>
      contender(how === undefined ? name : `${name}, ${how}`, command, async (directory) => {
        const cost = await measure(bench.peer(name, args(directory)));
        return flush === undefined ? cost : sumOf(cost, await measure({ file: 'sync', args: flush(directory) }));
      }),
    ),
  ];

  function contender(name: string, command: string, download: (directory: string) => Promise<Cost>): Contender {
    return {
      name,
      command,
      async run() {
        const directory = await mkdtemp(join(bench.scratch, 'into-'));
        try {
          return await download(directory);
        } finally {
          if (left === 'at once') await rm(directory, { recursive: true, force: true });
        }
      },
    };
  }
}

/** Of one program after the other. */
function sumOf(a: Cost, b: Cost): Cost {
  const isCpuKnown = a.cpuSeconds !== undefined && b.cpuSeconds !== undefined;
  return {
    wallSeconds: a.wallSeconds + b.wallSeconds,
    cpuSeconds: isCpuKnown ? a.cpuSeconds + b.cpuSeconds : undefined,
    // What only moves bytes from memory to the disk needs none.
    peakRssBytes: a.peakRssBytes,
  };
}

/** A bucket that holds what is below a directory; uploaded with ours and not counted. */
export async function filledBucket(bench: Bench, root: string): Promise<string> {
  const bucket = await bench.freshBucket();
  const folder = await bench.ourFolder(root, bucket);
  await folder.syncOnce();
  await folder.remove();
  return bucket;
}

async function ourDownload(bench: Bench, bucket: string, directory: string): Promise<Cost> {
  const folder = await OurFolder.add(bench.scratch, bench.server, directory, bucket, 'download');
  const cost = await folder.syncOnce();
  await folder.remove();
  return cost;
}
