import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { untilAborted } from '../../../src/transfer/stream-parts.ts';
import { never } from './upload-world.ts';

const MIB = 2 ** 20;
const CHUNKS = 768;
/** Collecting costs a few milliseconds. */
const CHUNKS_A_LOOK = 64;

// When memory is given back is the collector's affair otherwise, and no sign of what is kept.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('what was read of a stream is not kept until its end', async () => {
  async function* long() {
    for (let count = 0; count < CHUNKS; count++) yield new Uint8Array(MIB);
  }
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  let read = 0;
  for await (const chunk of untilAborted(long(), 'key', never)) {
    expect(chunk.length).toBe(MIB);
    read += 1;
    if (read % CHUNKS_A_LOOK !== 0) continue;
    collectGarbage();
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(read).toBe(CHUNKS);
  expect(most).toBeLessThan((CHUNKS * MIB) / 2);
});

test('a source that fails while it is being left takes nothing else with it', async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  onTestFinished(() => void process.off('unhandledRejection', onUnhandled));
  async function* source() {
    try {
      yield new Uint8Array(1);
    } finally {
      // As the stream of a disk that has gone.
      throw new Error('It can not be closed.');
    }
  }
  for await (const chunk of untilAborted(source(), 'key', never)) {
    expect(chunk.length).toBe(1);
    break;
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).toEqual([]);
});
