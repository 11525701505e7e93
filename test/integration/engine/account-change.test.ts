import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ErrorCode } from '../../../src/api/index.ts';
import type { SecretStore } from '../../../src/core/environment.ts';
import { startProxy } from '../remote/support.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { withMethods, withStore } from '../../support/with-methods.ts';

const NEW_KEYS = { accessKey: 'rotated-access', secretKey: 'rotated-secret-key' };
const SIGN_IN = { name: 'test', accessKeyId: NEW_KEYS.accessKey, secretAccessKey: NEW_KEYS.secretKey };

/** The secret that the engine holds for the world's account. */
async function secretOf({ state, environment }: World) {
  const account = state.accounts.byName('test');
  return environment.secrets.get(account?.id ?? '', account?.secretPlace ?? 'file');
}

async function untilStopped({ client, folderId }: World, code: ErrorCode): Promise<void> {
  await pollUntil(`the folder to stop with ${code}`, async () => {
    const status = await client.call('folder.status', { id: folderId });
    return (status.state === 'stopped' && status.code === code) || undefined;
  });
}

test.each(['192.168.1.5 2', '[fd00::5]', 'a/b', '-x', 'x'.repeat(64)])(
  'an account can not be called %s, which no command could say',
  async (name) => {
    const { client } = await createWorld(await useDouble());
    const keys = { endpoint: 'http://127.0.0.1:9', accessKeyId: 'a', secretAccessKey: 'b' };
    await expect(client.call('account.add', { name, ...keys })).rejects.toMatchObject({ code: 'invalid-argument' });
  },
);

test('of two accounts of one name that are added at the same moment, one is refused, and leaves no secret', async () => {
  const double = await useDouble();
  const world = await createWorld(double);
  const add = () =>
    world.client.call('account.add', {
      name: 'second',
      endpoint: double.endpoint,
      accessKeyId: double.accessKey,
      secretAccessKey: double.secretKey,
      storeSecretInFile: true,
    });
  const both = await Promise.allSettled([add(), add()]);
  expect(both.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { code: 'account-exists' } }]);
  const secrets = JSON.parse(await readFile(join(world.home, 'secrets.json'), 'utf8')) as object;
  expect(Object.keys(secrets).sort()).toEqual(
    world.state.accounts
      .list()
      .map(({ id }) => id)
      .sort(),
  );
});

describe('changing an account', () => {
  test('a folder that stands on a replaced key goes on with the new one at once', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.watch();
    double.setKeys(NEW_KEYS);
    await world.root.write('a.txt', 'one');
    await untilStopped(world, 'unknown-access-key');

    const changed = await world.client.call('account.set', SIGN_IN);
    expect(changed).toMatchObject({ accessKeyId: NEW_KEYS.accessKey, region: 'us-east-1', secretPlace: 'file' });
    // By itself it would try again after half a minute, and with the old key.
    const arrived = async () => {
      const { state, filesInSync } = await world.client.call('folder.status', { id: world.folderId });
      return (state === 'in-sync' && filesInSync === 1) || undefined;
    };
    await pollUntil('the file to arrive', arrived, { deadlineMs: 15_000 });
    expect(await world.problemCodes()).toEqual([]);
  });

  test('new keys are kept over a restart', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    double.setKeys(NEW_KEYS);
    await world.client.call('account.set', SIGN_IN);
    await world.restart();
    await world.root.write('a.txt', 'one');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
  });

  test('a key that the server refuses changes nothing', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const set = world.client.call('account.set', { ...SIGN_IN, region: 'eu-1' });
    await expect(set).rejects.toMatchObject({ code: 'unknown-access-key' });
    const wrong = world.client.call('account.set', { name: 'test', secretAccessKey: 'not the right one' });
    await expect(wrong).rejects.toMatchObject({ code: 'wrong-secret-key' });
    expect(await world.client.call('account.list', {})).toMatchObject([
      { accessKeyId: double.accessKey, region: 'us-east-1' },
    ]);
    expect(await secretOf(world)).toEqual({ secretAccessKey: double.secretKey });
    await world.root.write('a.txt', 'one');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
  });

  test('an access key without its secret key is refused', async () => {
    const world = await createWorld(await useDouble());
    const set = world.client.call('account.set', { name: 'test', accessKeyId: 'another' });
    await expect(set).rejects.toThrow('The secret key of the new access key is missing.');
  });

  test('a run that waits for a server goes on over the new way', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.root.write('a.txt', 'one');
    const fault = double.faults.add({ operation: 'PutObject', key: /^a\.txt$/ }, { kind: 'hang' });
    const run = world.sync();
    await pollUntil('the upload to hang', () => fault.hits > 0 || undefined);
    fault.remove();
    await world.client.call('account.set', { name: 'test', secretAccessKey: double.secretKey });
    expect(await run).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
  });

  test('live events come again at once, where the old key was not allowed to listen', async () => {
    const double = await useDouble();
    const fault = double.faults.add({ operation: 'ListenBucketNotification' }, { kind: 'error', code: 'AccessDenied' });
    const world = await createWorld(double, { mode: 'two-way' });
    await world.watch();
    await pollUntil('the refusal', () => fault.hits > 0 || undefined);
    fault.remove();
    // By itself it would ask again after half an hour.
    await world.client.call('account.set', { name: 'test', secretAccessKey: double.secretKey });
    await pollUntil('live events', async () => {
      const { liveEvents } = await world.client.call('folder.status', { id: world.folderId });
      return liveEvents === true || undefined;
    });
  });

  test('a keychain that asks its person, and is refused, holds nobody up who only looks', async () => {
    const answer = Promise.withResolvers<never>();
    const asked = { times: 0, isLocked: false };
    const world = await createWorld(await useDouble(), {
      wrap: (environment) => {
        const get: SecretStore['get'] = (...of) => {
          if (!asked.isLocked) return environment.secrets.get(...of);
          asked.times += 1;
          return answer.promise;
        };
        return { ...environment, secrets: withMethods(environment.secrets, { get }) };
      },
    });
    asked.isLocked = true;
    await world.restart();
    const testing = world.client.call('account.test', { name: 'test' });
    await pollUntil('the question', async () => asked.times > 0 || undefined);
    expect((await world.client.call('status.get', {})).folders).toMatchObject([{ state: 'not-running' }]);
    const status = world.client.call('folder.status', { id: world.folderId });
    answer.reject(new Error('No, thank you.'));
    await expect(testing).rejects.toThrow('No, thank you.');
    expect(await status).toMatchObject({ state: 'not-running' });
  });

  test('a session token goes with the key that it came with', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const set = (change: object) => world.client.call('account.set', { name: 'test', ...change });
    await set({ sessionToken: 'for an hour' });
    expect(await secretOf(world)).toEqual({ secretAccessKey: double.secretKey, sessionToken: 'for an hour' });
    await set({ region: 'us-east-1' });
    expect(await secretOf(world)).toMatchObject({ sessionToken: 'for an hour' });
    await set({ secretAccessKey: double.secretKey });
    expect(await secretOf(world)).toEqual({ secretAccessKey: double.secretKey });
  });

  test('the name and password for a proxy are kept with the keys, and never in its address', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const proxy = await startProxy('hunter2-hunter2');
    onTestFinished(() => proxy.close());
    const set = (change: object) => world.client.call('account.set', { name: 'test', ...change });
    await expect(set({ proxy: proxy.url })).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(set({ proxy: proxy.withoutPassword })).rejects.toThrow(/asks for a name and password/);
    await expect(set({ proxy: proxy.withoutPassword, proxyUser: 'me' })).rejects.toThrow(
      /password for the proxy is missing/,
    );
    const login = { proxyUser: 'me', proxyPassword: 'hunter2-hunter2' };
    const changed = await set({ proxy: proxy.withoutPassword, ...login });
    expect(changed).toMatchObject({ proxy: proxy.withoutPassword });
    expect(JSON.stringify([changed, world.state.accounts.list()])).not.toContain('hunter2');
    expect(await secretOf(world)).toMatchObject({ proxy: { user: 'me', password: 'hunter2-hunter2' } });
    await world.root.write('a.txt', 'one');
    expect(await world.sync()).toMatchObject({ result: 'in-sync', uploadedFiles: 1 });
    expect(proxy.seen.length).toBeGreaterThan(1);
    // Another proxy is not shown them.
    await set({ proxy: null });
    expect(await secretOf(world)).toEqual({ secretAccessKey: double.secretKey });
  });

  test('what the server honours is found out anew where another may answer, and not for other keys', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.sync();
    const { id = '' } = world.state.accounts.byName('test') ?? {};
    const known = () => world.state.accounts.capabilities(id, world.bucket.name);
    expect(known()).toBeDefined();
    double.setKeys(NEW_KEYS);
    await world.client.call('account.set', SIGN_IN);
    expect(known()).toBeDefined();
    await world.client.call('account.set', { name: 'test', pathStyle: false });
    expect(known()).toBeUndefined();
  });

  test('of two changes at once, the one that signs in more slowly does not bring the old key back', async () => {
    const double = await useDouble();
    const held = Promise.withResolvers<undefined>();
    const slow = { isNext: false, hasAnswered: false };
    const world = await createWorld(double, {
      wrap: withStore((store) => ({
        listBuckets: async (signal) => {
          const isHeld = slow.isNext;
          slow.isNext = false;
          const buckets = await store.listBuckets(signal);
          slow.hasAnswered ||= isHeld;
          if (isHeld) await held.promise;
          return buckets;
        },
      })),
    });
    slow.isNext = true;
    const region = world.client.call('account.set', { name: 'test', region: 'us-east-1' });
    await pollUntil('it to have signed in', () => slow.hasAnswered || undefined);
    double.setKeys(NEW_KEYS);
    const keys = world.client.call('account.set', SIGN_IN);
    await Promise.race([keys, delay(300)]);
    held.resolve(undefined);
    await Promise.all([region, keys]);
    expect(await secretOf(world)).toEqual({ secretAccessKey: NEW_KEYS.secretKey });
    expect(await world.client.call('account.test', { name: 'test' })).toEqual({ buckets: 1 });
  });

  test('the address that links name is changed without asking the server', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    double.requests.clear();
    const publicEndpoint = 'https://files.example.com';
    const set = world.client.call('account.set', { name: 'test', publicEndpoint });
    expect(await set).toMatchObject({ publicEndpoint });
    const unset = await world.client.call('account.set', { name: 'test', publicEndpoint: null });
    expect(unset).not.toHaveProperty('publicEndpoint');
    expect(double.requests.count()).toBe(0);
  });
});
