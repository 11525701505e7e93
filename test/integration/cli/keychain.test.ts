import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CliWorld, type CliResult } from '../../support/engine-cli.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { KEYCHAIN_IS_HERE, startKeychain } from '../../support/keychain.ts';
import type { S3Access } from '../../support/s3-client.ts';

function addAccount(world: CliWorld, server: S3Access, keychain: Record<string, string>): Promise<CliResult> {
  const { endpoint, accessKey, secretKey } = server;
  const where = ['--endpoint', endpoint, '--access-key', accessKey, '--secret-key-env', 'TEST_SECRET'];
  return world.run(['account', 'add', 'home', ...where], { ...keychain, TEST_SECRET: secretKey });
}

test.runIf(KEYCHAIN_IS_HERE)('a secret lives in the keychain alone, and leaves with its account', async () => {
  const server = await useDouble();
  const keychain = await startKeychain();
  const world = await CliWorld.make();
  expect(await addAccount(world, server, keychain)).toMatchObject({ exitCode: 0 });
  expect(existsSync(join(world.home, 'secrets.json'))).toBe(false);
  for (const name of readdirSync(world.home)) {
    expect(readFileSync(join(world.home, name)).includes(server.secretKey), name).toBe(false);
  }
  expect(await world.run(['account', 'test', 'home'], keychain)).toMatchObject({ exitCode: 0 });

  const elsewhere = await world.run(['account', 'test', 'home'], await startKeychain());
  expect(elsewhere).toMatchObject({ exitCode: 2 });
  expect(elsewhere.stderr).toContain('is not in the keychain any more');

  expect(await world.run(['account', 'remove', 'home'], keychain)).toMatchObject({ exitCode: 0 });
  expect(await addAccount(world, server, keychain)).toMatchObject({ exitCode: 0 });
});

test.runIf(process.platform === 'linux')('without a keychain, the way on is told and nothing is kept', async () => {
  const server = await useDouble();
  const world = await CliWorld.make();
  const added = await addAccount(world, server, { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' });
  expect(added.exitCode).not.toBe(0);
  expect(added.stderr).toContain('--store-secret-in-file');
  expect(added.stderr).not.toContain(server.secretKey);
  expect((await world.run(['account', 'list', '--json'])).stdout.trim()).toBe('[]');
});
