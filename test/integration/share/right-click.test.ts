import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CliWorld } from '../../support/engine-cli.ts';
import { makeBucket } from '../../support/engine-bucket.ts';
import { createWorld } from '../../support/engine-harness.ts';
import { isWithoutRealServer, sharedServer } from '../../support/engine-servers.ts';

const SIGNATURE = /X-Amz-Signature|[0-9a-f]{64}/;

/** Stand-ins for the desktop's programs, that keep what they were given. */
async function useDesktop(
  world: CliWorld,
): Promise<{ readonly env: Record<string, string>; readonly read: (name: string) => Promise<string> }> {
  const directory = join(world.home, '..', 'desktop');
  await mkdir(directory, { recursive: true });
  for (const program of ['wl-copy', 'notify-send']) {
    const script = `#!/bin/sh\ncat > '${directory}/${program}.in'\nprintf '%s\\0' "$@" > '${directory}/${program}.args'\n`;
    await writeFile(join(directory, program), script);
    await chmod(join(directory, program), 0o755);
  }
  return {
    env: {
      PATH: `${directory}:${process.env['PATH'] ?? ''}`,
      WAYLAND_DISPLAY: 'wayland-0',
      LANG: 'en_US.UTF-8',
      RUSTFS_SYNC_DEBUG: '1',
    },
    read: (name) => readFile(join(directory, name), 'utf8'),
  };
}

describe.skipIf(isWithoutRealServer || process.platform !== 'linux')('share --copy, as file managers run it', () => {
  test('puts links to any name on the clipboard, and they are in no log, output or argument', async () => {
    const names = ['plain.txt', 'it\'s a "quoted" $(name) & <b>.txt', '照片 2026.txt', '-n'];
    const world = await createWorld(sharedServer(), {
      before: async (root) => {
        for (const name of names) await root.write(name, `content of ${name}`);
      },
    });
    await world.watch();
    const cli = await CliWorld.make();
    const desktop = await useDesktop(cli);
    const env = { ...desktop.env, RUSTFS_SYNC_HOME: world.home };
    const { read } = desktop;
    const paths = names.map((name) => world.root.at(name));
    const shared = await cli.run(['share', '--copy', '--', ...paths], env);
    expect(shared).toMatchObject({ exitCode: 0, stdout: '' });
    const links = (await read('wl-copy.in')).split('\n');
    const contents = await Promise.all(links.map(async (url) => (await fetch(url)).text()));
    expect(contents).toEqual(names.map((name) => `content of ${name}`));
    expect(await read('wl-copy.args')).toBe('--type\0text/plain\0');
    const told = await read('notify-send.args');
    expect(told).toContain('4 links copied');
    expect(told).toContain('&amp; &lt;b&gt;.txt');
    // One that was not there a moment ago, one whose name no server holds, and all of it as a page.
    await world.root.write('new.txt', 'new');
    const broken = join(world.root.path, 'line\nbreak');
    await writeFile(broken, 'x');
    const mixed = await cli.run(['share', '--copy', '--', world.root.at('new.txt'), broken, world.root.path], env);
    expect(mixed.exitCode).toBe(1);
    const [file = '', page = ''] = (await read('wl-copy.in')).split('\n');
    expect(await (await fetch(file)).text()).toBe('new');
    expect(await (await fetch(page)).text()).toContain('new.txt');
    const [share] = await world.client.call('share.list', {});
    await world.client.call('share.forget', { id: share?.id ?? 0 });
    const log = JSON.stringify(world.log, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    const texts = [shared, mixed].flatMap(({ stdout, stderr }) => [stdout, stderr]);
    for (const text of [...texts, log, told, await read('notify-send.args')]) expect(text).not.toMatch(SIGNATURE);
    expect(log).toContain('Made a link');
  }, 180_000);

  test('outside any synced folder it says so, and uploads where it is told to', async () => {
    const world = await CliWorld.make();
    const bucket = await makeBucket(sharedServer());
    const { env, read } = await useDesktop(world);
    await world.addAccount(sharedServer());
    const file = world.root.at('出 a.txt');
    await world.root.write('出 a.txt', 'from outside');
    const refused = await world.run(['share', '--copy', '--', file], env);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('--upload-to ACCOUNT:BUCKET/PREFIX');
    expect(await read('notify-send.args')).toContain('出 a.txt is in no synced folder');
    for (const key of ['in/出 a.txt', 'in/出 a (2).txt']) {
      const shared = await world.run(['share', '--copy', '--upload-to', `test:${bucket.name}/in`, '--', file], env);
      expect(shared.exitCode).toBe(0);
      expect(await bucket.text(key)).toBe('from outside');
      expect(await (await fetch(await read('wl-copy.in'))).text()).toBe('from outside');
    }
  }, 180_000);
});
