import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gnomeIntegration, type GnomeLike } from '../../../src/desktop/gnome.ts';
import { makeDesktop, type DesktopWorld } from '../../support/desktop-world.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { FileManagerDriver } from '../../support/file-manager/run-driver.ts';
import { pollUntil } from '../../support/loopback.ts';
import { hasProgram } from '../../support/programs.ts';

/** The extension for Nautilus, Nemo and Caja, in a real Python with a stand-in for their API. */

const hasPython = hasProgram('python3');

async function fileManager(
  desktop: DesktopWorld,
  manager: GnomeLike = 'nautilus',
  env: Readonly<Record<string, string>> = {},
): Promise<FileManagerDriver> {
  const integration = gnomeIntegration(manager, desktop.surroundings, true);
  await integration.install();
  return new FileManagerDriver(integration.places[0] ?? '', { LANGUAGE: 'en', ...env });
}

const withEngine = (world: World) => makeDesktop({ state: world.home });

function emblemIs(manager: FileManagerDriver, path: string, emblem: string | null) {
  return pollUntil(`${emblem ?? 'no emblem'} on ${basename(path)}; ${manager.errors}`, () =>
    manager.emblem(path) === emblem ? true : undefined,
  );
}

describe.skipIf(!hasPython)('the menu', () => {
  test.each(['nautilus', 'nemo', 'caja'] as const)('of %s runs the share of all chosen files', async (name) => {
    const desktop = makeDesktop();
    const manager = await fileManager(desktop, name);
    expect(await manager.menu(...desktop.paths)).toEqual(['Copy RustFS Link']);
    await manager.choose(...desktop.paths);
    const argv = await pollUntil(`the program; ${manager.errors}`, () => desktop.argv());
    expect(argv).toEqual(['share', '--copy', '--', ...desktop.paths]);
  });

  test('speaks the person’s language, and has nothing for what is not on this computer', async () => {
    const manager = await fileManager(makeDesktop(), 'nautilus', { LANGUAGE: 'zh_CN:en' });
    expect(await manager.menu('/a')).toEqual(['复制 RustFS 链接']);
    expect(await manager.menu('')).toEqual([]);
    expect(await manager.menu()).toEqual([]);
  });

  test('does nothing more than a line in the log when the program is gone', async () => {
    const manager = await fileManager(makeDesktop({ program: ['/nowhere/rustfs-sync'] }));
    await manager.choose('/a');
    await pollUntil('the line', () => (manager.errors.includes('could not be started') ? true : undefined));
    expect(await manager.menu('/a')).toEqual(['Copy RustFS Link']);
  });
});

describe.skipIf(!hasPython)('with a running engine, the extension', () => {
  test('shows how files and folders stand, and follows their changes', async () => {
    const double = await useDouble();
    const world = await createWorld(double, {
      before: async (root) => {
        await root.write('一 same.txt', 'same');
        await root.write('dir/sub/also.txt', 'also');
      },
    });
    await world.watch();
    const manager = await fileManager(withEngine(world));
    const inRoot = (path: string) => join(world.root.path, path);
    manager.show(inRoot('一 same.txt'), inRoot('dir'), world.root.path);
    for (const path of [inRoot('一 same.txt'), inRoot('dir'), world.root.path])
      await emblemIs(manager, path, 'emblem-default');

    double.faults.add({ operation: 'PutObject' }, { kind: 'hang' });
    await world.root.write('dir/sub/also.txt', 'changed');
    await emblemIs(manager, inRoot('dir'), 'emblem-synchronizing');
    expect(manager.emblem(inRoot('一 same.txt'))).toBe('emblem-default');
    expect(manager.errors).toBe('');
  });

  test('has a menu for synced files alone, over links too', async () => {
    const world = await createWorld(await useDouble(), { before: (root) => root.write('a.txt', 'a') });
    await world.watch();
    const desktop = withEngine(world);
    const link = join(desktop.files, 'link');
    symlinkSync(world.root.path, link);
    const beside = `${world.root.path}-beside`;
    mkdirSync(beside);
    writeFileSync(join(beside, 'a.txt'), '');
    const manager = await fileManager(desktop);
    manager.show(join(world.root.path, 'a.txt'), join(link, 'a.txt'), join(beside, 'a.txt'));
    await emblemIs(manager, join(world.root.path, 'a.txt'), 'emblem-default');
    await emblemIs(manager, join(link, 'a.txt'), 'emblem-default');
    const item = ['Copy RustFS Link'];
    expect(await manager.menu(join(world.root.path, 'a.txt'), join(link, 'a.txt'), world.root.path)).toEqual(item);
    expect(await manager.menu(join(beside, 'a.txt'))).toEqual([]);
    expect(await manager.menu(join(world.root.path, 'a.txt'), desktop.files)).toEqual([]);
    expect(manager.emblem(join(beside, 'a.txt'))).toBeUndefined();
  });

  test('takes its emblems back when the engine ends, and shows them again when one runs', async () => {
    const world = await createWorld(await useDouble(), { before: (root) => root.write('a.txt', 'a') });
    const file = join(world.root.path, 'a.txt');
    const manager = await fileManager(withEngine(world));
    manager.show(file);
    await world.watch();
    await emblemIs(manager, file, 'emblem-default');
    await world.stop();
    await emblemIs(manager, file, null);
    world.start();
    await world.watch();
    await emblemIs(manager, file, 'emblem-default');
    expect(manager.errors).toBe('');
  });

  test('asks for more files than go into one question', async () => {
    const names = Array.from({ length: 450 }, (_, n) => `f${n}.txt`);
    const world = await createWorld(await useDouble(), {
      before: async (root) => {
        for (const name of names) await root.write(name, name);
      },
    });
    await world.watch();
    const manager = await fileManager(withEngine(world));
    const paths = names.map((name) => join(world.root.path, name));
    manager.show(...paths);
    for (const path of paths) await emblemIs(manager, path, 'emblem-default');
  });
});

test.skipIf(!hasPython)(
  'something at the engine’s address that answers nonsense, or nothing, is left alone',
  async () => {
    for (const nonsense of ['', 'nonsense\n', '{"type":"item","id":1}\n', '[]\n', 'x'.repeat(5_000_000)]) {
      const desktop = makeDesktop();
      const { state } = desktop.surroundings;
      mkdirSync(state, { recursive: true });
      const address = join(dirname(state), 's.sock');
      const asked = Promise.withResolvers<undefined>();
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => asked.resolve(undefined));
        socket.write(nonsense);
      });
      await new Promise<void>((resolve) => server.listen(address, resolve));
      onTestFinished(() => void server.close());
      writeFileSync(join(state, 'engine.address'), `${address}\n`);
      const manager = await fileManager(desktop);
      manager.show(join(desktop.files, 'with space.txt'));
      await asked.promise;
      expect(await manager.menu('/a')).toEqual(['Copy RustFS Link']);
      expect(manager.errors).toBe('');
    }
  },
);

/**
 * An engine that is asked for its state and for that of a file, tells its own and then reads nothing more; `sys.argv`: its
 * address, and what is made at the second call.
 */
const DEAF_ENGINE = `
import json, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
print("listens", flush=True)
first, _ = server.accept()
asked = b""
while asked.count(b"\\n") < 2:
    asked += first.recv(65536)
first.shutdown(socket.SHUT_RD)
first.sendall(json.dumps({"type": "item", "id": 1, "value": {"folders": []}}).encode() + b"\\n")
second, _ = server.accept()
open(sys.argv[2], "w").close()
sys.stdin.read()
`;

test.skipIf(!hasPython)('an engine that can not be answered any more is let go of, and called again', async () => {
  const desktop = makeDesktop();
  const { state } = desktop.surroundings;
  mkdirSync(state, { recursive: true });
  const address = join(dirname(state), 's.sock');
  const calledAgain = join(state, 'called-again');
  const engine = spawn('python3', ['-c', DEAF_ENGINE, address, calledAgain], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => engine.once('close', resolve));
  onTestFinished(async () => {
    engine.stdin.end();
    engine.kill();
    await ended;
  });
  await new Promise((resolve) => engine.stdout.once('data', resolve));
  writeFileSync(join(state, 'engine.address'), `${address}\n`);
  const manager = await fileManager(desktop);
  manager.show(join(desktop.files, 'with space.txt'));
  await pollUntil('another call', () => existsSync(calledAgain) || manager.errors !== '' || undefined);
  expect(await manager.menu(join(desktop.files, 'with space.txt'))).toEqual([]);
  expect(manager.errors).toBe('');
});
