import { describe, expect, test } from 'vitest';
import { makeBucket } from '../../support/engine-bucket.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { afterNextListing, useListedDouble } from '../../support/listed-double.ts';
import { pollUntil } from '../../support/loopback.ts';
import { MemoryComputer } from '../../support/memory-computer.ts';
import type { S3Double } from '../../support/s3-double/index.ts';
import { createTeam, type Team } from '../../support/two-way-team.ts';

/** Two forms of one name: what a disk keeps apart, a bucket of NFC keys does not. */
const NFC = 'caf\u00e9';
const NFD = 'cafe\u0301';

async function oneOn(double: S3Double): Promise<Team & { readonly a: Team['computers'][number] }> {
  const team = await createTeam(double, {});
  const [a] = team.computers;
  if (a === undefined) throw new Error('There is one computer.');
  return { ...team, a };
}

/** How often an object was asked for. */
function asked(double: S3Double, key: string): number {
  return double.requests.of('HeadObject').filter((request) => request.key === key).length;
}

/** Attempts to put an object at a key. */
function sent(double: S3Double, key: string): number {
  return double.requests.of('PutObject').filter((request) => request.key === key).length;
}

describe('a file, and objects above or below its name', () => {
  for (const mode of ['upload', 'two-way'] as const) {
    test(`a file whose name another Unicode form has as a directory is sent, where base alone remembers an object below it (${mode})`, async () => {
      const double = await useDouble();
      const bucket = await makeBucket(double);
      const a = await MemoryComputer.make(double, bucket, {}, { mode });
      a.write(`${NFD}/inner`, 'in a directory');
      a.write('other', 'x');
      await a.sync();
      await bucket.remove(`${NFC}/inner`);
      a.write(NFC, 'a file');
      await a.sync();
      expect(await bucket.text(NFC)).toBe('a file');
      expect(await a.problemCodes()).toEqual([`${NFC}: unicode-clash`]);
    });
  }

  test('a file is not sent where the bucket has an object below its name that a directory of another Unicode form hides', async () => {
    const double = await useDouble();
    const bucket = await makeBucket(double);
    const a = await MemoryComputer.make(double, bucket, {}, { mode: 'upload' });
    await bucket.put(`${NFC}/inner`, 'in a directory');
    a.write(`${NFD}/own`, 'in a directory');
    a.write(NFC, 'a file');
    a.write('other', 'x');
    await a.sync();
    expect(sent(double, NFC)).toBe(0);
    expect(await bucket.keys()).toEqual([`${NFC}/inner`, 'other']);
    expect(await a.problemCodes()).toEqual([`${NFC}: type-clash`]);
  });

  test('what can not move keeps its old name in the bucket, and nothing is sent below that', async () => {
    const double = await useDouble();
    const { a, bucket } = await oneOn(double);
    for (const name of ['thing', 'other']) await a.root.write(name, `${name}, as it was`);
    await a.sync();
    await bucket.put('taken', 'a file of somebody else');
    await a.root.move('thing', 'taken/thing');
    await a.root.write('thing/inner', 'in a directory now');
    await a.sync();
    expect(sent(double, 'thing/inner')).toBe(0);
    expect(await bucket.keys()).toEqual(['other', 'taken', 'thing']);
    expect(await a.problemCodes()).toEqual(
      expect.arrayContaining(['taken/thing: type-clash', 'thing/inner: type-clash']),
    );
    // Once its new name is free, all of it goes.
    await bucket.remove('taken');
    await a.sync();
    expect(await bucket.keys()).toEqual(['other', 'taken/thing', 'thing/inner']);
  });

  test('a file that became a directory: what is in it waits until the object has gone', async () => {
    const double = await useDouble();
    const { a, bucket } = await oneOn(double);
    for (const name of ['thing', 'other']) await a.root.write(name, `${name}, as it was`);
    await a.sync();
    await a.root.remove('thing');
    await a.root.write('thing/inner', 'in a directory now');
    const refusing = double.faults.add({ operation: 'DeleteObject' }, { kind: 'error', code: 'AccessDenied' });
    expect(await a.sync()).toMatchObject({ result: 'problems', uploadedFiles: 0 });
    expect(sent(double, 'thing/inner')).toBe(0);
    expect(await a.problemCodes()).toEqual(['thing: access-denied']);
    refusing.remove();
    await a.watch();
    await pollUntil('the change', async () => ((await bucket.keys()).includes('thing/inner') ? true : undefined));
    expect(await bucket.keys()).toEqual(['other', 'thing/inner']);
  });

  test('an edited file whose object somebody made a directory of is not sent, however often it is edited', async () => {
    const double = await useDouble();
    const { a, bucket } = await oneOn(double);
    for (const name of ['thing', 'other']) await a.root.write(name, `${name}, as it was`);
    await a.sync();
    await bucket.remove('thing');
    await bucket.put('thing/inner', 'in a directory');
    await a.root.write('thing', 'edited');
    await a.sync();
    expect(await a.problemCodes()).toContain('thing: type-clash');
    double.requests.clear();
    await a.watch();
    for (const edit of ['before', 'while', 'after']) {
      await a.root.write('thing', `edited ${edit}`);
      await a.root.write('other', edit);
      await pollUntil(edit, async () => ((await bucket.text('other')) === edit ? true : undefined));
    }
    expect(sent(double, 'thing')).toBe(0);
    expect(await a.problemCodes()).toContain('thing: type-clash');
  });

  test('what can not be sent, or is hidden by another Unicode form, is not asked for with each listing', async () => {
    const double = await useListedDouble();
    const team = await oneOn(double);
    const { a, bucket } = team;
    for (const name of ['thing', 'other', `${NFD}/inner`]) await a.root.write(name, `${name}, as it was`);
    await a.sync();
    for (const key of ['thing', `${NFC}/inner`]) await bucket.remove(key);
    await bucket.put('thing/inner', 'in a directory');
    for (const name of ['thing', NFC]) await a.root.write(name, 'a file');
    await a.watch();
    await afterNextListing(team, a, 'first');
    double.requests.clear();
    for (const name of ['second', 'third', 'fourth']) await afterNextListing(team, a, name);
    for (const key of ['thing', `${NFC}/inner`]) expect(asked(double, key)).toBe(0);
    expect((await a.root.read('thing')).toString()).toBe('a file');
    expect((await a.root.read(`${NFD}/inner`)).toString()).toContain('as it was');
  });

  for (const [key, holder] of [
    ['thing/inner', 'thing'],
    ['thing', 'thing/inner'],
  ] as const) {
    test(`an object that can not have its name here is fetched once, and again when it can: ${key} beside ${holder}`, async () => {
      const double = await useDouble();
      const { a, bucket } = await oneOn(double);
      await a.root.write(holder, 'a file');
      await bucket.put(key, 'an object');
      for (let run = 0; run < 4; run++) {
        expect(await a.sync()).toMatchObject({ result: 'problems', downloadedFiles: 0 });
        expect(await a.problemCodes()).toContain(`${key}: type-clash`);
      }
      expect(double.requests.of('GetObject').filter((request) => request.key === key)).toHaveLength(1);
      await a.root.remove(holder);
      expect(await a.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 1 });
      expect(Object.keys(await a.tree())).toEqual([key]);
    });
  }

  test('a file goes with the next listing that shows its name to be free', async () => {
    const team = await oneOn(await useListedDouble());
    const { a, bucket } = team;
    for (const key of ['thing/one', 'thing/two']) await bucket.put(key, 'in a directory');
    await a.root.write('thing', 'a file');
    await a.watch();
    await afterNextListing(team, a, 'first');
    await bucket.remove('thing/one');
    await afterNextListing(team, a, 'second');
    await afterNextListing(team, a, 'third');
    expect(await bucket.keys()).not.toContain('thing');
    await bucket.remove('thing/two');
    await pollUntil('the file', async () => ((await bucket.keys()).includes('thing') ? true : undefined));
    await pollUntil('the end of the problem', async () => ((await a.problemCodes()).length === 0 ? true : undefined));
  });
});
