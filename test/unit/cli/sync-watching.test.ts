import { describe, expect, test } from 'vitest';
import type { EngineStatus } from '../../../src/api/index.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { engineStatus, FakeCli, FOLDER, folderStatus, runFake, settle, type FakeOptions } from './fake-host.ts';

const OTHER = { ...FOLDER, id: 'other234', localRoot: '/home/me/Music', bucket: 'music' };

describe('sync', () => {
  /** Watching, with statuses that the test sends. */
  function watching(options: FakeOptions = {}, ...argv: string[]) {
    const queue: EngineStatus[] = [];
    let wake = Promise.withResolvers<undefined>();
    const cli = new FakeCli({
      ...options,
      answers: { 'folder.list': [FOLDER, OTHER], 'sync.start': {} },
      streams: {
        async *'status.watch'(_input, signal) {
          const aborted = Promise.withResolvers<undefined>();
          signal.addEventListener('abort', () => aborted.resolve(undefined));
          while (!signal.aborted) {
            yield* queue.splice(0);
            await Promise.race([wake.promise, aborted.promise]);
            wake = Promise.withResolvers();
          }
        },
      },
    });
    const send = async (...statuses: EngineStatus[]) => {
      queue.push(...statuses);
      wake.resolve(undefined);
      await settle();
    };
    return { cli, run: cli.run('sync', ...argv), send };
  }

  test('prints states when they change, and ends with 0 on Ctrl-C when in sync', async () => {
    const { cli, run, send } = watching();
    await settle();
    const syncing = folderStatus({ state: 'syncing' });
    await send(
      engineStatus(syncing),
      engineStatus({ ...syncing, done: { files: 1, bytes: 1 } }),
      engineStatus(folderStatus()),
    );
    cli.interrupt();
    const result = await run;
    expect(result.stdout).toBe(
      [
        '10:15:00  ↻ syncing    /home/me/Pictures → home:photos',
        '10:15:00  ✓ in sync    /home/me/Pictures → home:photos',
        '',
      ].join('\n'),
    );
    expect(result).toMatchObject({ exitCode: 0, closed: 1 });
    expect(result.calls).toContainEqual(['sync.start', { ids: [] }]);
  });

  test('ends with 3 on Ctrl-C when something is left', async () => {
    const { cli, run, send } = watching({}, FOLDER.id);
    await settle();
    const waiting = folderStatus({
      state: 'attention',
      problems: { notice: 5, warning: 1, error: 1 },
      reason: 'Two files failed.',
      advice: 'See the problems.',
    });
    await send(engineStatus(waiting, folderStatus({ folder: OTHER })));
    cli.interrupt();
    const result = await run;
    expect(result.exitCode).toBe(3);
    expect(result.stdout).toContain('2 problems\n          Two files failed.\n          See the problems.\n');
    expect(result.stdout).not.toContain('Music');
  });

  test('--json prints a line for each status that is new, and no other folder', async () => {
    const { cli, run, send } = watching({}, FOLDER.id, '--json');
    await settle();
    const status = engineStatus(folderStatus(), folderStatus({ folder: OTHER }));
    await send(status, status, engineStatus(folderStatus({ filesInSync: 1 })));
    cli.interrupt();
    const { documents } = await run;
    expect(documents).toEqual([engineStatus(folderStatus()), engineStatus(folderStatus({ filesInSync: 1 }))]);
  });

  test('beside an engine that runs already, Ctrl-C ends the view alone, and says so', async () => {
    const { cli, run, send } = watching({ otherProcess: () => 'process 7' });
    await settle();
    await send(engineStatus(folderStatus()));
    cli.interrupt();
    const result = await run;
    expect(result).toMatchObject({ exitCode: 0, closed: 1 });
    expect(result.stderr).toContain('RustFS Sync runs already, as process 7');
    expect(result.stderr).toContain('RustFS Sync goes on as process 7.');
  });

  test('goes on in the place of an engine that ends', async () => {
    const lost = new SyncError({ code: 'engine-lost', message: 'It ended.', advice: 'Run it again.' });
    let isThere = true;
    const cli = new FakeCli({
      otherProcess: () => (isThere ? 'process 7' : undefined),
      answers: { 'folder.list': [FOLDER], 'sync.start': {} },
      streams: {
        async *'status.watch'(_input, signal) {
          yield engineStatus(folderStatus());
          if (isThere) {
            isThere = false;
            throw lost;
          }
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
      },
    });
    const run = cli.run('sync');
    await settle();
    cli.interrupt();
    const { exitCode, stderr, calls } = await run;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/process 7.*\nThe RustFS Sync that was running has ended\.\nWatching for changes\./);
    expect(calls.filter(([name]) => name === 'sync.start')).toHaveLength(2);
  });

  test('an error of the engine is told', async () => {
    const error = new SyncError({ code: 'engine-busy', message: 'Another one runs.', advice: 'End it.' });
    const run = await runFake({ answers: { 'folder.list': [FOLDER], 'sync.start': error } }, 'sync');
    expect(run).toMatchObject({ exitCode: 3, closed: 1 });
    expect(run.stderr).toContain('Another one runs.');
  });
});
