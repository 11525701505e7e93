import { describe, expect, test } from 'vitest';
import { makeShare, type ShareProgress } from '../../../src/api/index.ts';
import type { Clock } from '../../../src/core/environment.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { pollUntil } from '../../support/loopback.ts';

function object({ bucket }: World, key: string) {
  return { kind: 'object', account: 'test', bucket: bucket.name, key } as const;
}

function file({ root }: World, path: string) {
  return { kind: 'path', path: root.at(path) } as const;
}

async function refused(url: URL | string, init: RequestInit = {}): Promise<boolean> {
  const answer = await fetch(url, init);
  await answer.arrayBuffer();
  return answer.status === 403 || answer.status === 400;
}

describe.skipIf(isWithoutRealServer)('a link allows nothing but what it is for', () => {
  test('one to get an object: not another key, method, name or time', async () => {
    const world = await createWorld(sharedServer());
    const { client, bucket } = world;
    await bucket.put('a/shared.txt', 'shared');
    await bucket.put('a/other.txt', 'other');
    const input = { target: object(world, 'a/shared.txt'), expiresInSeconds: 600, downloadName: '分享.txt' };
    const { url } = await makeShare(client, input);
    const answer = await fetch(url);
    expect(await answer.text()).toBe('shared');
    expect(answer.headers.get('content-disposition')).toContain(encodeURIComponent('分享.txt'));
    const other = new URL(url);
    other.pathname = other.pathname.replace('shared.txt', 'other.txt');
    expect(await refused(other)).toBe(true);
    const listing = new URL(url);
    listing.pathname = `/${bucket.name}`;
    expect(await refused(listing)).toBe(true);
    for (const method of ['PUT', 'DELETE', 'POST']) expect(await refused(url, { method, body: 'x' })).toBe(true);
    for (const [name, value] of [
      ['X-Amz-Expires', '604800'],
      ['X-Amz-Date', '20990101T000000Z'],
      ['response-content-disposition', 'inline'],
      ['versionId', 'null'],
    ] as const) {
      const changed = new URL(url);
      changed.searchParams.set(name, value);
      expect({ name, refused: await refused(changed) }).toEqual({ name, refused: true });
    }
    expect(await bucket.text('a/shared.txt')).toBe('shared');
  });

  test('one to send an object: that key alone, and not to read it', async () => {
    const world = await createWorld(sharedServer());
    const { client, bucket } = world;
    const share = await makeShare(client, { target: object(world, 'in/box.zip'), expiresInSeconds: 600, upload: true });
    expect(share).toMatchObject({ kind: 'upload', key: 'in/box.zip' });
    expect((await fetch(share.url, { method: 'PUT', body: 'sent' })).status).toBe(200);
    expect(await bucket.text('in/box.zip')).toBe('sent');
    const other = share.url.replace('box.zip', 'else.zip');
    expect(await refused(other, { method: 'PUT', body: 'x' })).toBe(true);
    for (const method of ['GET', 'DELETE']) expect(await refused(share.url, { method })).toBe(true);
    expect(await bucket.keys()).toEqual(['in/box.zip']);
    const folder = { target: object(world, 'in/'), expiresInSeconds: 600, upload: true };
    await expect(makeShare(client, folder)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  test('none when its time is over', async () => {
    const world = await createWorld(sharedServer());
    await world.bucket.put('a.txt', 'a');
    const { url } = await makeShare(world.client, { target: object(world, 'a.txt'), expiresInSeconds: 1 });
    await pollUntil('the link to end', async () => (await refused(url)) || undefined);
    for (const expiresInSeconds of [0, 604_801]) {
      const input = { target: object(world, 'a.txt'), expiresInSeconds };
      await expect(makeShare(world.client, input)).rejects.toMatchObject({ code: 'invalid-argument' });
    }
  });
});

test('a link can be had again after the clock of this computer was put back', async () => {
  let aheadMs = 3_600_000;
  const world = await createWorld(await useDouble(), {
    wrap: (environment) => {
      const now = () => environment.clock.now() + aheadMs;
      return { ...environment, clock: Object.assign(Object.create(environment.clock), { now }) as Clock };
    },
  });
  await world.bucket.put('a.txt', 'a');
  const input = { target: object(world, 'a.txt'), expiresInSeconds: 604_800 };
  const { id } = await makeShare(world.client, input);
  aheadMs = 0;
  const { url } = await world.client.call('share.link', { id });
  expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('604800');
  expect(await (await fetch(url)).text()).toBe('a');
});

describe.skipIf(isWithoutRealServer)('a file that is not uploaded yet', () => {
  test('is sent first, by an engine that watches or by none', async () => {
    for (const watches of [true, false]) {
      const world = await createWorld(sharedServer(), { before: (root) => root.write('old.txt', 'old') });
      if (watches) await world.watch();
      await world.root.write('new é 我.txt', 'new');
      const { url } = await makeShare(world.client, { target: file(world, 'new é 我.txt'), expiresInSeconds: 600 });
      expect(await (await fetch(url)).text()).toBe('new');
      // As the window names it.
      await world.root.write('new é 我.txt', 'newer');
      const again = await makeShare(world.client, { target: object(world, 'new é 我.txt'), expiresInSeconds: 600 });
      expect(await (await fetch(again.url)).text()).toBe('newer');
    }
  });

  test('tells how far it is, and is not waited for by whoever has enough', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.watch();
    double.faults.add({ operation: 'PutObject' }, { kind: 'hang' });
    await world.root.write('slow.txt', 'slow');
    const enough = new AbortController();
    const steps: ShareProgress[] = [];
    const making = makeShare(
      world.client,
      { target: file(world, 'slow.txt'), expiresInSeconds: 600 },
      enough.signal,
      (step) => steps.push(step),
    );
    making.catch(() => undefined);
    await pollUntil(
      'progress',
      async () => steps.some((step) => step.kind === 'uploading' && step.isMoving) || undefined,
    );
    enough.abort();
    await expect(making).rejects.toBeDefined();
    expect(await world.client.call('share.list', {})).toEqual([]);
    const now = { target: file(world, 'slow.txt'), expiresInSeconds: 600, wait: false };
    await expect(makeShare(world.client, now)).rejects.toMatchObject({ code: 'no-such-key' });
  });

  test('is waited for also where its account is changed meanwhile; where the folder is paused, that is told', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.watch();
    const fault = double.faults.add({ operation: 'PutObject', key: /txt$/ }, { kind: 'hang' });
    const share = async (path: string) => {
      await world.root.write(path, path);
      const hits = fault.hits;
      const made = makeShare(world.client, { target: file(world, path), expiresInSeconds: 600 });
      made.catch(() => undefined);
      await pollUntil('it to be sent', () => fault.hits > hits || undefined);
      return { made };
    };
    const paused = await share('a.txt');
    await world.client.call('folder.pause', { id: world.folderId });
    await expect(paused.made).rejects.toMatchObject({ code: 'not-uploaded' });
    await world.client.call('folder.resume', { id: world.folderId });
    const waiting = await share('b.txt');
    fault.remove();
    await world.client.call('account.set', { name: 'test', secretAccessKey: double.secretKey });
    expect(await waiting.made).toMatchObject({ key: 'b.txt' });
  });

  test('that is left out, paused, or outside of any folder says so', async () => {
    const world = await createWorld(sharedServer(), { ignoreGlobs: ['*.tmp'] });
    const share = (path: string) => makeShare(world.client, { target: file(world, path), expiresInSeconds: 600 });
    await world.root.write('a.tmp', 'a');
    await world.root.write('b.txt', 'b');
    await expect(share('a.tmp')).rejects.toMatchObject({ code: 'not-uploaded' });
    await expect(share('../b.txt')).rejects.toMatchObject({ code: 'not-in-folder' });
    await world.client.call('folder.pause', { id: world.folderId });
    await expect(share('b.txt')).rejects.toMatchObject({ code: 'not-uploaded' });
    await world.client.call('folder.resume', { id: world.folderId });
    await expect(share('b.txt')).resolves.toMatchObject({ key: 'b.txt' });
    await world.root.write('b.txt', 'b, changed');
    const stale = await makeShare(world.client, { target: file(world, 'b.txt'), expiresInSeconds: 600, wait: false });
    expect(stale.warnings.map(({ code }) => code)).toContain('older-version');
  });

  test('that the server refuses is told, and not sent over and over', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.watch();
    await world.root.write('doc', 'x');
    const target = { kind: 'path', path: world.root.at('doc') } as const;
    const refused = double.faults.add({ operation: 'PutObject' }, { kind: 'error', code: 'AccessDenied' });
    await expect(makeShare(world.client, { target, expiresInSeconds: 600 })).rejects.toMatchObject({
      code: 'not-uploaded',
    });
    expect(refused.hits).toBeLessThanOrEqual(2);
    refused.remove();
    // What passes is waited for, in the pauses of any other file that failed.
    await world.client.call('transfer.retry', { folderId: world.folderId, path: 'doc' });
    await pollUntil('the object', async () => (await world.bucket.etag('doc')) !== undefined || undefined);
    await world.root.write('doc', 'xy');
    const passing = double.faults.add({ operation: 'PutObject', times: 8 }, { kind: 'error', code: 'SlowDown' });
    const { url } = await makeShare(world.client, { target, expiresInSeconds: 600 });
    expect(passing.hits).toBe(8);
    expect(await (await fetch(url)).text()).toBe('xy');
  });

  test('that a folder takes the place of is not waited for', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.watch();
    const sent = double.faults.add({ operation: 'PutObject' }, { kind: 'hang' });
    await world.root.write('thing', 'a file');
    const making = makeShare(world.client, { target: file(world, 'thing'), expiresInSeconds: 600 });
    making.catch(() => undefined);
    await pollUntil('the upload', async () => sent.hits > 0 || undefined);
    await world.root.remove('thing');
    await world.root.write('thing/inside', 'a folder now');
    await expect(making).rejects.toMatchObject({ code: 'not-uploaded', message: /no file any more/ });
  });

  test('that is not chosen for this computer says so', async () => {
    const world = await createWorld(sharedServer(), { mode: 'two-way' });
    await world.bucket.put('kept/a.txt', 'a');
    await world.watch();
    await world.client.call('folder.select', { id: world.folderId, paths: ['kept'] });
    await world.root.write('other/b.txt', 'b');
    const making = makeShare(world.client, { target: file(world, 'other/b.txt'), expiresInSeconds: 600 });
    await expect(making).rejects.toMatchObject({ code: 'not-uploaded' });
  });

  test('a server that can not be reached is told at once', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.watch();
    double.faults.add({}, { kind: 'resetBefore' });
    await world.root.write('a.txt', 'a');
    const making = makeShare(world.client, { target: file(world, 'a.txt'), expiresInSeconds: 600 });
    await expect(making).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe.skipIf(isWithoutRealServer)('the public endpoint of an account', () => {
  test('is what links name, survives, and can be taken away again', async () => {
    const world = await createWorld(sharedServer());
    const { client, bucket } = world;
    await bucket.put('a.txt', 'a');
    const share = () => makeShare(world.client, { target: object(world, 'a.txt'), expiresInSeconds: 600 });
    expect((await share()).warnings.map(({ code }) => code)).toEqual(['this-computer', 'plain-http']);
    const set = await client.call('account.set', { name: 'test', publicEndpoint: 'https://share.example.com/' });
    expect(set.publicEndpoint).toBe('https://share.example.com');
    await world.restart();
    const made = await share();
    expect(made.url).toMatch(new RegExp(`^https://share\\.example\\.com/${bucket.name}/a\\.txt\\?`));
    expect(made.warnings).toEqual([]);
    // Signed for that host: whoever forwards the request under it is believed, and nobody else.
    const { host } = new URL(sharedServer().endpoint);
    expect(await refused(made.url.replace('https://share.example.com', `http://${host}`))).toBe(true);
    await expect(
      world.client.call('account.set', { name: 'test', publicEndpoint: 'https://share.example.com/s3' }),
    ).rejects.toMatchObject({ code: 'invalid-argument' });
    await world.client.call('account.set', { name: 'test', publicEndpoint: null });
    expect((await share()).url).toContain(host);
  });
});
