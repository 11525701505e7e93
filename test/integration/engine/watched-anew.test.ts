import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Environment } from '../../../src/core/environment.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import { withQuickClock } from '../../support/two-way-team.ts';
import { withMethods } from '../../support/with-methods.ts';

/** Ignores `build`, and has it watched no more once that is so. */
async function worldThatIgnores(wrap?: (environment: Environment) => Environment): Promise<World> {
  return createWorld(await useDouble(), {
    ...(wrap !== undefined && { wrap }),
    before: async (root) => {
      await root.write('.rustfsignore', 'build/\n');
      await root.write('build/before', 'x');
    },
  });
}

async function expectUp(world: World, path: string): Promise<void> {
  await pollUntil(path, async () => ((await world.bucket.keys()).includes(path) ? true : undefined));
}

async function comeToRest(world: World): Promise<void> {
  await pollUntil(
    'the folder to come to rest',
    async () => {
      const { state } = await world.client.call('folder.status', { id: world.folderId });
      return state === 'in-sync' ? true : undefined;
    },
    { deadlineMs: 45_000 },
  );
}

/** What was ignored goes up with the comparison that follows, and what is written there later because it is watched. */
async function expectBuildWatched(world: World): Promise<void> {
  await world.root.write('.rustfsignore', '# nothing\n');
  await expectUp(world, 'build/before');
  await comeToRest(world);
  await world.root.write('build/after', 'x');
  await expectUp(world, 'build/after');
}

describe('a directory that is not ignored any more', () => {
  test('is watched from then on', async () => {
    const world = await worldThatIgnores();
    await world.watch();
    await expectBuildWatched(world);
  });

  test('also where so much changed at once that the rules themselves were not named', async () => {
    // Ahead by seconds, the clock finds the rules quiet at once: nobody looks at them again.
    const world = await worldThatIgnores((environment) => ({
      ...withQuickClock(environment, 1),
      watcher: {
        watch: (root, options, onHint) =>
          environment.watcher.watch(root, options, (hint) => {
            onHint(hint);
            if (hint.kind === 'path' && hint.path === '.rustfsignore') {
              onHint({ kind: 'overflow', reason: 'too many changes at once' });
            }
          }),
      },
    }));
    await world.watch();
    await expectBuildWatched(world);
  });
});

/** Mounts a new, empty disk. @returns whether this machine does that for us */
function mountDisk(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test(
  'a root at which a disk is mounted is watched again once the disk is back',
  { timeout: 90_000 },
  async ({ skip }) => {
    const world = await createWorld(await useDouble(), {
      before: async (root) => {
        if (!mountDisk(root.path)) skip('This machine mounts nothing for us.');
        onTestFinished(() => void execFileSync('umount', [root.path]));
        await root.write('doc', 'x');
      },
    });
    await world.watch();
    const code = async () => (await world.client.call('folder.status', { id: world.folderId })).code;
    const marker = await world.root.read('.rustfs-sync/folder-id');
    execFileSync('umount', [world.root.path]);
    await pollUntil('the folder to stop', async () => ((await code()) === 'root-replaced' ? true : undefined));
    mountDisk(world.root.path);
    await world.root.write('doc', 'x');
    await world.root.write('.rustfs-sync/folder-id', marker);
    await comeToRest(world);
    await world.root.write('doc', 'edited since');
    await pollUntil('the edit', async () => ((await world.bucket.text('doc')) === 'edited since' ? true : undefined));
  },
);

test('rule 16: a root that is another one after each scan is not compared without a pause', async () => {
  const double = await useDouble();
  let isUnsteady = false;
  let looks = 0;
  // Half a minute, after which it is tried again, is a second.
  const wrap = (real: Environment): Environment => ({
    ...withQuickClock(real, 30),
    fs: withMethods(real.fs, {
      // As on a network file system that numbers its files anew.
      async stat(root, path) {
        const stat = await real.fs.stat(root, path);
        return stat !== undefined && isUnsteady && path === '' ? { ...stat, fileId: `${(looks += 1)}` } : stat;
      },
    }),
  });
  const world = await createWorld(double, { wrap });
  await world.watch();
  isUnsteady = true;
  await world.root.write('doc', 'x');
  const listings = () => double.requests.count('ListObjectsV2');
  const before = listings();
  await delay(6_000);
  expect(await world.client.call('folder.status', { id: world.folderId })).toMatchObject({ code: 'root-replaced' });
  expect(listings() - before).toBeGreaterThan(2);
  expect(listings() - before).toBeLessThan(15);
});

test('a folder goes on though what watched it could not be ended', async () => {
  const failing = (real: Environment): Environment => {
    let isFirst = true;
    const watch: Environment['watcher']['watch'] = async (...asked) => {
      const watching = await real.watcher.watch(...asked);
      const failsToEnd = isFirst;
      isFirst = false;
      return {
        close: async () => {
          await watching.close();
          if (failsToEnd) throw new Error('It can not be ended.');
        },
      };
    };
    return { ...real, watcher: { watch } };
  };
  // Half a minute, in which a folder that is stopped is not tried again, is a second.
  const world = await createWorld(await useDouble(), { wrap: (real) => failing(withQuickClock(real, 30)) });
  await world.watch();
  await world.root.write('.rustfsignore', '*.tmp');
  await pollUntil('the rules to be sent', async () => (await world.bucket.keys()).length === 1 || undefined);
  await world.root.write('after', 'x');
  await pollUntil('what is written after that', async () => (await world.bucket.keys()).includes('after') || undefined);
});
