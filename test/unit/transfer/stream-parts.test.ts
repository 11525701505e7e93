import { expect, test } from 'vitest';
import { untilAborted } from '../../../src/transfer/stream-parts.ts';
import { never } from './upload-world.ts';

const MIB = 2 ** 20;
const CHUNKS = 768;

test('what was read of a stream is not kept until its end', async () => {
  async function* long() {
    for (let count = 0; count < CHUNKS; count++) yield new Uint8Array(MIB);
  }
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for await (const chunk of untilAborted(long(), 'key', never)) {
    expect(chunk.length).toBe(MIB);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(most).toBeLessThan((CHUNKS * MIB) / 2);
});
