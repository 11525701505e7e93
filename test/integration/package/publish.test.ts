import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { makeBucket } from '../../support/engine-bucket.ts';
import { CliWorld } from '../../support/engine-cli.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { REPOSITORY } from '../../support/package.ts';

const publish = (world: CliWorld, ...args: string[]) =>
  promisify(execFile)(process.execPath, [join(REPOSITORY, 'publish.ts'), ...args], {
    env: { ...process.env, RUSTFS_SYNC_HOME: world.home, NODE_OPTIONS: '' },
  });

test('a release goes into a bucket with its feed last, and without what is none of it', async () => {
  const double = await useDouble();
  const bucket = await makeBucket(double);
  const world = await CliWorld.make();
  await world.addAccount(double);
  for (const name of ['latest-linux.yml', 'App.deb', 'App.AppImage', 'builder-debug.yml'])
    await writeFile(join(world.root.path, name), name);
  const { stdout } = await publish(world, `test:${bucket.name}/app/`, world.root.path);
  expect(stdout).toContain('2 packages and 1 feeds');
  const keys = ['app/App.AppImage', 'app/App.deb', 'app/latest-linux.yml'];
  const put = double.requests.of('PutObject').map(({ key }) => key);
  expect(put).toEqual(keys);
  expect(await bucket.etag('app/builder-debug.yml')).toBeUndefined();
});

test('a release that does not arrive leaves the feed as it was', async () => {
  const double = await useDouble();
  const bucket = await makeBucket(double);
  const world = await CliWorld.make();
  await world.addAccount(double);
  for (const name of ['latest.yml', 'App.exe']) await writeFile(join(world.root.path, name), name);
  const fault = double.faults.add(
    { operation: 'PutObject', key: /App\.exe$/ },
    { kind: 'error', code: 'AccessDenied' },
  );
  await expect(publish(world, `test:${bucket.name}`, world.root.path)).rejects.toThrow();
  expect(fault.hits).toBeGreaterThan(0);
  expect(await bucket.etag('latest.yml')).toBeUndefined();
});
