import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { buildRenderer } from '../../../build-renderer.ts';
import { CliWorld } from '../../support/engine-cli.ts';
import { pollUntil } from '../../support/loopback.ts';

const BUILT = fileURLToPath(new URL('../../../dist/renderer/', import.meta.url));

test('serve prints an address that lets a window in, and ends with Ctrl-C', async () => {
  if (!existsSync(BUILT)) await buildRenderer(BUILT);
  const world = await CliWorld.make();
  const run = world.start(['serve', '--json']);
  const line = await pollUntil('the address', async () => /^.*"url".*$/m.exec(run.written.stdout)?.[0]);
  const { host, hash } = new URL((JSON.parse(line) as { url: string }).url);
  expect((await fetch(`http://${host}/`)).status).toBe(200);
  const socket = new WebSocket(`ws://${host}/socket`, ['rustfs-sync', hash.replace('#token=', 'token.')], {
    origin: `http://${host}`,
  });
  const hello = await new Promise<string>((resolve, reject) => {
    socket.once('message', (data: Buffer) => resolve(data.toString('utf8')));
    socket.once('error', reject);
  });
  expect(JSON.parse(hello)).toMatchObject({ type: 'hello' });
  run.kill('SIGINT');
  expect(await run.done).toMatchObject({ exitCode: 0 });
});
