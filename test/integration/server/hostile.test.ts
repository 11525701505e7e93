import { IncomingMessage } from 'node:http';
import { createConnection, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import WebSocket from 'ws';
import { Guard } from '../../../src/server/guard.ts';
import { ask, closed, connect, tokenOf, useApp } from './support.ts';
import { pollUntil } from '../../support/loopback.ts';
import { startApp, type RunningApp } from '../../support/window/app.ts';

/** A window that plays by the rules still gets its answers. */
async function isUnharmed(app: RunningApp): Promise<boolean> {
  const socket = await connect(app, { token: tokenOf(app) });
  if (socket === undefined) return false;
  const answer = new Promise<string>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      if (text.includes('"result"')) resolve(text);
    });
  });
  socket.send(JSON.stringify({ type: 'call', id: 1, name: 'account.list', input: {} }));
  const isAnswered = JSON.parse(await answer) as { value: unknown };
  socket.terminate();
  return Array.isArray(isAnswered.value);
}

const call = (id: number) => JSON.stringify({ type: 'call', id, name: 'setting.get', input: {} });

describe('the socket', () => {
  test('is refused to whoever has no token, an empty one, a wrong one or one of an earlier run', async () => {
    const app = await useApp();
    const old = tokenOf(app);
    expect(await connect(app, {})).toBeUndefined();
    expect(await connect(app, { token: '' })).toBeUndefined();
    expect(await connect(app, { token: `${old.slice(0, -1)}x` })).toBeUndefined();
    await app.restart();
    expect(await connect(app, { token: old })).toBeUndefined();
    expect(await isUnharmed(app)).toBe(true);
  });

  test('is refused to a page of another origin, even with the token, and to one that names none', async () => {
    const app = await useApp();
    const token = tokenOf(app);
    const foreign = ['http://evil.example', 'null', `https://127.0.0.1:${app.port}`, 'http://127.0.0.1:1', ''];
    for (const origin of foreign) expect(await connect(app, { token, origin })).toBeUndefined();
    expect(await connect(app, { token, origin: `http://127.0.0.1:${app.port}` })).toBeDefined();
  });

  test('is refused under a foreign host name, as after DNS rebinding', async () => {
    const app = await useApp();
    const token = tokenOf(app);
    const host = `evil.example:${app.port}`;
    expect(await connect(app, { token, host, origin: `http://${host}` })).toBeUndefined();
    expect(await connect(app, { token, path: '/other' })).toBeUndefined();
  });

  test.each([
    ['no JSON', 'hello'],
    ['an unknown type', '{"type":"become-root","id":1}'],
    ['a number that is none', '{"type":"call","id":-1,"name":"account.list","input":{}}'],
    ['deep nesting', '['.repeat(100_000)],
  ])('ends whoever sends %s, and the engine goes on', async (_what, text) => {
    const app = await useApp();
    const socket = await connect(app, { token: tokenOf(app) });
    socket?.send(text);
    if (socket !== undefined) await closed(socket);
    expect(socket).toBeDefined();
    expect(await isUnharmed(app)).toBe(true);
  });

  test('answers a call that is not in the contract, or that does not fit it, with an error', async () => {
    const app = await useApp();
    const socket = await connect(app, { token: tokenOf(app) });
    const codes = new Promise<string[]>((resolve) => {
      const found: string[] = [];
      socket?.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString('utf8')) as { type: string; error?: { code: string } };
        if (message.type === 'error') found.push(message.error?.code ?? '');
        if (found.length === 3) resolve(found);
      });
    });
    socket?.send(JSON.stringify({ type: 'call', id: 1, name: '__proto__', input: {} }));
    socket?.send(JSON.stringify({ type: 'call', id: 2, name: 'folder.pause', input: { id: 7 } }));
    socket?.send(JSON.stringify({ type: 'call', id: 3, name: 'problem.list', input: { limit: 1e9 } }));
    expect(await codes).toEqual(['invalid-argument', 'invalid-argument', 'invalid-argument']);
  });

  test('ends whoever sends too much at once', async () => {
    const app = await useApp();
    const socket = await connect(app, { token: tokenOf(app) });
    socket?.send(Buffer.alloc(8 * 1024 * 1024, 97).toString('latin1'));
    if (socket !== undefined) await closed(socket);
    expect(socket).toBeDefined();
    expect(await isUnharmed(app)).toBe(true);
  });

  test('ends whoever sends binary frames', async () => {
    const app = await useApp();
    const socket = await connect(app, { token: tokenOf(app) });
    socket?.send(Buffer.from(call(1)));
    if (socket !== undefined) await closed(socket);
    expect(await isUnharmed(app)).toBe(true);
  });

  test('ends whoever sends 10,000 messages a second; other windows go on', async () => {
    const app = await useApp();
    const socket = await connect(app, { token: tokenOf(app) });
    let answers = 0;
    socket?.on('message', () => (answers += 1));
    for (let id = 1; id <= 10_000; id++) socket?.send(call(id));
    if (socket !== undefined) await closed(socket);
    expect(answers).toBeLessThan(2_000);
    expect(await isUnharmed(app)).toBe(true);
  });

  test('does not end a window that asks for thousands of things and waits for its turn', async () => {
    const app = await useApp();
    const socket = await connect(app, { token: tokenOf(app) });
    if (socket === undefined) throw new Error('The window was not let in.');
    let answers = 0;
    let asked = 0;
    const ended = new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      const ask = () => {
        if (asked < 3_000) socket.send(call(++asked));
      };
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString('utf8')) as { type: string; id?: number };
        if (message.type !== 'result') return;
        answers += 1;
        socket.send(JSON.stringify({ type: 'taken', id: message.id }));
        ask();
        if (answers === 3_000) resolve();
      });
      for (let n = 0; n < 32; n++) ask();
    });
    await ended;
    expect(answers).toBe(3_000);
  });

  test('has a limit of windows: one too many is told so, and is let in once another is gone', async () => {
    const app = await useApp();
    const token = tokenOf(app);
    const windows = [];
    for (let n = 0; n < 16; n++) windows.push(await enter(app, token));
    expect(windows.map(({ words }) => words.type)).toEqual(Array.from({ length: 16 }, () => 'hello'));
    const oneTooMany = await enter(app, token);
    expect(oneTooMany.words).toMatchObject({ type: 'fault', error: { code: 'slow-down' } });
    await closed(oneTooMany.socket);
    expect(await connect(app, { token: 'wrong' })).toBeUndefined();
    windows[0]?.socket.terminate();
    await pollUntil('a window to be let in', async () => (await enter(app, token)).words.type === 'hello' || undefined);
  });
});

test('whoever is refused and does not go does not keep the program from ending', async () => {
  const app = await startApp();
  const socket = createConnection({ host: '127.0.0.1', port: app.port, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString('utf8'))));
  const lines = ['GET /socket HTTP/1.1', `Host: 127.0.0.1:${app.port}`, 'Connection: Upgrade', 'Upgrade: websocket'];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  expect(await answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*foreign-origin$/);
  const ended = app.close().then(() => 'ended');
  const late = delay(5_000, 'not ended', { ref: false });
  expect(await Promise.race([ended, late])).toBe('ended');
});

test('the port that browsers leave out of the host is served as all others', () => {
  const guard = new Guard('t', 80);
  const request = (host: string, origin = `http://${host}`) =>
    Object.assign(new IncomingMessage(new Socket()), { headers: { host, origin } });
  for (const host of ['127.0.0.1', 'localhost']) expect(guard.check(request(host), 't')).toBeUndefined();
  expect(guard.check(request('evil.example'), 't')).toBe('foreign-host');
  expect(guard.check(request('127.0.0.1', 'http://127.0.0.1:8080'), 't')).toBe('foreign-origin');
  expect(new Guard('t', 8080).check(request('127.0.0.1'), 't')).toBe('foreign-host');
});

/** A window, and the first thing that it is told. */
async function enter({ port }: RunningApp, token: string) {
  const origin = `http://127.0.0.1:${port}`;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, ['rustfs-sync', `token.${token}`], { origin });
  onTestFinished(() => socket.terminate());
  const text = await new Promise<string>((resolve, reject) => {
    socket.once('message', (data: Buffer) => resolve(data.toString('utf8')));
    socket.once('error', reject);
  });
  return { socket, words: JSON.parse(text) as { type: string } };
}

describe('HTTP', () => {
  test('listens on loopback alone', async () => {
    const app = await useApp();
    expect(new URL(app.url).hostname).toBe('127.0.0.1');
    const page = await ask(app, '/');
    expect(page.status).toBe(200);
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1', 'localhost', '127.0.0.1.evil.example'])(
    'serves nothing under the host name %s',
    async (host) => {
      const app = await useApp();
      const answer = await ask(app, '/', { headers: { host } });
      expect(answer.status).toBe(403);
      expect(answer.body).not.toContain('<');
    },
  );

  test('gives the page no token and a strict policy, and lets nobody read or frame it', async () => {
    const app = await useApp();
    const { headers, body } = await ask(app, '/');
    expect(body).not.toContain(tokenOf(app));
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    const again = await ask(app, '/');
    expect(again.headers['content-security-policy']).not.toBe(policy);
  });

  test.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/../../cli.js',
    '//etc/passwd',
    '/index.html/..%2f..',
  ])('finds nothing outside the window at %s', async (path) => {
    const app = await useApp();
    expect((await ask(app, path)).status).toBe(404);
  });

  test('takes no object and gives no ticket without the token, or for another origin', async () => {
    const app = await useApp();
    const own = `http://127.0.0.1:${app.port}`;
    const authorization = `Bearer ${tokenOf(app)}`;
    const target = '/objects?account=a&bucket=b&key=c';
    const refused: Readonly<Record<string, string>>[] = [
      { origin: own },
      { origin: own, authorization: 'Bearer 00' },
      { origin: 'http://evil.example', authorization },
      { authorization },
      { origin: own, authorization, 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of refused) {
      expect((await ask(app, target, { method: 'PUT', headers, body: 'x' })).status).toBe(403);
      expect((await ask(app, '/downloads', { method: 'POST', headers, body: '{}' })).status).toBe(403);
    }
    const allowed = await ask(app, '/downloads', {
      method: 'POST',
      headers: { origin: own, authorization },
      body: '{}',
    });
    expect(allowed.status).toBe(400);
    expect(JSON.parse(allowed.body)).toMatchObject({ code: 'invalid-argument' });
  });

  test('answers no preflight, so that no page of another origin can send our headers', async () => {
    const app = await useApp();
    const headers = {
      origin: 'http://evil.example',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization',
    };
    const answer = await ask(app, '/objects', { method: 'OPTIONS', headers });
    expect(answer.status).toBe(404);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('a guessed ticket fetches nothing', async () => {
    const app = await useApp();
    expect((await ask(app, `/downloads/${'0'.repeat(48)}`)).status).toBe(404);
  });

  test('a ticket is good though the clock of this computer is set right meanwhile', async () => {
    const app = await useApp();
    const headers = { origin: `http://127.0.0.1:${app.port}`, authorization: `Bearer ${tokenOf(app)}` };
    const body = JSON.stringify({ account: 'nobody', bucket: 'b', key: 'k' });
    const { path } = JSON.parse((await ask(app, '/downloads', { method: 'POST', headers, body })).body) as {
      path: string;
    };
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(JSON.parse((await ask(app, path)).body)).toMatchObject({ code: 'unknown-account' });
  });

  test('are told in words that they have to wait, where too many were asked for and not begun', async () => {
    const app = await useApp();
    const headers = { origin: `http://127.0.0.1:${app.port}`, authorization: `Bearer ${tokenOf(app)}` };
    const body = JSON.stringify({ account: 'home', bucket: 'b', key: 'k' });
    const asking = Array.from({ length: 101 }, () => ask(app, '/downloads', { method: 'POST', headers, body }));
    const refused = (await Promise.all(asking)).filter(({ status }) => status !== 200);
    expect(refused.map(({ body: text }) => JSON.parse(text) as unknown)).toEqual([
      expect.objectContaining({ code: 'slow-down', message: expect.stringContaining('100 downloads') as string }),
    ]);
  });
});
