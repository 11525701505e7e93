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
  /** As the reader would type it. */
  readonly command: string;
  readonly args: (directory: string) => readonly string[];
}

/** The first download of a bucket into an empty directory, ours and the peers' that are there. */
export function firstDownloads(bench: Bench, bucket: string, peers: readonly PeerDownload[]): Contender[] {
  const present = peers.filter(({ name }) => bench.peers.found.has(name));
  return [
    contender(OURS, 'rustfs-sync sync --once', (directory) => ourDownload(bench, bucket, directory)),
    ...present.map(({ name, command, args }) =>
      contender(name, command, (directory) => measure(bench.peer(name, args(directory)))),
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
          await rm(directory, { recursive: true, force: true });
        }
      },
    };
  }
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
