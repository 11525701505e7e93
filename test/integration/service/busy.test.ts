import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { lockEngine } from '../../../src/engine/lock.ts';
import { openHost } from '../../../src/engine/index.ts';
import { SCHEMA_VERSION } from '../../../src/state/migrations/index.ts';
import { allOf } from '../../support/all-of.ts';
import { pollUntil } from '../../support/loopback.ts';

/** A command while another one, which does not listen, writes. */

const EARLIER = fileURLToPath(new URL('../../unit/state/earlier/schema-5.sql', import.meta.url));

function versionOf(home: string): unknown {
  const database = new Sqlite(join(home, 'state.db'), { readonly: true });
  try {
    return database.pragma('user_version', { simple: true });
  } finally {
    database.close();
  }
}

/** @param prepare what lies in the home before. */
function busyHome(prepare: (home: string) => void = () => {}) {
  const home = mkdtempSync(join(tmpdir(), 'rustfs-sync-busy-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  prepare(home);
  const lock = lockEngine(home);
  const told: (number | undefined)[] = [];
  const host = openHost(home, { warn: () => {}, waiting: (processId) => told.push(processId) });
  onTestFinished(() => host.close());
  return { home, lock, told, host };
}

test('a command that waits for another one says so once, with its process, and then does its work', async () => {
  const { lock, told, host } = busyHome();
  const setting = host.client.call('setting.set', { paused: true });
  await pollUntil('the word', () => (told.length > 0 ? true : undefined));
  expect(told).toEqual([process.pid]);
  lock.release();
  expect(await setting).toMatchObject({ paused: true });
  expect(told).toHaveLength(1);
});

test('a stream that changes something waits as a command does', async () => {
  const { lock, told, host } = busyHome();
  const nowhere = { account: 'nobody', bucket: 'b', prefix: 'p/' };
  const removing = allOf(host.client.stream('object.removeBelow', nowhere));
  removing.catch(() => {});
  await pollUntil('the word', () => (told.length > 0 ? true : undefined));
  lock.release();
  // It got as far as looking for the account.
  await expect(removing).rejects.toMatchObject({ code: 'unknown-account' });
});

test('a question does not wait', async () => {
  const { lock, told, host } = busyHome();
  expect(await host.client.call('folder.list', {})).toEqual([]);
  expect(await allOf(host.client.stream('trash.list', {}))).toEqual([]);
  expect(told).toEqual([]);
  lock.release();
});

/** The state of an earlier version, as that one has it open. */
function makeEarlier(home: string): void {
  const database = new Sqlite(join(home, 'state.db'));
  database.exec(readFileSync(EARLIER, 'utf8'));
  database.close();
}

test('the state of an earlier version is brought up to date once nobody works with it any more', async () => {
  const { home, lock, told, host } = busyHome(makeEarlier);
  const listing = host.client.call('folder.list', {});
  await pollUntil('the word', () => (told.length > 0 ? true : undefined));
  expect(versionOf(home)).toBe(5);
  lock.release();
  expect(await listing).toHaveLength(2);
  expect(versionOf(home)).toBe(SCHEMA_VERSION);
});

test('what is put while an engine of an earlier version runs changes nothing under it, and says so', async () => {
  const { home, lock, told, host } = busyHome(makeEarlier);
  const address = join(home, 'earlier.sock');
  const engine = createServer((socket) => void socket.write('{"type":"hello","version":"0.0.1"}\n'));
  onTestFinished(() => void engine.close());
  await once(engine.listen(address), 'listening');
  writeFileSync(join(home, 'engine.address'), address);
  const target = { account: 'home', bucket: 'b', key: 'k', overwrite: false };
  const source = { kind: 'file', path: EARLIER } as const;
  const putting = host.objects.put(source, target, () => {}, new AbortController().signal);
  await expect(putting).rejects.toMatchObject({ code: 'engine-version' });
  expect(versionOf(home)).toBe(5);
  expect(told).toEqual([]);
  lock.release();
});

test('accounts that were lost come from their copy once nobody works with the state any more', async () => {
  const settings = { endpoint: 'http://127.0.0.1:9', region: 'us-east-1', accessKeyId: 'key', pathStyle: true };
  const account = { id: 'acc', name: 'home', settings, secretPlace: 'file', createdMs: 0 };
  const copy = JSON.stringify({ version: 1, accounts: [account], folders: [] });
  const { lock, told, host } = busyHome((home) => writeFileSync(join(home, 'config.json'), copy));
  const listing = host.client.call('account.list', {});
  await pollUntil('the word', () => (told.length > 0 ? true : undefined));
  lock.release();
  expect(await listing).toMatchObject([{ name: 'home' }]);
});

test('who opened the state before a later version brought it up to date does not write to it any more', async () => {
  const { home, lock, host } = busyHome();
  expect(await host.client.call('folder.list', {})).toEqual([]);
  const later = new Sqlite(join(home, 'state.db'));
  later.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
  later.close();
  lock.release();
  await expect(host.client.call('setting.set', { paused: true })).rejects.toMatchObject({ code: 'state-too-new' });
  expect(await host.client.call('setting.get', {})).toMatchObject({ paused: false });
  // And it is in nobody's way.
  lockEngine(home).release();
});
