import type { Bench } from './bench.ts';
import { measure, type Cost } from './measure.ts';
import type { PeerName } from '../support/peers.ts';
import { OURS } from './result.ts';
import type { Contender } from './rounds.ts';

/** How a peer is called. */
export interface PeerUse {
  readonly name: PeerName;
  /** As the reader would type it. */
  readonly command: string;
  readonly args: (bucket: string) => readonly string[];
}

/**
 * The first upload of a folder into a fresh bucket, ours and the peers' that are there.
 *
 * @param keeps whether the buckets stay until the end: taking many objects away takes longer than the upload.
 */
export function firstUploads(bench: Bench, root: string, keeps: boolean, peers: readonly PeerUse[]): Contender[] {
  const present = peers.filter(({ name }) => bench.peers.found.has(name));
  return [
    contender(OURS, 'rustfs-sync sync --once', (bucket) => ourUpload(bench, root, bucket)),
    ...present.map(({ name, command, args }) =>
      contender(name, command, (bucket) => measure(bench.peer(name, args(bucket)))),
    ),
  ];

  function contender(name: string, command: string, upload: (bucket: string) => Promise<Cost>): Contender {
    return {
      name,
      command,
      async run() {
        const bucket = await bench.freshBucket();
        const cost = await upload(bucket);
        if (!keeps) await bench.dropBucket(bucket);
        return cost;
      },
    };
  }
}

async function ourUpload(bench: Bench, root: string, bucket: string): Promise<Cost> {
  const folder = await bench.ourFolder(root, bucket);
  const cost = await folder.syncOnce();
  await folder.remove();
  return cost;
}
