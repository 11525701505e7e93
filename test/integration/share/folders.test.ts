import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeShare } from '../../../src/api/index.ts';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { createWorld, type World } from '../../support/engine-harness.ts';
import { pollUntil } from '../../support/loopback.ts';

const run = promisify(execFile);
const SHARES = '.rustfs-sync-shares/';

function folder({ bucket }: World, key: string) {
  return { kind: 'object', account: 'test', bucket: bucket.name, key } as const;
}

describe.skipIf(isWithoutRealServer)('a folder as a page of links', () => {
  test('has every file, runs nothing of theirs, and its names stay text', async () => {
    const world = await createWorld(sharedServer());
    const { client, bucket } = world;
    const evil = 'pics/<script>alert("1")</script> & \'x\'.txt';
    for (const key of ['pics/a.txt', 'pics/sub/照片 1.txt', evil, 'picsother.txt', '.rustfs-sync-trash/pics/t']) {
      await bucket.put(key, `content of ${key}`);
    }
    const share = await makeShare(client, { target: folder(world, 'pics/'), expiresInSeconds: 600 });
    expect(share).toMatchObject({ kind: 'page', key: 'pics/', fileName: 'pics' });
    const answer = await fetch(share.url);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await answer.text();
    expect(html).toContain("default-src 'none'".replaceAll("'", '&#39;'));
    // Our own, and nothing of what names hold.
    expect(html.split('<script')).toHaveLength(2);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, url = '']) =>
      url.replaceAll('&#38;', '&').replaceAll('&#39;', "'"),
    );
    const contents = await Promise.all(links.map(async (url) => (await fetch(url)).text()));
    expect(contents.sort()).toEqual(
      [evil, 'pics/a.txt', 'pics/sub/照片 1.txt'].map((key) => `content of ${key}`).sort(),
    );
    // Its key is in the ledger, and is nobody's to guess.
    expect(await world.bucket.shared()).toEqual([
      expect.stringMatching(/^\.rustfs-sync-shares\/[a-z2-7]{26}\/index\.html$/),
    ]);
    await expect(makeShare(client, { target: folder(world, 'nothing/'), expiresInSeconds: 600 })).rejects.toMatchObject(
      { code: 'no-such-key' },
    );
  });

  test('of this computer is uploaded first, is never synced, and ends when it is taken off the list', async () => {
    const world = await createWorld(sharedServer(), { before: (root) => root.write('trip/a.txt', 'a') });
    await world.watch();
    await world.root.write('trip/b.txt', 'b');
    const target = { kind: 'path', path: world.root.at('trip') } as const;
    const { url, id } = await makeShare(world.client, { target, expiresInSeconds: 600 });
    const html = await (await fetch(url)).text();
    expect([...html.matchAll(/<th scope="row">/g)]).toHaveLength(2);
    await world.sync();
    expect(await world.problemCodes()).toEqual([]);
    expect((await world.bucket.shared()).length).toBe(1);
    expect(await world.client.call('share.forget', { id })).toEqual({ ended: true });
    expect(await world.bucket.shared()).toEqual([]);
    expect((await fetch(url)).status).toBe(404);
    expect(await world.bucket.keys()).toEqual(['trip/a.txt', 'trip/b.txt']);
  });
});

describe.skipIf(isWithoutRealServer)('a folder as a zip', () => {
  test('is what is in the bucket, with every name', async () => {
    const world = await createWorld(sharedServer());
    const big = Buffer.alloc(6 * 2 ** 20, 'text that shrinks, ');
    await world.bucket.put('deep/big.txt', big);
    await world.bucket.put('deep/er/空 "q" \'s.txt', 'quoted');
    await world.bucket.put('deep/empty', '');
    const share = await makeShare(world.client, {
      target: folder(world, 'deep/'),
      expiresInSeconds: 600,
      folderAs: 'zip',
    });
    expect(share).toMatchObject({ kind: 'zip', key: 'deep/', fileName: 'deep.zip' });
    const answer = await fetch(share.url);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="deep.zip"');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.length).toBeLessThan(big.length / 10);
    const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-zip-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await writeFile(join(directory, 'deep.zip'), bytes);
    const script =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';
    await run('python3', ['-c', script, join(directory, 'deep.zip'), join(directory, 'out')]);
    expect((await readFile(join(directory, 'out', 'big.txt'))).equals(big)).toBe(true);
    expect(await readFile(join(directory, 'out', 'er', '空 "q" \'s.txt'), 'utf8')).toBe('quoted');
    expect(await readFile(join(directory, 'out', 'empty'), 'utf8')).toBe('');
    // Again, from the ledger.
    const [listed] = await world.client.call('share.list', {});
    const again = await world.client.call('share.link', { id: listed?.id ?? 0 });
    expect((await fetch(again.url)).headers.get('content-disposition')).toBe('attachment; filename="deep.zip"');
    // One that there never was is not said to be ended.
    for (const name of ['share.link', 'share.forget'] as const) {
      await expect(world.client.call(name, { id: 99 })).rejects.toThrow('There is no link with the number 99.');
    }
  });

  test('goes on where its sources and its parts broke off, rather than begin again', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    const big = randomBytes(20 * 2 ** 20);
    await world.bucket.put('z/a.jpg', big);
    await world.bucket.put('z/b.txt', 'small');
    const { faults } = double;
    const cut = faults.add(
      { operation: 'GetObject', key: /a\.jpg$/, after: 1, times: 3 },
      { kind: 'cutBody', afterBytes: 1e6 },
    );
    const refused = faults.add(
      { operation: 'UploadPart', partNumber: 1, times: 2 },
      { kind: 'error', code: 'SlowDown' },
    );
    const lost = faults.add({ operation: 'UploadPart', partNumber: 2, times: 1 }, { kind: 'resetAfter' });
    const done = faults.add({ operation: 'CompleteMultipartUpload', times: 1 }, { kind: 'resetAfter' });
    const share = await makeShare(world.client, {
      target: folder(world, 'z/'),
      expiresInSeconds: 600,
      folderAs: 'zip',
    });
    expect([cut.hits, refused.hits, lost.hits, done.hits]).toEqual([3, 2, 1, 1]);
    const zip = Buffer.from(await (await fetch(share.url)).arrayBuffer());
    expect(zip.includes(big.subarray(-10_000))).toBe(true);
    const begun = double.requests.of('CreateMultipartUpload').filter(({ key }) => key?.endsWith('.zip'));
    expect(begun).toHaveLength(1);
    expect(double.model.bucket(world.bucket.name).uploads.size).toBe(0);
  });

  test('is made of a folder too whose name is as long as a name can be', async () => {
    const world = await createWorld(sharedServer());
    const name = '长'.repeat(85);
    await world.bucket.put(`${name}/a`, 'a');
    const input = { target: folder(world, `${name}/`), expiresInSeconds: 600, folderAs: 'zip' } as const;
    const answer = await fetch((await makeShare(world.client, input)).url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toContain(encodeURIComponent(`${name}.zip`));
  });

  test('has nothing in it that would be unpacked elsewhere', async () => {
    const world = await createWorld(await useDouble());
    for (const key of ['z/a', 'z/C:/Windows/b', 'z/c:d', 'z/e/f:g']) await world.bucket.put(key, 'content');
    const input = { target: folder(world, 'z/'), expiresInSeconds: 600, folderAs: 'zip' } as const;
    const { url, warnings } = await makeShare(world.client, input);
    const zip = Buffer.from(await (await fetch(url)).arrayBuffer()).toString('latin1');
    const names = ['a', 'C:/Windows/b', 'c:d', 'e/f:g'].filter((name) => zip.includes(name));
    expect(names).toEqual(['a', 'e/f:g']);
    const leftOut = warnings.find(({ code }) => code === 'files-left-out');
    expect(leftOut?.message).toMatch(/^2 files are not in it/);
  });

  test('is on no list before it is whole, and can not be taken off it', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.bucket.put('z/a', 'a');
    const read = double.faults.add({ operation: 'GetObject', key: /^z\/a$/ }, { kind: 'latency', delayMs: 500 });
    const making = makeShare(world.client, { target: folder(world, 'z/'), expiresInSeconds: 600, folderAs: 'zip' });
    making.catch(() => undefined);
    await pollUntil('the zip to be begun', async () => read.hits > 0 || undefined);
    const [begun] = world.state.shares.over(Date.now());
    for (const name of ['share.link', 'share.forget'] as const) {
      await expect(world.client.call(name, { id: begun?.id ?? 0 })).rejects.toThrow('There is no link with the number');
    }
    const { id, url } = await making;
    expect((await fetch(url)).status).toBe(200);
    expect(await world.client.call('share.forget', { id })).toEqual({ ended: true });
    expect(await world.bucket.shared()).toEqual([]);
  });

  test('of a folder in which a file is replaced meanwhile is thrown away, and says so', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.bucket.put('z/a.jpg', randomBytes(6e6));
    const refused = double.faults.add({ operation: 'GetObject', key: /a\.jpg$/ }, { kind: 'error', code: 'SlowDown' });
    const making = makeShare(world.client, {
      target: folder(world, 'z/'),
      expiresInSeconds: 600,
      folderAs: 'zip',
    });
    making.catch(() => undefined);
    await pollUntil('the first request', async () => refused.hits > 0 || undefined);
    await world.bucket.put('z/a.jpg', 'another');
    refused.remove();
    await expect(making).rejects.toMatchObject({ code: 'file-changed' });
    expect(await world.bucket.shared()).toEqual([]);
  });

  test('that is called off leaves nothing behind', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.bucket.put('z/a', 'a');
    await world.bucket.put('z/b', 'b');
    double.faults.add({ operation: 'GetObject', key: /^z\/b$/ }, { kind: 'hang' });
    const enough = new AbortController();
    const steps: string[] = [];
    const making = makeShare(
      world.client,
      { target: folder(world, 'z/'), expiresInSeconds: 600, folderAs: 'zip' },
      enough.signal,
      ({ kind }) => steps.push(kind),
    );
    making.catch(() => undefined);
    await pollUntil('packing', async () => steps.includes('packing') || undefined);
    enough.abort();
    await expect(making).rejects.toBeDefined();
    expect(await world.bucket.shared()).toEqual([]);
    expect(await world.client.call('share.list', {})).toEqual([]);
  });
});

describe.skipIf(isWithoutRealServer)('what was made for links that are over', () => {
  test('is removed at the next start, with what a crash left; what somebody else wrote there stays', async () => {
    const world = await createWorld(sharedServer());
    await world.bucket.put('f/a', 'a');
    const input = { target: folder(world, 'f/'), expiresInSeconds: 600 };
    const [kept, expired, overwritten] = [
      await makeShare(world.client, input),
      await makeShare(world.client, input),
      await makeShare(world.client, input),
    ];
    const keyOf = (id: number) => world.state.shares.byId(id)?.key ?? '';
    const keys = { kept: keyOf(kept.id), expired: keyOf(expired.id), overwritten: keyOf(overwritten.id) };
    await world.bucket.put(keys.overwritten, 'of somebody else');
    const { accountId = '' } = world.state.shares.byId(kept.id) ?? {};
    const left = { accountId, bucket: world.bucket.name, key: `${SHARES}left/f.zip`, method: 'GET' } as const;
    world.state.shares.add({
      ...left,
      folder: { form: 'zip', prefix: 'f/' },
      createdMs: 0,
      expiresMs: Date.now() + 6e5,
    });
    await world.bucket.put(left.key, 'half of it');
    // The ledger is no licence to delete anything else.
    world.state.shares.add({ ...left, key: 'f/a', folder: { form: 'zip', prefix: 'f/' }, createdMs: 0, expiresMs: 1 });
    for (const { id, etag } of [expired, overwritten].map(({ id }) => ({
      id,
      etag: world.state.shares.byId(id)?.madeEtag ?? '',
    }))) {
      world.state.shares.setMade(id, etag, Date.now() - 1);
    }
    await world.restart();
    await world.watch();
    await pollUntil('the tidying', async () => world.state.shares.over(Date.now()).length === 0 || undefined);
    expect(await world.bucket.shared()).toEqual([keys.kept, keys.overwritten].sort());
    expect(await world.bucket.keys()).toEqual(['f/a']);
    expect((await world.client.call('share.list', {})).map(({ id }) => id)).toEqual([kept.id]);
    expect((await fetch(kept.url)).status).toBe(200);
  });

  test('is not what became whole while others were removed', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.bucket.put('f/a', 'a');
    const { accountId = '' } = world.state.folders.byId(world.folderId) ?? {};
    const old = { accountId, bucket: world.bucket.name, method: 'GET', createdMs: 0, expiresMs: 1 } as const;
    const folderRow = { form: 'zip', prefix: 'f/' } as const;
    world.state.shares.add({ ...old, key: `${SHARES}first/f.zip`, folder: folderRow });
    const read = double.faults.add({ operation: 'GetObject', key: /^f\/a$/ }, { kind: 'latency', delayMs: 500 });
    const tidied = double.faults.add({ operation: 'HeadObject', key: /first/ }, { kind: 'latency', delayMs: 2_000 });
    const making = makeShare(world.client, { target: folder(world, 'f/'), expiresInSeconds: 600, folderAs: 'zip' });
    await pollUntil('the zip to be begun', async () => read.hits > 0 || undefined);
    const last = world.state.shares.add({ ...old, key: `${SHARES}last/f.zip`, folder: folderRow });
    await world.client.call('sync.start', { ids: [] });
    await pollUntil('the tidying to begin', async () => tidied.hits > 0 || undefined);
    const { id, url } = await making;
    await pollUntil('the last one', async () => world.state.shares.byId(last) === undefined || undefined);
    expect(world.state.shares.byId(id)?.madeEtag).toBeDefined();
    expect((await fetch(url)).status).toBe(200);
  });

  test('stays where the clock of this computer is far ahead, and its link with it', async () => {
    const double = await useDouble();
    const world = await createWorld(double);
    await world.bucket.put('f/a', 'a');
    const { id, url } = await makeShare(world.client, { target: folder(world, 'f/'), expiresInSeconds: 604_800 });
    const tenDaysMs = 864_000_000;
    // To the server, this computer is ahead; and by its own clock the link is over.
    double.faults.clockOffsetMs = -tenDaysMs;
    const { madeEtag = '', expiresMs = 0 } = world.state.shares.byId(id) ?? {};
    world.state.shares.setMade(id, madeEtag, expiresMs - tenDaysMs);
    await world.client.call('sync.start', { ids: [] });
    await pollUntil(
      'the tidying',
      async () => world.log.lines.some(({ message }) => /expired link/.test(message)) || undefined,
    );
    double.faults.clockOffsetMs = 0;
    expect(world.state.shares.byId(id)).toBeDefined();
    expect((await fetch(url)).status).toBe(200);
  });

  test('goes with its account', async () => {
    const world = await createWorld(sharedServer());
    await world.bucket.put('f/a', 'a');
    await makeShare(world.client, { target: folder(world, 'f/'), expiresInSeconds: 600 });
    await expect(world.client.call('account.remove', { name: 'test' })).rejects.toMatchObject({
      code: 'account-in-use',
    });
    expect((await world.bucket.shared()).length).toBe(1);
    await world.client.call('folder.remove', { id: world.folderId });
    await world.client.call('account.remove', { name: 'test' });
    expect(await world.bucket.keys()).toEqual(['f/a']);
  });
});
