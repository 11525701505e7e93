import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { ListItem } from '../../../src/api/index.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { FakeCli, runFake, settle, type FakeOptions } from './fake-host.ts';

/** A listing without an end, counted. */
function endless() {
  const counter = { listed: 0, isClosed: false };
  async function* list(): AsyncGenerator<ListItem> {
    try {
      for (;;) {
        counter.listed++;
        yield { kind: 'object', key: `key-${counter.listed}`, sizeBytes: 1, etag: 'e', lastModifiedMs: 0 };
      }
    } finally {
      counter.isClosed = true;
    }
  }
  return { counter, list };
}

describe('a reader of stdout', () => {
  test('that goes away, as `| head` does, ends the command quietly', async () => {
    const { counter, list } = endless();
    let taken = '';
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        taken += chunk.toString();
        done(taken.length > 50_000 ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : null);
      },
    });
    const run = await runFake({ stdout, streams: { 'object.list': list } }, 'ls', 'home:photos', '-r');
    expect(run).toMatchObject({ exitCode: 0, stderr: '', closed: 1 });
    expect(counter).toMatchObject({ isClosed: true });
    expect(counter.listed).toBeLessThan(10_000);
  });

  test.each([
    ['version.restoreAt', ['restore', 'home:photos/2026/', '--at', '2h ago', '--yes']],
    ['audit.run', ['audit', 'k3jq7x2m']],
    ['trash.restore', ['trash', 'restore', 'k3jq7x2m', ...Array.from({ length: 100 }, (_, index) => `entry-${index}`)]],
  ] as const)('that goes away breaks work off, which is not told to be done: %s', async (name, argv) => {
    let isGone = false;
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        isGone = true;
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    let items = 0;
    const next = async (signal: AbortSignal) => {
      items += 1;
      await settle();
      signal.throwIfAborted();
    };
    const run = await runFake(
      {
        stdout,
        answers: {
          'trash.restore': async (_input, signal) => {
            await next(signal);
            return { place: 'computer', path: 'a', isBeside: false };
          },
        },
        streams: {
          async *'version.restoreAt'(_input, signal) {
            for (;;) {
              yield { kind: 'newer', key: 'a', sizeBytes: 1, lastModifiedMs: 0 };
              await next(signal);
            }
          },
          async *'audit.run'(_input, signal) {
            for (;;) {
              yield { kind: 'unverified', path: 'a', sizeBytes: 1, reason: 'It moved.' };
              await next(signal);
            }
          },
        },
      },
      ...argv,
    );
    expect(isGone).toBe(true);
    expect(items).toBeLessThan(100);
    expect([name, run.exitCode]).toEqual([name, 3]);
    expect(run.stderr).toMatch(/Stopped\b/);
  });

  test('that is slow holds the listing back', async () => {
    const { counter, list } = endless();
    const stdout = new Writable({ highWaterMark: 1_000, write: () => undefined });
    const cli = new FakeCli({ stdout, streams: { 'object.list': list } });
    const run = cli.run('ls', 'home:photos', '-r', '--json');
    await settle();
    const { listed } = counter;
    expect(listed).toBeLessThan(1_000);
    await settle();
    expect(counter.listed).toBe(listed);
    cli.interrupt();
    cli.clock.advance(500);
    cli.interrupt();
    expect((await run).exitCode).toBe(3);
  });

  test('that is a full disk is told', async () => {
    const { list } = endless();
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' })),
    });
    const run = await runFake({ stdout, streams: { 'object.list': list } }, 'ls', 'home:photos', '-r');
    expect(run).toMatchObject({ exitCode: 3, closed: 1 });
    expect(run.stderr).toContain('error: The output can not be written (ENOSPC).');
  });

  test.each(['ls', 'get'])('that takes not even the last of it, of %s too', async (command) => {
    const stdout = new Writable({
      // As a file does: what was handed over is refused later.
      write: (_chunk, _encoding, done) =>
        void setTimeout(() => done(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' })), 5),
    });
    const streams: FakeOptions['streams'] = { 'object.list': [{ kind: 'prefix', key: 'a/' }] };
    const objects: FakeOptions['objects'] = {
      async get(_source, destination) {
        if (destination.kind === 'stream') await destination.write(Buffer.from('the whole of a short one'));
        return { etag: 'abc', sizeBytes: 24 };
      },
    };
    const argv = command === 'ls' ? ['home:photos'] : ['home:photos/a.txt', '-'];
    const run = await runFake({ stdout, streams, objects }, command, ...argv);
    expect(run).toMatchObject({ exitCode: 3, closed: 1 });
    expect(run.stderr).toContain('error: The output can not be written (ENOSPC).');
  });

  test('gets 100,000 lines in order', async () => {
    async function* list(): AsyncGenerator<ListItem> {
      for (let index = 0; index < 100_000; index++) yield { kind: 'prefix', key: `p${index}/` };
    }
    const run = await runFake({ streams: { 'object.list': list } }, 'ls', 'home:photos', '--json');
    const { documents } = run;
    expect(documents.length).toBe(100_000);
    expect(documents[99_999]).toEqual({ kind: 'prefix', key: 'p99999/' });
  });
});

describe('Ctrl-C', () => {
  test('calls the work off, closes the engine and says so', async () => {
    const objects = {
      put: (_source: unknown, _target: unknown, _progress: unknown, signal: AbortSignal) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
        }),
    };
    const cli = new FakeCli({ objects });
    const run = cli.run('put', '-', 'home:photos/a');
    await settle();
    cli.interrupt();
    expect(await run).toMatchObject({ exitCode: 3, closed: 1 });
    expect((await run).stderr).toContain('error: The command was cancelled.');
  });

  test('twice ends at once, whatever the engine does', async () => {
    const cli = new FakeCli({ objects: { put: () => new Promise<never>(() => undefined) } });
    const run = cli.run('put', '-', 'home:photos/a');
    await settle();
    cli.interrupt();
    await settle();
    cli.clock.advance(500);
    cli.interrupt();
    expect(await run).toMatchObject({ exitCode: 3, closed: 0 });
  });

  test('that npm passes on once more is one, so that the work ends well', async () => {
    const stopped = Promise.withResolvers<never>();
    const cli = new FakeCli({ objects: { put: () => stopped.promise } });
    const run = cli.run('put', '-', 'home:photos/a');
    await settle();
    cli.interrupt();
    cli.clock.advance(20);
    cli.interrupt();
    await settle();
    stopped.reject(new DOMException('aborted', 'AbortError'));
    expect(await run).toMatchObject({ exitCode: 3, closed: 1 });
  });
});

describe('what goes wrong', () => {
  test('a defect is told without its stack, which RUSTFS_SYNC_DEBUG=1 shows', async () => {
    const answers = { 'account.list': new TypeError('x is not a function') };
    for (const argv of [[], ['--json']]) {
      const run = await runFake({ answers }, 'account', 'list', ...argv);
      expect(run.exitCode).toBe(3);
      expect(run.stderr).toContain('x is not a function');
      expect(run.stderr).toContain('RUSTFS_SYNC_DEBUG=1');
      expect(run.stdout + run.stderr).not.toMatch(/\n\s+at |\.ts:/);
    }
    const debug = await runFake({ answers, env: { RUSTFS_SYNC_DEBUG: '1' } }, 'account', 'list');
    expect(debug.stderr).toMatch(/\n\s+at .*\.ts:/);
  });

  test('an engine that can not be opened is told, and not closed', async () => {
    const openError = new SyncError({ code: 'state-too-new', message: 'It is of a newer version.', advice: 'Update.' });
    const run = await runFake({ openError }, 'account', 'list', '--json');
    expect(run).toMatchObject({ exitCode: 3, closed: 0, stderr: 'error: It is of a newer version.\n  Update.\n' });
    expect(run.documents).toMatchObject([{ error: { code: 'state-too-new' } }]);
  });

  test('words of a server can not steer the terminal', async () => {
    const error = new SyncError({ code: 'server-error', message: 'bad\x1b[2J\nworse', advice: '\x07' });
    const run = await runFake({ answers: { 'account.list': error } }, 'account', 'list');
    expect(run.stderr).toBe('error: bad\\x1b[2J\\nworse\n  \\x07\n');
  });

  test('errors are told with --quiet', async () => {
    const error = new SyncError({ code: 'server-error', message: 'Bad.', advice: 'Wait.' });
    const run = await runFake({ answers: { 'account.list': error } }, 'account', 'list', '--quiet');
    expect(run.stderr).toBe('error: Bad.\n  Wait.\n');
  });
});
