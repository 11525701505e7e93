import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockEngine } from '../../../src/engine/lock.ts';
import { openHost } from '../../../src/engine/index.ts';
import { allOf } from '../../support/all-of.ts';
import { pollUntil } from '../../support/loopback.ts';

/** A command while another one, which does not listen, writes. */

function busyHome() {
  const home = mkdtempSync(join(tmpdir(), 'rustfs-sync-busy-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  const lock = lockEngine(home);
  const told: (number | undefined)[] = [];
  const host = openHost(home, { warn: () => {}, waiting: (processId) => told.push(processId) });
  onTestFinished(() => host.close());
  return { lock, told, host };
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
