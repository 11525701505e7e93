import { describe, expect, test } from 'vitest';
import { progressLine, RateMeter, summaryLine } from '../../../src/cli/progress.ts';
import { syncLine } from '../../../src/cli/progress-view.ts';
import { engineStatus, FakeCli, folderStatus } from './fake-host.ts';

describe('the rate', () => {
  test('is the average of the last five seconds', () => {
    const meter = new RateMeter();
    for (let second = 0; second <= 10; second++) meter.add(second * 1_000, second * 1_000_000);
    expect(meter.rate()).toBe(1_000_000);
    // A stall shows at once in the average, and fully after five seconds.
    meter.add(12_500, 10_000_000);
    expect(meter.rate()).toBeLessThan(700_000);
    meter.add(20_000, 10_000_000);
    expect(meter.rate()).toBe(0);
  });

  test('is not guessed from too little', () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    meter.add(200, 5_000_000);
    expect(meter.rate()).toBeUndefined();
  });

  test('starts anew when the count does', () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    meter.add(1_000, 9_000_000);
    meter.add(2_000, 0);
    meter.add(3_000, 1_000);
    expect(meter.rate()).toBe(1_000);
  });
});

describe('the line', () => {
  test('tells files, bytes, rate and time left', () => {
    const state = { doneBytes: 4_100_000, totalBytes: 41_000_000, files: { done: 1_203, total: 10_000 }, label: '' };
    expect(progressLine(state, 6_600_000)).toBe('1,203 of 10,000 files  4.1 MB of 41.0 MB (10%)  6.6 MB/s  6 s left');
  });

  test('leaves out what is not known', () => {
    expect(progressLine({ doneBytes: 500, totalBytes: undefined, label: 'a\x1b.bin' }, undefined)).toBe(
      '500 B  a\\x1b.bin',
    );
  });

  test('of a sync sums up the folders at work', () => {
    const busy = { state: 'syncing' as const, planned: { files: 10, bytes: 1_000 }, done: { files: 4, bytes: 250 } };
    const status = engineStatus(folderStatus(busy), folderStatus(busy), folderStatus());
    expect(syncLine({ ...status, bytesPerSecond: { up: 500, down: 0 } })).toBe(
      '8 of 20 files  500 B of 2.0 kB (25%)  500 B/s  3 s left',
    );
    expect(syncLine(engineStatus(folderStatus()))).toBe('');
    expect(syncLine(engineStatus(folderStatus({ state: 'comparing', filesScanned: 5_000 })))).toBe(
      'Comparing: 5,000 files looked at',
    );
  });
});

test('the summary tells the mean rate', () => {
  expect(summaryLine('Uploaded', '10,000 files', 41_000_000, 6_200)).toBe(
    'Uploaded 10,000 files, 41.0 MB in 6.2 s (6.6 MB/s).',
  );
  expect(summaryLine('Uploaded', '1 file', 0, 0)).toBe('Uploaded 1 file, 0 B in 0.0 s.');
});

describe('on a terminal', () => {
  /** A download that goes on until `finish` is called. */
  function download(options: { isTTY: boolean; columns?: number; argv?: string[] }) {
    const finished = Promise.withResolvers<undefined>();
    const started = Promise.withResolvers<undefined>();
    let report: (done: number, total: number | undefined) => void = () => undefined;
    const cli = new FakeCli({
      isTTY: options.isTTY,
      columns: options.columns ?? 80,
      objects: {
        async get(_source, _destination, onProgress) {
          report = onProgress;
          started.resolve(undefined);
          await finished.promise;
          return { etag: 'abc', sizeBytes: 10_000_000 };
        },
      },
    });
    const run = cli.run('get', 'home:photos/日本の写真.jpg', '/nowhere/out.jpg', ...(options.argv ?? []));
    return {
      cli,
      run,
      started: started.promise,
      report: (done: number, total?: number) => report(done, total),
      finish: () => finished.resolve(undefined),
    };
  }

  test('one line is redrawn at most five times a second, removed, and replaced by a summary', async () => {
    const { cli, run, started, report, finish } = download({ isTTY: true });
    await started;
    for (let step = 1; step <= 1_000; step++) {
      report(step * 10_000, 10_000_000);
      cli.clock.advance(2);
    }
    finish();
    const { stderr, stdout, exitCode } = await run;
    const draws = stderr.split('\r\x1b[2K').length - 1;
    expect(draws).toBeGreaterThan(5);
    expect(draws).toBeLessThanOrEqual(11);
    expect(stderr).toContain('5.0 MB of 10.0 MB (50%)  5.0 MB/s  1 s left  日本の写真.jpg');
    expect(stderr.endsWith('\r\x1b[2KDownloaded home:photos/日本の写真.jpg, 10.0 MB in 2.0 s (5.0 MB/s).\n')).toBe(
      true,
    );
    expect([stdout, exitCode, cli.clock.timers]).toEqual(['', 0, 0]);
  });

  test('the line is cut to the width of the terminal', async () => {
    const { cli, run, started, report, finish } = download({ isTTY: true, columns: 32 });
    await started;
    report(5_000_000, 10_000_000);
    cli.clock.advance(200);
    finish();
    expect((await run).stderr).toContain('5.0 MB of 10.0 MB (50%)  日本…\r');
  });

  test.each([
    ['a pipe', { isTTY: false }],
    ['--quiet', { isTTY: true, argv: ['--quiet'] }],
  ])('with %s nothing is drawn or told', async (_name, options) => {
    const { cli, run, started, report, finish } = download(options);
    await started;
    report(5_000_000, 10_000_000);
    cli.clock.advance(1_000);
    finish();
    expect(await run).toMatchObject({ stderr: '', stdout: '', exitCode: 0 });
  });
});
