import { readdir, readFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createWorld } from '../../support/engine-harness.ts';
import { MIB, randomContent } from '../../support/engine-root.ts';
import { isWithoutRealServer, sharedServer } from '../../support/engine-servers.ts';

/** A way to a server that breaks off each time after so many bytes of what comes back. @returns its address. */
async function useBreakingWay(
  endpoint: string,
  everyBytes: number,
): Promise<{ endpoint: string; breaks: () => number }> {
  const { hostname, port } = new URL(endpoint);
  const open = new Set<Socket>();
  let breaks = 0;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    let leftBytes = everyBytes;
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      open.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (chunk: Buffer) => {
      leftBytes -= chunk.length;
      near.write(chunk);
      if (leftBytes > 0) return;
      breaks += 1;
      far.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  return { endpoint: `http://127.0.0.1:${address.port}`, breaks: () => breaks };
}

describe.skipIf(isWithoutRealServer)('an object that is got by hand', () => {
  test('goes on where the way to it broke off, and is the same byte for byte', async () => {
    const server = sharedServer();
    const way = await useBreakingWay(server.endpoint, 5 * MIB);
    const { transfers, bucket, root } = await createWorld(server, { engineEndpoint: way.endpoint });
    const content = randomContent(24 * MIB);
    // By ourselves, in parts: its ETag is no MD5 of the whole.
    await root.write('film.bin', content);
    const there = { account: 'test', bucket: bucket.name, key: 'film.bin' };
    const { signal } = new AbortController();
    await transfers.put(
      { kind: 'file', path: root.at('film.bin') },
      { ...there, overwrite: false },
      () => undefined,
      signal,
    );
    const before = way.breaks();
    let progress = 0;
    await transfers.get(
      there,
      { kind: 'file', path: root.at('again.bin'), overwrite: false },
      (doneBytes) => (progress = doneBytes),
      signal,
    );
    expect((await readFile(root.at('again.bin'))).equals(content)).toBe(true);
    expect(progress).toBe(content.length);
    expect(way.breaks() - before).toBeGreaterThanOrEqual(4);
    expect((await readdir(root.path)).filter((name) => name.startsWith('.#'))).toEqual([]);
  });
});
