import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { createTeam } from '../../support/two-way-team.ts';

describe('a run of a folder that is watched', () => {
  test('what failed in it is tried again in its time', async () => {
    const double = await useDouble();
    const { computers, bucket } = await createTeam(double, { folder: { mode: 'upload' } });
    const [computer] = computers;
    if (computer === undefined) throw new Error('There is one computer.');
    await computer.root.write('doc', 'x');
    await computer.watch();
    await expect.poll(() => bucket.keys(), { timeout: 10_000 }).toEqual(['doc']);
    const { client, folderId } = computer;
    const isQuiet = async () => (await client.call('folder.status', { id: folderId })).state === 'in-sync' || undefined;
    await pollUntil('the folder to be in sync', isQuiet);
    // Who only uploads does not hear of that.
    await bucket.remove('doc');
    const refusal = double.faults.add({ operation: 'PutObject', key: /doc/ }, { kind: 'error', code: 'AccessDenied' });
    expect(await computer.sync()).toMatchObject({ result: 'problems' });
    refusal.remove();
    // By the computer's clock ten minutes at most; a whole comparison comes after an hour.
    await expect.poll(() => bucket.keys(), { timeout: 40_000 }).toEqual(['doc']);
  }, 60_000);

  test('that is called off while another look waits for the server ends at once', async () => {
    const double = await useDouble();
    const { computers } = await createTeam(double, { folder: { mode: 'upload' } });
    const [computer] = computers;
    if (computer === undefined) throw new Error('There is one computer.');
    const { client, folderId } = computer;
    const hanging = double.faults.add({ operation: 'ListObjectsV2' }, { kind: 'hang' });
    await computer.watch();
    await pollUntil('a look', () => hanging.hits > 0 || undefined);
    const calledOff = new AbortController();
    const run = client.call('sync.once', { ids: [folderId] }, calledOff.signal).then(
      ({ result }) => result,
      (error: unknown) => (error as { code?: string }).code,
    );
    await pollUntil('the run to have reached the bucket', () => double.requests.count('HeadBucket') > 1 || undefined);
    calledOff.abort();
    expect(await Promise.race([run, delay(5_000, 'waits')])).not.toBe('waits');
  });
});
