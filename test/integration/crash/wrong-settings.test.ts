import { readdir } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeBucket } from '../../support/engine-bucket.ts';
import { CliWorld, type CliResult } from '../../support/engine-cli.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { freeLoopbackPort } from '../../support/loopback.ts';
import { makeCertificates } from '../remote/support.ts';

/** What was said on stderr, without the lines that only count. */
function wordsOf({ stderr }: CliResult): string[] {
  return stderr.split('\n').filter((line) => line.trim() !== '');
}

/** One line of what is wrong and one of advice, and the exit code for “can not reach or sign in”. */
function expectAdvice(result: CliResult, about: RegExp): void {
  const words = wordsOf(result);
  expect({ ...result, words: words.length }).toMatchObject({ exitCode: 2, words: 2 });
  expect(words[0]).toMatch(/^error: /);
  expect(words.join('\n')).toMatch(about);
  expect(result.stderr).not.toMatch(/\n\s+at /);
}

describe('wrong settings are told in one line with advice, exit code 2, and leave nothing half-made', () => {
  test('a wrong address, access key or secret key when an account is added', async () => {
    const double = await useDouble();
    const world = await CliWorld.make();
    const port = await freeLoopbackPort();
    expectAdvice(await world.addAccount({ ...double, endpoint: `http://127.0.0.1:${port}` }), new RegExp(String(port)));
    expectAdvice(await world.addAccount({ ...double, accessKey: 'nobody' }), /access key/);
    const wrongSecret = await world.addAccount({ ...double, secretKey: 'a-wrong-secret-key' });
    expectAdvice(wrongSecret, /secret key/);
    expect(wrongSecret.stderr).not.toContain('a-wrong-secret-key');
    expect((await world.run(['account', 'list', '--json'])).stdout.trim()).toBe('[]');
    expect(await world.addAccount(double)).toMatchObject({ exitCode: 0 });
  });

  test('a host that does not exist', async () => {
    const world = await CliWorld.make();
    const account = { endpoint: 'http://nowhere.invalid:9000', accessKey: 'a', secretKey: 'secret-key' };
    expectAdvice(await world.addAccount(account), /nowhere\.invalid/);
  });

  test('a certificate that nobody vouches for, and the way to trust it', async () => {
    const certificates = await makeCertificates();
    onTestFinished(() => certificates.remove());
    const double = await useDouble({ tls: certificates.selfSigned });
    const world = await CliWorld.make();
    const refused = await world.addAccount(double);
    expectAdvice(refused, /certificate/);
    const fingerprint = /([0-9A-F]{2}:){31}[0-9A-F]{2}/i.exec(refused.stderr)?.[0];
    expect(fingerprint).toBeDefined();
    expect((await world.run(['account', 'list', '--json'])).stdout.trim()).toBe('[]');
    const trusted = await world.addAccount(double, ['--trust-fingerprint', fingerprint ?? '']);
    expect(trusted).toMatchObject({ exitCode: 0 });
  });

  test('a clock that is off by hours', async () => {
    const double = await useDouble();
    double.faults.clockOffsetMs = -3 * 3_600_000;
    const world = await CliWorld.make();
    expectAdvice(await world.addAccount(double), /clock/);
    expect((await world.run(['account', 'list', '--json'])).stdout.trim()).toBe('[]');
  });

  test('a bucket that does not exist: no folder, and no marker in the root', async () => {
    const double = await useDouble();
    const world = await CliWorld.make();
    await world.addAccount(double);
    expectAdvice(await world.addFolder('no-such-bucket'), /no-such-bucket/);
    expect((await world.run(['folder', 'list', '--json'])).stdout.trim()).toBe('[]');
    expect(await readdir(world.root.path)).toEqual([]);
  });

  test('a run against a server that is gone, and one whose keys were changed, ends with 2 and keeps everything', async () => {
    const double = await useDouble();
    const bucket = await makeBucket(double);
    const world = await CliWorld.make();
    await world.addAccount(double);
    await world.addFolder(bucket.name);
    await world.root.write('doc', 'x');
    double.faults.add({ bucket: bucket.name }, { kind: 'error', code: 'SignatureDoesNotMatch' });
    const refused = await world.run(['sync', '--once', '--quiet']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/secret key/);
    double.faults.clear();
    await double.close();
    const gone = await world.run(['sync', '--once', '--quiet']);
    expect(gone.exitCode).toBe(2);
    expect(gone.stderr).toContain(double.endpoint);
  });

  test('every bad argument is named, with exit code 1', async () => {
    const world = await CliWorld.make();
    const bad: readonly (readonly [args: readonly string[], named: string])[] = [
      [['account', 'add', 'x', '--endpoint', 'nas:9000', '--access-key', 'a', '--secret-key-env', 'S'], 'nas:9000'],
      [['account', 'add', 'x', '--endpoint', 'http://a', '--access-key', 'a', '--secret-key', 'b'], '--secret-key'],
      [['folder', 'add', world.root.path, 'nocolon'], 'nocolon'],
      [['folder', 'add', world.root.path, 'nobody:bucket'], 'nobody'],
      [['folder', 'pause', 'abc'], 'abc'],
      [['sync', '--twice'], '--twice'],
      [['frobnicate'], 'frobnicate'],
    ];
    for (const [args, named] of bad) {
      const result = await world.run(args, { S: 'some-secret' });
      expect({ args, ...result }).toMatchObject({ exitCode: 1 });
      expect(result.stderr).toContain(named);
    }
  });
});
