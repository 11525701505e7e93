import { describe, expect, test } from 'vitest';
import { makeBucket } from '../../support/engine-bucket.ts';
import { CliWorld } from '../../support/engine-cli.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { isWithoutRealServer, useOwnServer, useWireProxy } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';

describe.skipIf(isWithoutRealServer)('the real process, with a server that goes away', () => {
  test(
    'server-restarts: a server that is killed in the middle and comes back: the run goes on and ends in sync',
    { timeout: 120_000 },
    async ({ skip }) => {
      const server = await useOwnServer();
      if (server === undefined) return skip('The server of this run is not ours to kill.');
      const proxy = await useWireProxy(server.endpoint);
      proxy.addFault({ method: 'PUT', query: /partNumber/ }, { kind: 'delay', delayMs: 200 });
      const bucket = await makeBucket(server);
      const world = await CliWorld.make();
      await world.addAccount({ endpoint: proxy.endpoint, accessKey: server.accessKey, secretKey: server.secretKey });
      await world.addFolder(bucket.name);
      const content = randomContent(96 * MIB);
      await world.root.write('film', content);
      for (let i = 0; i < 40; i++) await world.root.write(`d/${i}`, `content ${i}`);
      proxy.requests.length = 0;
      const run = world.start(['sync', '--once', '--json']);
      const parts = () => proxy.requests.filter((one) => one.query.includes('partNumber'));
      await pollUntil('an acknowledged part', () =>
        parts().some((one) => one.upstreamStatus === 200) ? true : undefined,
      );
      await server.kill9();
      const failures = () => proxy.requests.filter((one) => one.upstreamStatus === undefined).length;
      const before = failures();
      // Long enough for the engine to find out and to wait for the server, with nothing on the wire.
      await pollUntil('failed requests', () => (failures() >= before + 3 ? true : undefined), { deadlineMs: 40_000 });
      expect(run.hasEnded()).toBe(false);
      // A server that has just begun refuses for a moment: that is a part of what is tested.
      await server.restart();
      const result = await run.done;
      expect(result).toMatchObject({ exitCode: 0 });
      expect((await bucket.get('film')).equals(content)).toBe(true);
      expect(await bucket.keys()).toHaveLength(41);
      expect(await bucket.unfinishedUploads()).toEqual([]);
    },
  );

  test(
    'server-down: a watching process waits for its server, and sends what changed meanwhile when it is back',
    { timeout: 120_000 },
    async ({ skip }) => {
      const server = await useOwnServer();
      if (server === undefined) return skip('The server of this run is not ours to kill.');
      const bucket = await makeBucket(server);
      const world = await CliWorld.make();
      await world.addAccount(server);
      await world.addFolder(bucket.name);
      await world.root.write('first', 'x');
      const run = world.start(['sync']);
      await pollUntil('the first file', async () => ((await bucket.etag('first')) === undefined ? undefined : true));
      const isIn = async (state: string) => {
        const { stdout } = await world.run(['status', '--json']);
        const { folders } = JSON.parse(stdout) as { readonly folders: readonly { readonly state: string }[] };
        return folders[0]?.state === state ? true : undefined;
      };
      await server.kill9();
      for (let i = 0; i < 8; i++) await world.root.write(`while-down/${i}`, 'x');
      await pollUntil('the engine to miss its server', async () => isIn('offline'));
      expect(run.hasEnded()).toBe(false);
      await server.restart();
      await pollUntil(
        'what changed meanwhile',
        async () => ((await bucket.keys().catch(() => [])).length === 9 ? true : undefined),
        { deadlineMs: 60_000 },
      );
      await pollUntil('the engine to be done', async () => isIn('in-sync'));
      run.kill('SIGINT');
      expect(await run.done).toMatchObject({ exitCode: 0 });
    },
  );
});
