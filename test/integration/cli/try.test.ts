import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CliWorld, type CliRun } from '../../support/engine-cli.ts';
import { pollUntil } from '../../support/loopback.ts';

/** A directory for temporary files of its own. */
async function temporaryPlace() {
  const place = await realpath(await mkdtemp(join(tmpdir(), 'rustfs-sync-tmp-')));
  onTestFinished(() => rm(place, { recursive: true, force: true, maxRetries: 5 }));
  return { env: { TMPDIR: place }, place, trials: async () => (await readdir(place)).filter((n) => /-trial-/.test(n)) };
}

async function untilItWatches(run: CliRun): Promise<void> {
  const isWatching = () => (run.written.stderr.includes('Now it keeps watching') ? true : undefined);
  await pollUntil('the trial that watches', isWatching, { deadlineMs: 60_000 });
}

describe.skipIf(process.platform === 'win32')('the directory of a trial', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'goes with %s',
    async (signal) => {
      const { env, trials } = await temporaryPlace();
      const run = (await CliWorld.make()).start(['try'], env);
      await untilItWatches(run);
      expect(await trials()).toHaveLength(1);
      run.kill(signal);
      expect((await run.done).exitCode).toBe(0);
      expect(await trials()).toEqual([]);
    },
    120_000,
  );

  test('goes with the next trial when its process was killed, and no other one does', async () => {
    const { env, place, trials } = await temporaryPlace();
    const world = await CliWorld.make();
    const killed = world.start(['try'], env);
    await untilItWatches(killed);
    const [dead = ''] = await trials();
    killed.kill('SIGKILL');
    await killed.done;
    const alive = world.start(['try'], env);
    await untilItWatches(alive);
    const [live = '', ...others] = await trials();
    expect(others).toEqual([]);
    expect(live).not.toBe(dead);
    // Of nobody who says so, of another computer, and elsewhere behind a link.
    for (const name of ['none00', 'other0', 'target']) await mkdir(join(place, `rustfs-sync-trial-${name}`));
    await writeFile(join(place, 'rustfs-sync-trial-other0', 'process'), `${killed.pid} not-${hostname()}\n`);
    await mkdir(join(place, 'elsewhere'));
    await writeFile(join(place, 'elsewhere', 'process'), `${killed.pid} ${hostname()}\n`);
    await symlink(join(place, 'elsewhere'), join(place, 'rustfs-sync-trial-linked'));
    const kept = await trials();
    expect((await world.run(['try', '--once'], env)).exitCode).toBe(0);
    expect((await trials()).sort()).toEqual(kept.sort());
    expect(await readdir(join(place, 'elsewhere'))).toEqual(['process']);
    expect(await readdir(join(place, live))).toContain('state');
  }, 180_000);
});
