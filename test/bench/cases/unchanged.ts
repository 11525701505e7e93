import type { Bench } from '../bench.ts';
import { measure } from '../measure.ts';
import { againstFastest, measuredTable, OURS, type CaseResult } from '../result.ts';
import { runRounds, type Contender } from '../rounds.ts';

/** A pass over 100,000 files of which none has changed. */
export async function benchUnchanged(bench: Bench): Promise<CaseResult> {
  const folder = await bench.manyFiles();
  const { root } = folder;
  const contenders: Contender[] = [{ name: OURS, command: 'rustfs-sync sync --once', run: () => folder.syncOnce() }];
  if (bench.peers.found.has('rclone')) {
    const target = await uploadedByRclone(bench, root);
    for (const flags of [[], ['--size-only'], ['--checksum'], ['--checksum', '--fast-list']]) {
      const name = ['rclone sync', ...flags].join(' ');
      const command = bench.peer('rclone', ['sync', ...flags, root, target]);
      contenders.push({ name, command: `${name} DIR REMOTE:BUCKET`, run: () => measure(command) });
    }
  }
  const missing = new Map([...bench.peers.missing].filter(([name]) => name === 'rclone'));
  const measured = await runRounds(contenders, bench);
  return {
    table: measuredTable(measured, missing),
    targets: [againstFastest('Faster than `rclone sync`', measured, ['rclone sync'], 1)],
    remarks: [
      'Every program compares with what it uploaded itself, so that the times kept with the objects are its own.',
      'By default rclone asks for the time of each object with a request of its own; the rows with flags compare less or otherwise.',
    ],
  };
}

async function uploadedByRclone(bench: Bench, root: string): Promise<string> {
  const target = `bench:${await bench.freshBucket()}`;
  bench.log('  uploading with rclone (not counted)');
  await measure(bench.peer('rclone', ['sync', '--transfers', '32', root, target]));
  return target;
}
