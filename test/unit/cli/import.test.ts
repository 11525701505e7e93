import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AccountInfo } from '../../../src/api/index.ts';
import { readMcConfig } from '../../../src/cli/import/mc.ts';
import { readRcloneConfig } from '../../../src/cli/import/rclone.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { runFake, type FakeOptions } from './fake-host.ts';

const SECRET = 'sEcReT/with+signs==';
const containing = (text: string) => expect.stringContaining(text) as string;
const directory = mkdtempSync(join(tmpdir(), 'rustfs-sync-import-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function s3(name: string, more = ''): string {
  return `[${name}]\ntype = s3\nendpoint = http://nas:9000\naccess_key_id = ann\nsecret_access_key = ${SECRET}\n${more}\n`;
}

describe('an rclone configuration', () => {
  const read = (text: string, env = {}) => readRcloneConfig(text, env);

  test('gives endpoint, keys, region and style of an S3 remote', () => {
    const text = `# made by hand\n${s3('nas', 'provider = Minio\nregion = eu-1\nsession_token = t\nforce_path_style = false')}`;
    expect(read(text)).toEqual([
      {
        kind: 'remote',
        name: 'nas',
        endpoint: 'http://nas:9000',
        region: 'eu-1',
        accessKeyId: 'ann',
        secretAccessKey: SECRET,
        sessionToken: 't',
        pathStyle: false,
        notes: [],
      },
    ]);
  });

  test('has the endpoint of Amazon for a remote there, and the bucket in its host name', () => {
    const text = `[aws]\r\ntype=s3\r\nprovider=AWS\r\nregion=eu-west-1\r\naccess_key_id=a\r\nsecret_access_key=b\r\n`;
    expect(read(text)).toMatchObject([{ endpoint: 'https://s3.eu-west-1.amazonaws.com', pathStyle: false }]);
  });

  test('takes an endpoint without a scheme for https, as rclone does', () => {
    const text = s3('nas').replace('http://nas:9000', 'nas.example');
    expect(read(text)).toMatchObject([{ endpoint: 'https://nas.example', pathStyle: true, region: 'us-east-1' }]);
  });

  test('takes keys from the environment where the remote says so, and names what is missing else', () => {
    const text = '[env]\ntype = s3\nendpoint = http://nas:9000\nenv_auth = true\n';
    const env = { AWS_ACCESS_KEY_ID: 'ann', AWS_SECRET_ACCESS_KEY: SECRET };
    expect(read(text, env)).toMatchObject([{ accessKeyId: 'ann', secretAccessKey: SECRET }]);
    expect(read(text)).toMatchObject([{ kind: 'unusable', reason: containing('AWS_ACCESS_KEY_ID') }]);
    expect(read(text.replace('env_auth = true', ''), env)).toMatchObject([{ reason: containing('no keys') }]);
  });

  test.each([
    ['another type', '[x]\ntype = drive\ntoken = {"access_token":"t"}', 'of the type drive'],
    ['a remote that encrypts', '[x]\ntype = crypt\nremote = nas:b\npassword = p', 'of the type crypt'],
    ['no type', '[x]\nendpoint = http://nas:9000', 'names no type'],
    ['old signatures', s3('x', 'region = other-v2-signature'), 'version 2'],
    ['no endpoint', s3('x').replace(/endpoint.*\n/, ''), 'no endpoint'],
    ['a path in the address', s3('x').replace('9000', '9000/s3'), 'one of a server alone'],
  ])('names what can not be used: %s', (_what, text, reason) => {
    expect(read(text)).toEqual([{ kind: 'unusable', name: 'x', reason: containing(reason) }]);
  });

  test('tells of options that change what is stored', () => {
    expect(read(s3('nas', 'sse_customer_key = k'))).toMatchObject([{ notes: ['sse_customer_key is not taken over.'] }]);
  });

  test('that is encrypted is refused with the way to read it', () => {
    const text = '# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nabcdef';
    expect(() => read(text)).toThrow(expect.objectContaining({ advice: containing('rclone config show') }));
  });

  test('that is something else is refused', () => {
    expect(() => read('{"a": 1}')).toThrow(/no rclone configuration/);
  });
});

describe('a configuration of mc', () => {
  const alias = { url: 'https://nas:9000', accessKey: 'ann', secretKey: SECRET, api: 'S3v4', path: 'auto' };
  const read = (aliases: object, version = '10') => readMcConfig(JSON.stringify({ version, aliases }));

  test('gives address, keys and style of an alias', () => {
    expect(read({ nas: alias })).toMatchObject([
      { name: 'nas', endpoint: 'https://nas:9000', accessKeyId: 'ann', secretAccessKey: SECRET, pathStyle: true },
    ]);
    expect(read({ nas: { ...alias, path: 'off' } })).toMatchObject([{ pathStyle: false }]);
    expect(read({ aws: { ...alias, url: 'https://s3.eu-west-1.amazonaws.com' } })).toMatchObject([
      { pathStyle: false, region: 'eu-west-1' },
    ]);
  });

  test.each([
    ['no keys', { accessKey: '', secretKey: '' }, 'no keys'],
    ['keys that were never filled in', { accessKey: 'YOUR-ACCESS-KEY-HERE' }, 'no keys'],
    ['old signatures', { api: 'S3v2' }, 'version 2'],
    ['a path in the address', { url: 'https://nas:9000/s3' }, 'one of a server alone'],
  ])('names what can not be used: %s', (_what, changes, reason) => {
    expect(read({ x: { ...alias, ...changes } })).toEqual([
      { kind: 'unusable', name: 'x', reason: containing(reason) },
    ]);
  });

  test('of another version, or that is none, is refused without a word of what is in it', () => {
    for (const text of [
      JSON.stringify({ version: '9', hosts: { nas: alias } }),
      `{"version": "10", "aliases": ${SECRET}`,
    ]) {
      let told = '';
      try {
        readMcConfig(text);
      } catch (error) {
        told = JSON.stringify(error instanceof SyncError ? [error.toData(), String(error.cause)] : error);
      }
      expect(told).toContain('version 10');
      expect(told).not.toContain(SECRET.slice(0, 6));
    }
  });
});

describe('import', () => {
  const file = join(directory, 'rclone.conf');
  writeFileSync(file, `${s3('nas')}${s3('my nas')}${s3('work')}[gd]\ntype = drive\n`);
  const account = (name: string, endpoint = 'http://nas:9000'): AccountInfo => ({
    ...{ id: name, name, endpoint, region: 'us-east-1', accessKeyId: 'ann', pathStyle: true, secretPlace: 'keychain' },
  });
  const answers: FakeOptions['answers'] = {
    'account.list': [account('nas'), account('work', 'https://work:9000')],
    'account.add': async () => account('my-nas'),
  };
  const run = (options: FakeOptions, ...argv: string[]) =>
    runFake({ answers, ...options }, 'import', 'rclone', '--config', file, ...argv);
  const added = (calls: readonly (readonly [string, unknown])[]) => calls.filter(([name]) => name === 'account.add');

  test('adds what is new, tells what is there, and takes no name from another server', async () => {
    const { exitCode, stdout, stderr, calls } = await run({}, '--store-secret-in-file');
    expect(exitCode).toBe(0);
    expect(added(calls)).toEqual([
      [
        'account.add',
        {
          ...{ name: 'my-nas', endpoint: 'http://nas:9000', region: 'us-east-1', accessKeyId: 'ann' },
          ...{ secretAccessKey: SECRET, pathStyle: true, storeSecretInFile: true },
        },
      ],
    ]);
    expect(stdout).toMatch(/^nas +nas +http:\/\/nas:9000 +there already$/m);
    expect(stdout).toMatch(/^my nas +my-nas +http:\/\/nas:9000 +added$/m);
    expect(stdout).toMatch(/^work .*left out$/m);
    expect(stderr).toContain('--as');
    expect(stderr).toContain('gd: It is of the type drive');
    expect(stdout + stderr).not.toContain(SECRET);
  });

  test('adds nothing with --dry-run', async () => {
    const { calls, stdout } = await run({}, '--dry-run');
    expect(added(calls)).toEqual([]);
    expect(stdout).toContain('would be added');
  });

  test('takes over the named one alone, under the name that was asked for', async () => {
    const { calls } = await run({}, 'work', '--as', 'office');
    expect(added(calls)).toMatchObject([['account.add', { name: 'office' }]]);
  });

  test('goes on with the others when a server does not answer, ends with 3, and hides the secret in what was said', async () => {
    const error = new SyncError({ code: 'unreachable', message: `No answer (${SECRET}).`, advice: 'Check it.' });
    const { exitCode, stdout, stderr } = await run({ answers: { 'account.list': [], 'account.add': error } }, '--json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject([
      { remote: 'nas', result: 'failed' },
      { remote: 'my nas', result: 'failed' },
      { remote: 'work', result: 'failed' },
      { remote: 'gd', result: 'left-out' },
    ]);
    expect(stdout + stderr).not.toContain(SECRET);
  });

  test('ends at once where there is no keychain, which holds for all of them', async () => {
    const error = new SyncError({ code: 'no-keychain', message: 'No keychain.', advice: 'Use a file.' });
    const { exitCode, calls } = await run({ answers: { 'account.list': [], 'account.add': error } });
    expect([exitCode, added(calls).length]).toEqual([1, 1]);
  });

  test('reads a configuration from stdin', async () => {
    const options = { answers, stdin: s3('piped') };
    const { calls } = await runFake(options, 'import', 'rclone', '--config', '-');
    expect(added(calls)).toMatchObject([['account.add', { name: 'piped' }]]);
  });

  test.each([
    ['a file that is not there', ['--config', join(directory, 'none')], 'Say where it is with --config'],
    ['a name that is not in it', ['--config', file, 'elsewhere'], 'rclone has no "elsewhere"'],
    ['one name for several', ['--config', file, '--as', 'x'], '--as names one account'],
  ])('refuses %s', async (_what, argv, words) => {
    const { exitCode, stderr, calls } = await runFake({ answers }, 'import', 'rclone', ...argv);
    expect([exitCode, calls]).toEqual([1, []]);
    expect(stderr).toContain(words);
  });

  test('finds the configuration of mc where mc keeps it', async () => {
    const aliases = {
      nas: { url: 'http://other:9000', accessKey: 'ann', secretKey: SECRET, api: 'S3v4', path: 'auto' },
    };
    writeFileSync(join(directory, 'config.json'), JSON.stringify({ version: '10', aliases }));
    const { stdout } = await runFake({ answers, env: { MC_CONFIG_DIR: directory } }, 'import', 'mc', '--dry-run');
    expect(stdout).toMatch(/^nas .*left out$/m);
  });

  test('passes over the program itself where its configuration could be: ~/mc', async () => {
    writeFileSync(join(directory, 'mc'), 'a program');
    const env = { MC_CONFIG_DIR: join(directory, 'mc') };
    const { exitCode, stderr } = await runFake({ answers, env }, 'import', 'mc');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no configuration of mc in');
  });
});
