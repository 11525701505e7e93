import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { connectClient, serveClient, type Client, type RemoteClient } from '../../../src/api/index.ts';
import { ANSWER_LIMIT, MOST_CALLS, REQUEST_LIMIT, STREAM_WINDOW } from '../../../src/api/rpc.ts';
import { cancelled, SyncError } from '../../../src/core/errors.ts';
import { channelPair, type PairedChannel } from '../../support/channel-pair.ts';
import { fakeEngine, statusWith, turns } from './fake-engine.ts';

interface Ends {
  readonly client: RemoteClient;
  readonly theirs: PairedChannel;
  readonly ours: PairedChannel;
}

function connect(engine: Client): Ends {
  const [theirs, ours] = channelPair();
  serveClient(theirs, engine);
  return { client: connectClient(ours), theirs, ours };
}

describe('a call', () => {
  test('is answered, with defaults filled in on the engine’s side', async () => {
    const asked: unknown[] = [];
    const { client } = connect(fakeEngine({ 'activity.list': async (input) => (asked.push(input), []) }));
    expect(await client.call('activity.list', {})).toEqual([]);
    expect(asked).toEqual([{ limit: 100 }]);
  });

  test('fails with all that the engine’s error says', async () => {
    const error = new SyncError({
      code: 'no-such-bucket',
      message: 'There is no bucket photos.',
      advice: 'Create it.',
      retryable: true,
      detail: 'NoSuchBucket',
    });
    const { client } = connect(fakeEngine({ 'bucket.list': () => Promise.reject(error) }));
    const failure = await client.call('bucket.list', { account: 'home' }).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(SyncError);
    expect((failure as SyncError).toData()).toEqual(error.toData());
  });

  test('with a wrong input names the field, and does not end the channel', async () => {
    const { client } = connect(fakeEngine({ 'folder.list': async () => [] }));
    const wrong = client.call('folder.status', { id: 3 } as never);
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('id') as unknown,
    });
    expect(await client.call('folder.list', {})).toEqual([]);
  });

  test.each(['constructor', '__proto__', 'folder.burn'])('of the unknown name %s is refused', async (name) => {
    const { client } = connect(fakeEngine({ 'folder.list': async () => [] }));
    await expect(client.call(name as never, {} as never)).rejects.toMatchObject({
      code: 'invalid-argument',
      advice: expect.stringContaining('restart') as unknown,
    });
    expect(await client.call('folder.list', {})).toEqual([]);
  });

  test('that is called off ends at once for the caller and soon for the engine', async () => {
    let ended: unknown;
    const handler = (_input: unknown, signal: AbortSignal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          ended = signal.reason;
          reject(cancelled('Syncing'));
        }),
      );
    const { client } = connect(fakeEngine({ 'sync.once': handler }));
    const stop = new AbortController();
    const call = client.call('sync.once', {}, stop.signal);
    await turns(3);
    stop.abort(new Error('Ctrl-C'));
    await expect(call).rejects.toThrow('Ctrl-C');
    await turns(3);
    expect(ended).toMatchObject({ code: 'cancelled' });
  });

  test('that was called off before is not sent', async () => {
    const { client, ours } = connect(fakeEngine({}));
    await expect(client.call('folder.list', {}, AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
    await turns(3);
    expect(ours.sent).toEqual([]);
  });

  test('that is too long is refused before it is sent, and an answer that is too long is told', async () => {
    const huge = 'x'.repeat(ANSWER_LIMIT);
    const account = { id: '', name: huge, endpoint: '', region: '', accessKeyId: '' } as const;
    const { client } = connect(
      fakeEngine({ 'account.list': async () => [{ ...account, pathStyle: true, secretPlace: 'file' }] }),
    );
    const long = client.call('folder.status', { id: 'x'.repeat(REQUEST_LIMIT) });
    await expect(long).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(client.call('account.list', {})).rejects.toMatchObject({ code: 'too-large' });
  });

  test('beyond the limit waits for its turn, and all go through in order', async () => {
    const gate = Promise.withResolvers<undefined>();
    const asked: string[] = [];
    const work = async (input: unknown) => {
      asked.push((input as { name: string }).name);
      await gate.promise;
      return {};
    };
    const { client } = connect(fakeEngine({ 'account.remove': work }));
    const names = Array.from({ length: 5 * MOST_CALLS }, (_, n) => `${n}`);
    const all = Promise.all(names.map((name) => client.call('account.remove', { name })));
    await turns(5);
    expect(asked).toHaveLength(MOST_CALLS);
    gate.resolve(undefined);
    await all;
    expect(asked).toEqual(names);
  });

  test('that waits for its turn can be called off, and fails with the channel', async () => {
    const { client, ours } = connect(fakeEngine({ 'folder.list': () => new Promise(() => undefined) }));
    const under = Array.from({ length: MOST_CALLS }, () => client.call('folder.list', {}));
    const stop = new AbortController();
    const calledOff = client.call('folder.list', {}, stop.signal);
    const other = client.call('folder.list', {});
    const settled = Promise.allSettled([...under, other]);
    await turns(3);
    stop.abort(new Error('Ctrl-C'));
    await expect(calledOff).rejects.toThrow('Ctrl-C');
    expect(ours.sent).toHaveLength(MOST_CALLS);
    client.close();
    const ends = await settled;
    expect(ends.every((end) => end.status === 'rejected' && (end.reason as SyncError).code === 'engine-lost')).toBe(
      true,
    );
  });

  test('goes through ten thousand times', async () => {
    const { client } = connect(fakeEngine({ 'folder.status': () => Promise.reject(cancelled('It')) }));
    for (let round = 0; round < 200; round++) {
      const calls = Array.from({ length: 50 }, () => client.call('folder.status', { id: 'a' }));
      const codes = await Promise.all(calls.map((call) => call.catch((error: unknown) => (error as SyncError).code)));
      expect(new Set(codes)).toEqual(new Set(['cancelled']));
    }
  });
});

describe('a stream', () => {
  const prefixes = (count: number, onPull: (index: number) => void = () => undefined) =>
    async function* () {
      for (let index = 0; index < count; index++) {
        onPull(index);
        yield { kind: 'prefix', key: `${index}/` };
      }
    };

  test('brings ten thousand items in order', async () => {
    const { client } = connect(fakeEngine({}, { 'object.list': prefixes(10_000) }));
    const keys: string[] = [];
    for await (const { key } of client.stream('object.list', { account: 'a', bucket: 'b' })) keys.push(key);
    expect(keys).toEqual(Array.from({ length: 10_000 }, (_, index) => `${index}/`));
  });

  test('asks the engine for no more than a reader that does not read has room for', async () => {
    let pulled = 0;
    const { client } = connect(fakeEngine({}, { 'object.list': prefixes(10_000, (index) => (pulled = index + 1)) }));
    const items = client.stream('object.list', { account: 'a', bucket: 'b' })[Symbol.asyncIterator]();
    await items.next();
    await turns(300);
    expect(pulled).toBe(STREAM_WINDOW);
    await items.return?.();
  });

  test('of states brings the present one to a slow reader, not those that it missed', async () => {
    let present = 0;
    const { client } = connect(
      fakeEngine(
        {},
        {
          'status.watch': async function* () {
            for (;;) yield statusWith(++present);
          },
        },
      ),
    );
    const seen: number[] = [];
    for await (const status of client.stream('status.watch', {})) {
      seen.push(status.bytesPerSecond.up);
      if (seen.length === 3) break;
      await turns(20);
      present = 1_000 * seen.length;
    }
    expect(seen).toEqual([1, 1_001, 2_001]);
  });

  test('that its reader leaves ends at the engine', async () => {
    let ended = false;
    const { client } = connect(
      fakeEngine(
        {},
        {
          'status.watch': async function* (_input, signal) {
            try {
              yield statusWith(1);
              await turns(1_000_000, signal);
            } finally {
              ended = true;
            }
          },
        },
      ),
    );
    const items = client.stream('status.watch', {})[Symbol.asyncIterator]();
    await items.next();
    await items.return?.();
    await turns(5);
    expect(ended).toBe(true);
  });

  test('fails with the engine’s error after the items before it', async () => {
    const { client } = connect(
      fakeEngine(
        {},
        {
          doctor: async function* () {
            yield { id: 'reach', title: 'Reach', verdict: 'ok', finding: '', advice: '' };
            throw cancelled('The doctor');
          },
        },
      ),
    );
    const items = client.stream('doctor', { account: 'a' })[Symbol.asyncIterator]();
    expect((await items.next()).value).toMatchObject({ id: 'reach' });
    await expect(items.next()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the end of a channel', () => {
  const never = () => new Promise<never>(() => undefined);

  test('fails what is under way and what comes later, and calls it off at the engine', async () => {
    let signal: AbortSignal | undefined;
    const handler = (_input: unknown, given: AbortSignal) => ((signal = given), never());
    const { client, theirs } = connect(fakeEngine({ 'sync.once': handler, 'folder.list': never }));
    const calls = [client.call('sync.once', {}), client.call('folder.list', {})];
    const settled = Promise.allSettled(calls);
    await turns(3);
    theirs.close();
    for (const one of await settled) expect(one).toMatchObject({ reason: { code: 'engine-lost', retryable: true } });
    await expect(client.call('folder.list', {})).rejects.toMatchObject({ code: 'engine-lost' });
    expect((await client.lost).code).toBe('engine-lost');
    expect(signal?.aborted).toBe(true);
  });

  test('tells the reason that the engine gives', async () => {
    const [theirs, ours] = channelPair();
    const served = serveClient(theirs, fakeEngine({ 'sync.once': never }));
    const client = connectClient(ours);
    const call = client.call('sync.once', {});
    call.catch(() => undefined);
    await turns(3);
    served.end(new SyncError({ code: 'engine-lost', message: 'It was ended by Ctrl-C.', advice: 'Start it again.' }));
    await expect(call).rejects.toMatchObject({ code: 'engine-lost', message: 'It was ended by Ctrl-C.' });
  });

  test('an engine of another version is asked for nothing', async () => {
    const [theirs, ours] = channelPair();
    serveClient(theirs, fakeEngine({}), '0.0.9');
    const client = connectClient(ours, '0.1.0');
    await expect(client.call('folder.remove', { id: 'a' })).rejects.toMatchObject({
      code: 'engine-version',
      advice: expect.stringContaining('start it again') as unknown,
    });
    await expect(client.ready).rejects.toMatchObject({ code: 'engine-version' });
    expect(ours.sent).toEqual([]);
  });

  test('an engine that speaks something else is told from ours', async () => {
    const [theirs, ours] = channelPair();
    theirs.onText(() => undefined);
    const client = connectClient(ours);
    const call = client.call('folder.list', {});
    theirs.send('HTTP/1.1 400 Bad Request');
    await expect(call).rejects.toMatchObject({ code: 'engine-version' });
  });
});

describe('whatever arrives', () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record(
        {
          type: fc.constantFrom('call', 'stream', 'more', 'cancel', 'taken', 'hello', 'result'),
          id: fc.oneof(fc.nat(3), fc.anything()),
          name: fc.constantFrom('folder.list', 'status.watch', 'folder.status', 'toString', ''),
          input: fc.anything(),
          count: fc.oneof(fc.integer(), fc.constant(1)),
        },
        { requiredKeys: ['type'] },
      )
      .map((message) => JSON.stringify(message, (_key, value: unknown) => (typeof value === 'bigint' ? 1 : value))),
  );

  test('the engine goes on; one fault at most is told, and nothing after it', async () => {
    let underWay = 0;
    const engine = fakeEngine(
      { 'folder.list': async () => [] },
      {
        'status.watch': async function* (_input, signal) {
          underWay++;
          try {
            while (!signal.aborted) {
              yield statusWith(1);
              await turns(1);
            }
          } finally {
            underWay--;
          }
        },
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { maxLength: 40 }), async (texts) => {
        const [theirs, ours] = channelPair();
        serveClient(theirs, engine);
        for (const text of texts) ours.send(text);
        await turns(5);
        const types = theirs.sent.map((text) => (JSON.parse(text) as { type: string }).type);
        expect(types[0]).toBe('hello');
        const fault = types.indexOf('fault');
        if (fault !== -1) expect(types.length).toBe(fault + 1);
        expect(theirs.isClosed()).toBe(fault !== -1);
        ours.close();
        await turns(4);
        expect(underWay).toBe(0);
      }),
      { numRuns: 300 },
    );
    expect(await connect(engine).client.call('folder.list', {})).toEqual([]);
  });

  test('a client that never says that it took its answers is held at the limit', async () => {
    let asked = 0;
    const [theirs, ours] = channelPair();
    serveClient(theirs, fakeEngine({ 'folder.list': async () => (asked++, []) }));
    for (let id = 0; id < 2 * MOST_CALLS; id++) {
      ours.send(JSON.stringify({ type: 'call', id, name: 'folder.list', input: {} }));
    }
    await turns(4);
    expect(asked).toBe(MOST_CALLS);
    expect(theirs.isClosed()).toBe(true);
  });

  test('calls that are called off at any moment end once, and leave nothing at the engine', async () => {
    let underWay = 0;
    const handler = async (_input: unknown, signal: AbortSignal) => {
      underWay++;
      try {
        await turns(3, signal);
        return [];
      } finally {
        underWay--;
      }
    };
    const { client } = connect(fakeEngine({ 'folder.list': handler }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(8), { minLength: 1, maxLength: 50 }), async (delays) => {
        const results = delays.map(async (delay) => {
          const stop = new AbortController();
          const call = client.call('folder.list', {}, stop.signal).then(
            () => 'done',
            (error: unknown) => (error as Error).message,
          );
          await turns(delay);
          stop.abort(new Error('off'));
          return call;
        });
        for (const result of await Promise.all(results)) expect(['done', 'off']).toContain(result);
        await turns(8);
        expect(underWay).toBe(0);
        expect(await client.call('folder.list', {})).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
