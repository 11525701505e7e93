import { expect, test } from 'vitest';
import { runFake } from './fake-host.ts';

const ADD = ['account', 'add', 'home', '--access-key', 'k', '--secret-key-stdin'];

test.each([
  ['fodler list', 'There is no command "rustfs-sync fodler"', 'Did you mean rustfs-sync folder?'],
  ['account lst', 'There is no command "rustfs-sync account lst"', 'Did you mean rustfs-sync account list?'],
  ['teleport', 'There is no command "rustfs-sync teleport"', '--help'],
  ['serve --port 70000', '"70000" is not a port', '1 to 65535'],
  ['account', '`rustfs-sync account` needs one of its commands: add, list, test, set or remove', '--help'],
  ['ls', '`rustfs-sync ls` needs ACCOUNT:BUCKET[/PREFIX]', 'Usage: rustfs-sync ls'],
  ['put a.jpg', '`rustfs-sync put` needs ACCOUNT:BUCKET/KEY', 'Usage: rustfs-sync put'],
  ['bucket create home', '`rustfs-sync bucket create` needs BUCKET', 'Usage: rustfs-sync bucket create'],
  ['transfers now', 'There is no command "rustfs-sync transfers now"', '`rustfs-sync transfers` alone, or with one of'],
  ['problems resolve 3', '`rustfs-sync problems resolve` needs --keep <mine|theirs|both>', 'Usage'],
  ['restore a --at 2h --version v', 'takes one of --version and --at, and not both', 'rustfs-sync versions'],
  ['help nope', 'There is no command "rustfs-sync nope"', '--help'],
  ['help trash nope', 'There is no command "rustfs-sync trash nope"', '--help'],
  ['account add home --endpont http://x --access-key k', 'has no option --endpont', 'It needs --endpoint <url>'],
  ['transfers pause', '`rustfs-sync transfers pause` needs FILE', 'Usage: rustfs-sync transfers pause'],
  ['rm home:photos/a home:photos/b', 'no use for the argument "home:photos/b"', 'Usage: rustfs-sync rm'],
  ['ls home:photos --recursve', '`rustfs-sync ls` has no option --recursve', 'Did you mean --recursive?'],
  ['share x --expires', 'The option --expires <time> of `rustfs-sync share` needs a value', '--help'],
  ['account add home --access-key k', 'needs --endpoint <url>', 'Usage: rustfs-sync account add'],
  ['ls home', '"home" is not of the form ACCOUNT:BUCKET[/PREFIX]', 'Write it like home:photos/2026/'],
  ['rm home:photos', '"home:photos" names a bucket, but no key in it', 'Write it like home:photos/2026/a.jpg'],
  ['get home:photos/', 'no key in it', 'Write it like home:photos/2026/a.jpg'],
  ['put - home:photos/', '"home:photos/" does not name the object', 'give the whole key'],
  ['put - home:photos/a//b', 'The key "a//b" can not be used', '255 bytes'],
  ['put - home:photos/../b', 'The key "../b" can not be used', '255 bytes'],
  ['put /does/not/exist home:photos/a', 'There is no file "/does/not/exist"', 'Check the spelling'],
  ['put /tmp home:photos/a', '"/tmp" is a directory', 'rustfs-sync folder add'],
  ['get home:photos/a/..', 'The key "a/.." does not end in the name of a file', 'Give the file'],
  ['get home:photos/a -- - --json', 'no use for the argument "--json"', 'Usage'],
  ['doctor home:photos/a', 'names a key after the bucket', 'home:photos'],
  ['doctor home:', '"home:" is not of the form ACCOUNT:BUCKET', 'Write it like home:photos'],
  [[...ADD, '--endpoint', 'localhost:9000'].join(' '), 'has no http:// or https://', 'http://localhost:9000 ?'],
  [
    [...ADD, '--endpoint', 'ftp://x'].join(' '),
    '--endpoint "ftp://x" is not an http or https address',
    'Write it like',
  ],
  [[...ADD, '--endpoint', 'http://x', '--trust-fingerprint', 'ab'].join(' '), '--trust-fingerprint "ab"', '64'],
  ['account test a:b', '"a:b" can not be the name of an account', 'For example: home'],
  ['bucket create home Photos', '"Photos" can not be the name of a bucket', '3 to 63'],
  ['bucket delete home a/b', '"a/b" can not be the name of a bucket', 'alone'],
  ['folder add . home:photos --mode up', '--mode "up" is not a mode', 'two-way, upload and download'],
  ['folder add . home:photos --ignore #x', '--ignore "#x" is a comment', '.gitignore'],
  ['folder add . home:photos --ignore x\\', 'ends in a single backslash', '.gitignore'],
  ['folder add . photos', '"photos" is not of the form', 'home:photos'],
  ['share a.jpg --expires 8d', '--expires "8d" is longer than 7 days', '7d'],
  ['share a.jpg --expires 0s', '--expires "0s" would end before it begins', '1s to 7d'],
  ['share a.jpg --expires soon', '--expires "soon" is not a length of time', '10m, 24h, 7d'],
  ['config speed', 'There is no setting "speed"', 'upload-limit, download-limit, limit-hours and paused'],
  ['config upload-limit fast', '"fast" is not a rate for upload-limit', '2MiB/s'],
  ['config paused maybe', '"maybe" is neither "on" nor "off"', 'paused on'],
  ['problems --limit 0', '--limit "0" is not a number from 1 to 100000', '--limit 50'],
  ['ls home:photos --password x', 'There is no --password', '--secret-key-stdin'],
])('%s: one line that names the mistake and one that helps', async (typed, message, advice) => {
  const run = await runFake({ stdin: 'secret-key' }, ...typed.split(' '));
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toBe('');
  const [first, second, ...rest] = run.stderr.split('\n');
  expect(first).toMatch(/^error: /);
  expect(first).toContain(message);
  expect(second).toMatch(/^ {2}\S/);
  expect(second).toContain(advice);
  expect(rest).toEqual(['']);
  // Nothing is started for a command that can not be meant.
  expect(run.opened).toBe(0);
});

test('an empty glob is refused', async () => {
  const run = await runFake({}, 'folder', 'add', '.', 'home:photos', '--ignore', '');
  expect(run).toMatchObject({ exitCode: 1, opened: 0 });
  expect(run.stderr).toContain('--ignore "" is empty.');
});

test('with --json the mistake is a document on stdout too', async () => {
  const run = await runFake({}, 'ls', 'home', '--json');
  expect(run.exitCode).toBe(1);
  expect(run.documents).toEqual([
    {
      error: {
        code: 'invalid-argument',
        message: '"home" is not of the form ACCOUNT:BUCKET[/PREFIX].',
        advice: 'Write it like home:photos/2026/; `rustfs-sync bucket list ACCOUNT` shows the buckets.',
        retryable: false,
        detail: '',
      },
    },
  ]);
  expect(run.stderr).toContain('error: "home" is not of the form');
});

test('a control character in an argument does not reach the terminal', async () => {
  const run = await runFake({}, 'ls', 'ho\x1b[2Jme');
  expect(run.stderr).toContain('"ho\\x1b[2Jme"');
});
