import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startWireProxy, type WireProxy } from '../../support/wire-proxy.ts';
import type { Bench } from '../bench.ts';
import { smallFiles } from '../fixtures.ts';
import { OurFolder } from '../ours.ts';
import type { CaseResult } from '../result.ts';

interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly requests: number;
  readonly bodyBytes: number;
  readonly fetchedObjects: number;
}

/** The directory that gets another name, and how fast its content can be sent. */
interface Directory {
  /** A multiple of 100. */
  readonly files: number;
  readonly fileBytes: number;
  /** As `config upload-limit` takes it; without one, as fast as it goes. */
  readonly uploadLimit?: string;
}

/** A directory of 30,000 files that gets another name: on the computer where that happens, and on another one. */
export async function benchMoves(bench: Bench): Promise<CaseResult> {
  const directory = { files: bench.quick ? 3_000 : 30_000, fileBytes: 1_024 };
  const remark = 'For files as small as these that is as much work for the server as receiving them.';
  return resultOf(directory, await measureSteps(bench, directory), remark);
}

/** The same where sending takes the time that it takes at home: 20 Mbit/s up. */
export async function benchMovesAtHome(bench: Bench): Promise<CaseResult> {
  const directory = { files: bench.quick ? 500 : 30_000, fileBytes: 64 * 1_024, uploadLimit: '2500kB/s' };
  const remark = 'Uploads are limited to 2,500 kB/s, which is what a line of 20 Mbit/s takes.';
  return resultOf(directory, await measureSteps(bench, directory), remark);
}

async function measureSteps(bench: Bench, directory: Directory): Promise<Step[]> {
  const proxy = await startWireProxy(bench.server.endpoint);
  try {
    return await measureThrough(proxy, bench, directory);
  } finally {
    await proxy.close();
  }
}

async function measureThrough(
  proxy: WireProxy,
  bench: Bench,
  { files, fileBytes, uploadLimit }: Directory,
): Promise<Step[]> {
  const parent = join(bench.scratch, 'moves-a');
  const tree = await smallFiles(parent, { directories: files / 100, filesPerDirectory: 100, fileBytes });
  const bucket = await bench.freshBucket();
  const access = { ...bench.server, endpoint: proxy.endpoint };
  const add = (root: string) => OurFolder.add(bench.scratch, access, root, bucket, 'two-way');
  const here = await add(parent);
  const there = await add(join(bench.scratch, 'moves-b'));
  if (uploadLimit !== undefined) await here.limitUploads(uploadLimit);
  const steps: Step[] = [];
  const step = async (name: string, folder: OurFolder) => {
    proxy.requests.length = 0;
    const { wallSeconds } = await folder.syncOnce();
    const bodyBytes = proxy.requests.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
    const fetchedObjects = proxy.requests.filter(({ method, query }) => method === 'GET' && query === '').length;
    steps.push({ name, seconds: wallSeconds, requests: proxy.requests.length, bodyBytes, fetchedObjects });
    bench.log(`  ${name}: ${wallSeconds.toFixed(1)} s`);
  };
  await step('first upload of the directory', here);
  await step('first download on the other computer', there);
  await rename(tree, join(parent, 'renamed'));
  await step('the bucket follows the new name', here);
  await step('the other computer follows', there);
  for (const folder of [here, there]) {
    await folder.remove();
    await rm(folder.root, { recursive: true, force: true });
  }
  return steps;
}

function resultOf({ files, fileBytes }: Directory, steps: readonly Step[], remark: string): CaseResult {
  const [upload, , bucketFollows, computerFollows] = steps;
  const share = (bucketFollows?.seconds ?? Number.NaN) / (upload?.seconds ?? Number.NaN);
  const moved = (bucketFollows?.bodyBytes ?? Number.NaN) + (computerFollows?.fetchedObjects ?? Number.NaN);
  return {
    table: {
      titles: ['', 'seconds', 'requests', 'requests per file', 'bytes sent in bodies', 'objects fetched'],
      rows: steps.map(({ name, seconds, requests, bodyBytes, fetchedObjects }) => [
        name,
        seconds.toFixed(1),
        String(requests),
        (requests / files).toFixed(2),
        String(bodyBytes),
        String(fetchedObjects),
      ]),
    },
    targets: [
      {
        goal: 'A renamed directory is renamed in the bucket and on another computer without sending its content',
        measured: `${bucketFollows?.bodyBytes} bytes sent, ${computerFollows?.fetchedObjects} objects fetched`,
        met: moved === 0,
      },
      {
        goal: 'The bucket is right in under 1/5 of the time of the upload',
        measured: `${share.toFixed(2)} of it`,
        met: share < 0.2,
      },
    ],
    remarks: [
      `${files} files of ${fileBytes / 1_024} KiB in ${files / 100} directories below one that is renamed. One run, through a proxy that counts the requests. A file is renamed by a copy in the server and a deletion, and only after its content was read and found unchanged. ${remark}`,
    ],
  };
}
