import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { builtWindow } from '../../support/window/app.ts';
import { CliWorld } from '../../support/engine-cli.ts';

test('serve prints an address that lets a window in, and ends with Ctrl-C', async () => {
  await builtWindow();
  const world = await CliWorld.make();
  const run = world.start(['serve', '--json'], { RUSTFS_SYNC_WINDOW: await builtWindow() });
  const { url } = JSON.parse(await run.firstLine()) as { url: string };
  const { host, hash } = new URL(url);
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
