import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { VERSION } from '../../../src/api/index.ts';
import { attachEngine, openEngine, type OpenedEngine } from '../../../src/engine/index.ts';
import { pollUntil } from '../../support/loopback.ts';
import { CollectedLog } from '../../support/test-environment.ts';

/** The socket of an engine, without folders or servers. */

afterEach(() => vi.unstubAllEnvs());

function temporary(prefix = 'rustfs-sync-socket-'): string {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** An engine that listens. */
async function serve(home: string, log = new CollectedLog()): Promise<OpenedEngine> {
  const opened = openEngine(home, () => log);
  onTestFinished(() => opened.close());
  await opened.engine.serve();
  return opened;
}

const addressOf = (home: string) => readFileSync(join(home, 'engine.address'), 'utf8').trim();

async function attach(home: string) {
  const attached = await attachEngine(home);
  if (attached === undefined) throw new Error('Nobody listens.');
  onTestFinished(() => attached.client.close());
  return attached;
}

/** A client that knows nothing of the contract. */
async function raw(home: string): Promise<Socket> {
  const socket = createConnection(addressOf(home));
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('a client', () => {
  test('speaks to the engine and learns its process', async () => {
    const home = temporary();
    await serve(home);
    const { client, processId } = await attach(home);
    expect(processId).toBe(process.pid);
    expect(await client.call('folder.list', {})).toEqual([]);
    await expect(client.call('account.test', { name: 'nobody' })).rejects.toMatchObject({ code: 'unknown-account' });
  });

  test('finds nobody where no engine ever ran, where it ended, and where it was killed', async () => {
    const home = temporary();
    expect(await attachEngine(home)).toBeUndefined();
    const opened = await serve(home);
    const address = addressOf(home);
    await opened.close();
    expect(existsSync(address)).toBe(false);
    expect(await attachEngine(home)).toBeUndefined();
    // What kill -9 leaves behind: a socket on which nobody listens.
    const program = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', program, address]), 'exit');
    expect(existsSync(address)).toBe(true);
    expect(await attachEngine(home)).toBeUndefined();
    await serve(home);
    expect(await (await attach(home)).client.call('folder.list', {})).toEqual([]);
  });

  test('is told when the engine ends', async () => {
    const home = temporary();
    const opened = await serve(home);
    const { client } = await attach(home);
    const statuses = client.stream('status.watch', {})[Symbol.asyncIterator]();
    await statuses.next();
    const next = statuses.next();
    next.catch(() => undefined);
    await opened.close();
    await expect(next).rejects.toMatchObject({
      code: 'engine-lost',
      message: expect.stringContaining('ended') as unknown,
    });
  });

  test('of another version is told to start the running one again', async () => {
    const home = temporary();
    const address = join(home, 'other.sock');
    const server = createServer((socket) => void socket.write('{"type":"hello","version":"0.0.1"}\n'));
    onTestFinished(() => void server.close());
    await once(server.listen(address), 'listening');
    writeFileSync(join(home, 'engine.address'), address);
    await expect(attachEngine(home)).rejects.toMatchObject({
      code: 'engine-version',
      message: expect.stringContaining(VERSION) as unknown,
      advice: expect.stringContaining('start it again') as unknown,
    });
  });
});

describe.skipIf(process.platform === 'win32')('the socket', () => {
  test('is open to its person alone', async () => {
    const home = temporary();
    await serve(home);
    expect(statSync(addressOf(home)).mode & 0o777).toBe(0o600);
  });

  test.skipIf(process.getuid?.() !== 0)('refuses another user', async () => {
    const home = temporary();
    await serve(home);
    chmodSync(home, 0o755);
    const program = `require('net').createConnection(process.argv[1]).on('error', (e) => console.log(e.code)).on('connect', () => console.log('open'))`;
    const child = spawn(process.execPath, ['-e', program, addressOf(home)], {
      uid: 65_534,
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: '/',
    });
    expect(await text(child.stdout)).toBe('EACCES\n');
  });

  test('of a data directory with a long path is in a directory of its own', async () => {
    const home = join(temporary(), 'd'.repeat(100));
    const runtime = temporary();
    vi.stubEnv('XDG_RUNTIME_DIR', runtime);
    const log = new CollectedLog();
    await serve(home, log);
    const address = addressOf(home);
    expect(address.startsWith(join(runtime, 'rustfs-sync'))).toBe(true);
    expect(statSync(join(runtime, 'rustfs-sync')).mode & 0o777).toBe(0o700);
    // Another process may have another environment.
    vi.stubEnv('XDG_RUNTIME_DIR', undefined);
    expect(await (await attach(home)).client.call('folder.list', {})).toEqual([]);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('is not made in a directory that others can write to; what is synced goes on without', async () => {
    const home = join(temporary(), 'd'.repeat(100));
    const runtime = temporary();
    mkdirSync(join(runtime, 'rustfs-sync'));
    chmodSync(join(runtime, 'rustfs-sync'), 0o777);
    vi.stubEnv('XDG_RUNTIME_DIR', runtime);
    const log = new CollectedLog();
    const opened = await serve(home, log);
    expect(log.lines.map(({ message }) => message)).toContain('The engine does not listen');
    expect(await opened.client.call('folder.list', {})).toEqual([]);
    expect(await attachEngine(home)).toBeUndefined();
  });
});

describe('an engine', () => {
  test('answers garbage once, ends that connection, and goes on', async () => {
    const home = temporary();
    await serve(home);
    const { client } = await attach(home);
    for (const garbage of [
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
      '{"type":"call"}\n',
      Buffer.alloc(4_096, 0xff),
      'null\n',
    ]) {
      const socket = await raw(home);
      socket.write(garbage);
      socket.write('\n');
      const lines = (await text(socket))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string });
      expect(lines.map(({ type }) => type)).toEqual(['hello', 'fault']);
    }
    expect(await client.call('folder.list', {})).toEqual([]);
  });

  test('ends a connection whose line has no end before it is in memory', async () => {
    const home = temporary();
    await serve(home);
    const socket = await raw(home);
    socket.resume();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let sent = 0;
    while (!socket.destroyed && sent < 64 * 1024 * 1024) {
      sent += chunk.length;
      if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    }
    await closed;
    // 3 MiB and what the system buffers between the two.
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    expect(await (await attach(home)).client.call('folder.list', {})).toEqual([]);
  });

  test('is not held up by clients that go away in the middle', async () => {
    const home = temporary();
    await serve(home);
    for (let index = 0; index < 100; index++) {
      const socket = await raw(home);
      socket.write('{"type":"stream","id":1,"name":"status.watch","input":{}}\n{"type":"ca');
      if (index % 2 === 0) socket.destroy();
      else socket.end();
    }
    const { client } = await attach(home);
    expect(await client.call('folder.list', {})).toEqual([]);
  });

  test('takes so many clients, and more when some have gone', async () => {
    const home = temporary();
    await serve(home);
    const sockets = await Promise.all(Array.from({ length: 64 }, () => raw(home)));
    expect(await attachEngine(home)).toBeUndefined();
    sockets[0]?.destroy();
    await pollUntil('room', async () => {
      const attached = await attachEngine(home);
      attached?.client.close();
      return attached;
    });
  });
});
