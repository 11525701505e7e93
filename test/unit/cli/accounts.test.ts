import { describe, expect, test } from 'vitest';
import type { AccountInfo } from '../../../src/api/index.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { runFake, type FakeOptions } from './fake-host.ts';

const SECRET = 'wJalr/XUtn"FEMI\\K7MDENG';
const ACCOUNT: AccountInfo = {
  id: 'a1',
  name: 'home',
  endpoint: 'https://nas.example:9000',
  region: 'us-east-1',
  accessKeyId: 'alice',
  pathStyle: true,
  secretPlace: 'keychain',
};
const ADD = ['account', 'add', 'home', '--endpoint', 'https://nas.example:9000/', '--access-key', 'alice'];

function add(options: FakeOptions, ...more: string[]) {
  return runFake({ answers: { 'account.add': ACCOUNT }, ...options }, ...ADD, ...more);
}

describe('account add', () => {
  test('takes the secret key from stdin, without its line end', async () => {
    const run = await add({ stdin: `${SECRET}\n` }, '--secret-key-stdin');
    expect(run.exitCode).toBe(0);
    expect(run.calls).toEqual([
      [
        'account.add',
        {
          name: 'home',
          endpoint: 'https://nas.example:9000',
          region: 'us-east-1',
          accessKeyId: 'alice',
          secretAccessKey: SECRET,
          pathStyle: true,
          storeSecretInFile: false,
        },
      ],
    ]);
    expect(run.stdout).toBe('Added the account home (https://nas.example:9000).\n');
    expect(run.closed).toBe(1);
  });

  test('takes the secret key and the session token from variables', async () => {
    const env = { MY_KEY: SECRET, MY_TOKEN: 'token-123456' };
    const run = await add({ env }, '--secret-key-env', 'MY_KEY', '--session-token-env', 'MY_TOKEN');
    expect(run.calls[0]?.[1]).toMatchObject({ secretAccessKey: SECRET, sessionToken: 'token-123456' });
  });

  test('asks for the secret key at a terminal', async () => {
    const run = await add({ isTTY: true, typed: SECRET });
    expect(run.questions).toEqual(['Secret key: ']);
    expect(run.calls[0]?.[1]).toMatchObject({ secretAccessKey: SECRET });
  });

  test('passes every option on', async () => {
    const options = [
      '--region',
      'eu-1',
      '--ca',
      'certs/ca.pem',
      '--proxy',
      'http://proxy:3128',
      '--virtual-host-style',
    ];
    const run = await add(
      { stdin: SECRET },
      '--secret-key-stdin',
      '--store-secret-in-file',
      '--trust-fingerprint',
      'ab'.repeat(32),
      ...options,
    );
    expect(run.calls[0]?.[1]).toMatchObject({
      region: 'eu-1',
      caFile: '/home/me/certs/ca.pem',
      proxy: 'http://proxy:3128',
      pathStyle: false,
      storeSecretInFile: true,
      trustedFingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
    });
  });

  test.each([
    ['none of the two', { stdin: SECRET }, [], 'The secret key is missing.'],
    [
      'both',
      { stdin: SECRET, env: { K: SECRET } },
      ['--secret-key-stdin', '--secret-key-env', 'K'],
      'exclude each other',
    ],
    ['an empty stdin', {}, ['--secret-key-stdin'], 'There is no secret key on stdin.'],
    ['two lines', { stdin: `${SECRET}\n${SECRET}\n` }, ['--secret-key-stdin'], 'more than one line'],
    ['far too much', { stdin: 'x'.repeat(70_000) }, ['--secret-key-stdin'], 'more on stdin than a secret key'],
    ['nothing typed', { isTTY: true, typed: '' }, [], 'Nothing was typed.'],
    ['the key in place of a variable', { env: {} }, ['--secret-key-env', SECRET], '--secret-key-env names is not set'],
    ['an argument', { env: {} }, ['--secret-key', SECRET], 'There is no --secret-key'],
    ['an argument with =', { env: {} }, [`--secret-key=${SECRET}`], 'There is no --secret-key'],
    ['a stray argument', { env: {} }, [SECRET], 'no use for the argument'],
    ['a value for a switch', { env: {} }, [`--secret-key-stdin=${SECRET}`], 'no option --secret-key-stdin'],
    ['a token as an argument', { env: {} }, [`--session-token=${SECRET}`], 'There is no --session-token'],
  ])('refuses %s, and never prints the secret', async (_name, options, argv, message) => {
    for (const json of [[], ['--json']]) {
      const run = await add(options, ...argv, ...json);
      expect(run.exitCode).toBe(1);
      expect(run.stderr).toContain(message);
      expect(run.opened).toBe(0);
      for (const secret of [SECRET, JSON.stringify(SECRET).slice(1, -1)]) {
        expect(run.stdout + run.stderr).not.toContain(secret);
      }
    }
  });

  test.each([{}, { RUSTFS_SYNC_DEBUG: '1' }])('hides the secret in what the engine says (%j)', async (env) => {
    const error = new SyncError({
      code: 'wrong-secret-key',
      message: `The key ${SECRET} is wrong.`,
      advice: `Not ${SECRET}.`,
      detail: `{${SECRET}}`,
      cause: new Error(SECRET),
    });
    const run = await add({ stdin: SECRET, env, answers: { 'account.add': error } }, '--secret-key-stdin', '--json');
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('error: The key *** is wrong.');
    expect(run.documents).toEqual([
      {
        error: {
          code: 'wrong-secret-key',
          message: 'The key *** is wrong.',
          advice: 'Not ***.',
          retryable: false,
          detail: '{***}',
        },
      },
    ]);
    expect(run.stdout + run.stderr).not.toContain(SECRET);
  });

  test('prints the account as JSON, and nothing more than the account', async () => {
    const run = await add({ stdin: SECRET }, '--secret-key-stdin', '--json');
    expect(run.documents).toEqual([ACCOUNT]);
    expect(run.stdout + run.stderr).not.toContain(SECRET);
  });
});

describe('account list', () => {
  test('is a table', async () => {
    const run = await runFake({ answers: { 'account.list': [ACCOUNT] } }, 'account', 'list');
    expect(run.stdout).toBe(
      [
        'NAME  ENDPOINT                  REGION     ACCESS KEY  SECRET IN',
        'home  https://nas.example:9000  us-east-1  alice       keychain',
        '',
      ].join('\n'),
    );
  });

  test('is a document with --json, before or after the command', async () => {
    const answers = { 'account.list': [ACCOUNT] };
    expect((await runFake({ answers }, '--json', 'account', 'list')).documents).toEqual([[ACCOUNT]]);
    expect((await runFake({ answers }, 'account', 'list', '--json')).documents).toEqual([[ACCOUNT]]);
  });

  test('says how to add one when there is none', async () => {
    const run = await runFake({ answers: { 'account.list': [] } }, 'account', 'list');
    expect([run.stdout, run.exitCode]).toEqual(['', 0]);
    expect(run.stderr).toContain('rustfs-sync account add');
  });
});

test('account test tells what can be seen, and fails with 2 where the server can not be reached', async () => {
  const good = await runFake({ answers: { 'account.test': { buckets: 3 } } }, 'account', 'test', 'home');
  expect(good.stdout).toContain('3 buckets can be seen');
  expect(good.calls).toEqual([['account.test', { name: 'home' }]]);

  const error = new SyncError({
    code: 'unreachable',
    message: 'No answer.',
    advice: 'Check the address.',
    retryable: true,
  });
  const bad = await runFake({ answers: { 'account.test': error } }, 'account', 'test', 'home');
  expect(bad).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: 'error: No answer.\n  Check the address.\n',
    closed: 1,
  });
});

test('account test and remove print a document with --json', async () => {
  const answers = { 'account.test': { buckets: 3 }, 'account.remove': {} };
  const tested = await runFake({ answers }, 'account', 'test', 'home', '--json');
  expect(tested.documents).toEqual([{ account: 'home', ok: true, buckets: 3 }]);
  const removed = await runFake({ answers }, 'account', 'remove', 'home', '--json');
  expect(removed.documents).toEqual([{ account: 'home', removed: true }]);
  expect(removed.calls).toEqual([['account.remove', { name: 'home' }]]);
});

describe('account set', () => {
  const account = {
    id: 'a',
    name: 'home',
    endpoint: 'http://10.0.0.1:9000',
    region: 'us-east-1',
    accessKeyId: 'k',
    pathStyle: true,
    secretPlace: 'file' as const,
  };

  test('gives links another address, and takes it away', async () => {
    const publicEndpoint = 'https://share.example.com';
    const answers = { 'account.set': { ...account, publicEndpoint } };
    const run = await runFake({ answers }, 'account', 'set', 'home', '--public-endpoint', `${publicEndpoint}/`);
    expect(run.calls).toEqual([['account.set', { name: 'home', publicEndpoint }]]);
    expect(run.stdout).toBe(`Links to home name ${publicEndpoint}.\n`);
    const none = await runFake(
      { answers: { 'account.set': account } },
      'account',
      'set',
      'home',
      '--public-endpoint',
      'none',
    );
    expect(none.calls).toEqual([['account.set', { name: 'home', publicEndpoint: null }]]);
    expect(none.stdout).toBe('Links to home name http://10.0.0.1:9000.\n');
  });

  const set = (options: FakeOptions, ...more: string[]) =>
    runFake({ answers: { 'account.set': account }, ...options }, 'account', 'set', 'home', ...more);

  test('asks for the secret key of a new access key', async () => {
    const run = await set({ isTTY: true, typed: SECRET }, '--access-key', 'bob');
    expect(run.questions).toEqual(['Secret key: ']);
    expect(run.calls).toEqual([['account.set', { name: 'home', accessKeyId: 'bob', secretAccessKey: SECRET }]]);
    expect(run.stdout).toBe('Changed the account home: the server takes its keys.\n');
    expect(run.stdout + run.stderr).not.toContain(SECRET);
  });

  test('takes the secret key alone, and a session token alone', async () => {
    const secret = await set({ stdin: SECRET }, '--secret-key-stdin');
    expect(secret.calls[0]?.[1]).toEqual({ name: 'home', secretAccessKey: SECRET });
    const token = await set({ env: { T: 'token-123456' } }, '--session-token-env', 'T');
    expect(token.calls[0]?.[1]).toEqual({ name: 'home', sessionToken: 'token-123456' });
  });

  test('takes the password for a proxy from a variable', async () => {
    const proxy = ['--proxy', 'http://proxy:3128', '--proxy-user', 'me', '--proxy-password-env', 'P'];
    const run = await set({ env: { P: SECRET } }, ...proxy);
    const login = { proxy: 'http://proxy:3128', proxyUser: 'me', proxyPassword: SECRET };
    expect(run.calls[0]?.[1]).toEqual({ name: 'home', ...login });
    const added = await add({ stdin: SECRET, env: { P: SECRET } }, '--secret-key-stdin', ...proxy);
    expect(added.calls[0]?.[1]).toMatchObject(login);
    const argument = await set({}, `--proxy-password=${SECRET}`);
    expect(argument).toMatchObject({ exitCode: 1, opened: 0 });
    expect(argument.stderr).toContain('--proxy-password-env VAR');
    expect(argument.stderr).not.toContain(SECRET);
  });

  test('changes what is given, "none" taking it away, and nothing else', async () => {
    const run = await set({}, '--region', 'eu-1', '--ca', 'ca.pem', '--path-style', '--store-secret-in-file');
    expect(run.calls[0]?.[1]).toEqual({
      name: 'home',
      region: 'eu-1',
      caFile: '/home/me/ca.pem',
      pathStyle: true,
      storeSecretInFile: true,
    });
    const none = ['--ca', 'none', '--trust-fingerprint', 'none', '--proxy', 'none'];
    const cleared = await set({}, ...none, '--virtual-host-style', '--store-secret-in-keychain');
    expect(cleared.calls[0]?.[1]).toEqual({
      name: 'home',
      caFile: null,
      trustedFingerprint: null,
      proxy: null,
      pathStyle: false,
      storeSecretInFile: false,
    });
  });

  test.each([
    ['nothing to change', [], 'Nothing to change was given.'],
    ['both styles', ['--path-style', '--virtual-host-style'], '--path-style and --virtual-host-style exclude'],
    ['a secret as an argument', ['--secret-key', SECRET], 'There is no --secret-key'],
    ['an access key alone', ['--access-key', 'bob'], 'The secret key is missing.'],
  ])('refuses %s', async (_name, argv, message) => {
    const run = await set({}, ...argv);
    expect(run).toMatchObject({ exitCode: 1, opened: 0 });
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toContain(SECRET);
  });

  test.each([
    'share.example.com',
    'https://share.example.com/s3',
    'https://me:pw@share.example.com',
    'ftp://x.example',
  ])('refuses %s', async (address) => {
    const run = await runFake({}, 'account', 'set', 'home', '--public-endpoint', address);
    expect(run).toMatchObject({ exitCode: 1, opened: 0 });
    expect(run.stderr).not.toContain('pw');
  });
});
