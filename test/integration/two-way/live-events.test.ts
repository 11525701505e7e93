import { expect, test } from 'vitest';
import { isWithoutRealServer, sharedServer, useDouble } from '../../support/engine-servers.ts';
import { pollUntil } from '../../support/loopback.ts';
import type { S3Double } from '../../support/s3-double/index.ts';
import { contentOf } from '../../support/s3-double/index.ts';
import { createPair, createTeam, type Computer } from '../../support/two-way-team.ts';

/** As slow as in life: a poll comes half a minute after the listing before it, longer than anybody waits here. */
const AS_IN_LIFE = { haste: 1 };

async function statusOf(computer: Computer) {
  return computer.client.call('folder.status', { id: computer.folderId });
}

/** Starts watching; resolves when the folder is in sync and the bucket's events come, or are known not to come. */
async function watch(computer: Computer, liveEvents = true): Promise<void> {
  await computer.watch();
  await pollUntil('the folder to be in sync and to be told of changes', async () => {
    const status = await statusOf(computer);
    return status.state === 'in-sync' && status.liveEvents === liveEvents ? true : undefined;
  });
}

/** Waits for files with just these contents, whose names are among them. */
async function arrive(computer: Computer, files: Readonly<Record<string, string>>): Promise<void> {
  await pollUntil(`${Object.keys(files).join(', ')} to arrive`, async () => {
    for (const [path, content] of Object.entries(files)) {
      const found = await computer.root.read(path).catch(() => undefined);
      if (found?.toString('utf8') !== content) return undefined;
    }
    return true;
  });
}

/** Waits until the listing is over that follows when events begin to come. */
async function settleListings(double: S3Double): Promise<void> {
  let before = -1;
  await pollUntil(
    'the listings to pause',
    () => {
      const now = double.requests.count('ListObjectsV2');
      const isSame = now === before;
      before = now;
      return isSame ? true : undefined;
    },
    { everyMs: 1_500 },
  );
}

test('what another computer writes, moves and deletes arrives by events, long before the bucket is listed', async () => {
  const double = await useDouble();
  const { a, b, bucket } = await createPair(double, AS_IN_LIFE);
  // A folder that is emptied, or nearly so, is a matter for the brake.
  for (let i = 0; i < 6; i++) await a.root.write(`stays/${i}`, `content ${i}`);
  await watch(a);
  await watch(b);
  await settleListings(double);
  await a.root.write('dir/a b+%.txt', 'from a');
  await arrive(b, { 'dir/a b+%.txt': 'from a' });
  await b.root.move('dir/a b+%.txt', 'moved');
  await arrive(a, { moved: 'from a' });
  await bucket.remove('moved');
  await pollUntil('the deletion', () =>
    a.root
      .read('moved')
      .then(() => undefined)
      .catch(() => true),
  );
  expect(await a.trash()).toHaveProperty('moved');
});

test('our own uploads, moves and deletions come back as events and cost no request', async () => {
  const double = await useDouble();
  const { computers, bucket } = await createTeam(double, AS_IN_LIFE);
  const [a] = computers as [Computer];
  await watch(a);
  await settleListings(double);
  double.requests.clear();
  for (let i = 0; i < 60; i++) await a.root.write(`d/${i}`, `content ${i}`);
  await pollUntil('the uploads', async () => ((await bucket.keys()).length === 60 ? true : undefined));
  await a.root.move('d/1', 'e/1');
  await a.root.remove('d/2');
  await pollUntil('the move', async () => ((await bucket.keys()).includes('e/1') ? true : undefined));
  await pollUntil('the deletion', async () => ((await bucket.keys()).includes('d/2') ? undefined : true));
  // Events come in order: when this one was followed up, so were all of ours.
  await bucket.put('last', 'by somebody else');
  await arrive(a, { last: 'by somebody else' });
  const asked = double.requests.of('HeadObject').map(({ key }) => key);
  // Moving and deleting look at the object themselves; that is not for an event.
  expect(asked.filter((key) => !['last', 'e/1', 'd/2'].includes(key ?? ''))).toEqual([]);
  expect(asked.length).toBeLessThanOrEqual(3);
});

test('thousands of events cost fewer requests than there are events', async () => {
  const double = await useDouble();
  const { computers, bucket } = await createTeam(double, AS_IN_LIFE);
  const [a] = computers as [Computer];
  await watch(a);
  await settleListings(double);
  double.requests.clear();
  for (let i = 0; i < 10_000; i++) double.model.putObject(bucket.name, 'counter', contentOf(`${i}`));
  await arrive(a, { counter: '9999' });
  expect(double.requests.count('HeadObject')).toBeLessThan(20);
  for (let i = 0; i < 5_000; i++) {
    double.model.putObject(bucket.name, `passing/${i}`, contentOf('x'));
    double.model.deleteObject(bucket.name, `passing/${i}`);
  }
  await bucket.put('last', 'one');
  await arrive(a, { last: 'one' });
  expect(double.requests.count('HeadObject')).toBeLessThan(5_000);
  expect(double.requests.count('ListObjectsV2')).toBeLessThan(10);
  expect(Object.keys(await a.tree()).sort()).toEqual(['counter', 'last']);
});

test('a cut stream is opened again, and what happened meanwhile is found', async () => {
  const double = await useDouble();
  const { computers, bucket } = await createTeam(double, AS_IN_LIFE);
  const [a] = computers as [Computer];
  await watch(a);
  await settleListings(double);
  double.dropConnections();
  double.model.putObject(bucket.name, 'meanwhile', contentOf('missed'));
  await arrive(a, { meanwhile: 'missed' });
  await pollUntil('events again', async () => ((await statusOf(a)).liveEvents === true ? true : undefined));
  await bucket.put('after', 'told');
  await arrive(a, { after: 'told' });
});

test('server-restarts: what was written while it refused everybody is found when it is back', async () => {
  const double = await useDouble();
  const { computers, bucket } = await createTeam(double, AS_IN_LIFE);
  const [a] = computers as [Computer];
  await watch(a);
  const fault = double.faults.add({}, { kind: 'resetBefore' });
  double.dropConnections();
  await pollUntil('events to end', async () => ((await statusOf(a)).liveEvents === false ? true : undefined));
  await pollUntil('a failed attempt', () => (fault.hits > 0 ? true : undefined));
  double.model.putObject(bucket.name, 'meanwhile', contentOf('missed'));
  fault.remove();
  await arrive(a, { meanwhile: 'missed' });
  await pollUntil('events again', async () => ((await statusOf(a)).liveEvents === true ? true : undefined));
});

test('events-lost: what a mute stream does not tell, the next listing finds', async () => {
  const double = await useDouble();
  double.faults.add({ operation: 'ListenBucketNotification' }, { kind: 'muteEvents' });
  const { computers, bucket } = await createTeam(double, {});
  const [a] = computers as [Computer];
  await watch(a);
  await settleListings(double);
  await bucket.put('untold', 'there');
  await arrive(a, { untold: 'there' });
});

test('a server without events is asked for them once, and listed now and then', async () => {
  const double = await useDouble();
  const fault = double.faults.add({ operation: 'ListenBucketNotification' }, { kind: 'error', code: 'NotImplemented' });
  const { computers, bucket } = await createTeam(double, {});
  const [a] = computers as [Computer];
  await watch(a, false);
  for (const name of ['one', 'two']) {
    await bucket.put(name, name);
    await arrive(a, { [name]: name });
  }
  expect(fault.hits).toBe(1);
  expect((await statusOf(a)).liveEvents).toBe(false);
});

test('who only uploads does not listen', async () => {
  const double = await useDouble();
  const { computers, bucket } = await createTeam(double, { folder: { mode: 'upload' } });
  const [a] = computers as [Computer];
  await a.watch();
  await a.root.write('one', 'one');
  await pollUntil('the upload', async () => ((await bucket.keys()).includes('one') ? true : undefined));
  expect(double.requests.count('ListenBucketNotification')).toBe(0);
  expect(await statusOf(a)).not.toHaveProperty('liveEvents');
});

test('a paused folder does not listen, and catches up when it goes on', async () => {
  const double = await useDouble();
  const { computers, bucket } = await createTeam(double, AS_IN_LIFE);
  const [a] = computers as [Computer];
  await watch(a);
  await a.client.call('folder.pause', { id: a.folderId });
  await pollUntil('events to end', async () => ((await statusOf(a)).liveEvents === false ? true : undefined));
  await bucket.put('meanwhile', 'paused');
  await a.client.call('folder.resume', { id: a.folderId });
  await arrive(a, { meanwhile: 'paused' });
});

test('while all syncing is paused nobody listens', async () => {
  const { computers, bucket } = await createTeam(await useDouble(), AS_IN_LIFE);
  const [a] = computers as [Computer];
  await watch(a);
  await a.client.call('setting.set', { paused: true });
  await pollUntil('events to end', async () => ((await statusOf(a)).liveEvents === false ? true : undefined));
  await bucket.put('meanwhile', 'paused');
  await a.client.call('setting.set', { paused: false });
  await arrive(a, { meanwhile: 'paused' });
});

test.skipIf(isWithoutRealServer)(
  'on the real server, changes arrive whether it tells of them at once or not',
  async () => {
    const { a, b } = await createPair(sharedServer());
    await a.watch();
    await b.watch();
    for (let i = 0; i < 5; i++) {
      await a.root.write(`a b/${i}+%`, `content ${i}`);
      await arrive(b, { [`a b/${i}+%`]: `content ${i}` });
    }
  },
);
