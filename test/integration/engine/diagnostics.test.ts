import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createFileLog, openEngine, reportCrash, type OpenedEngine } from '../../../src/engine/index.ts';
import { makeBucket } from '../../support/engine-bucket.ts';
import { CliWorld } from '../../support/engine-cli.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { EngineRoot } from '../../support/engine-root.ts';

/** Planted wherever a report is made from. Each would tell on its person. */
const SECRETS = {
  secretKey: 'Planted+Secret/Key==',
  token: 'PlantedSessionToken',
  accessKey: 'PLANTEDACCESSKEY',
  signature: 'plantedsignature0123456789abcdef',
  environment: 'PlantedEnvironmentSecret',
  password: 'PlantedProxyPassword',
};
const NAMES = {
  account: 'planted-account',
  file: 'Planted letter to Ann.odt',
  chinese: '种植的文件名',
  host: 'planted-host.example',
  directory: 'planted-directory',
};
const LINK = `https://${NAMES.host}/b/k?X-Amz-Credential=${SECRETS.accessKey}%2F20261122&X-Amz-Signature=${SECRETS.signature}`;
const HEADER = `Authorization: AWS4-HMAC-SHA256 Credential=${SECRETS.accessKey}/x, Signature=${SECRETS.signature}`;

interface World {
  readonly home: string;
  readonly opened: OpenedEngine;
  readonly bucket: string;
}

function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'rustfs-sync-diagnose-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return home;
}

/** An engine with an account, a folder that was synced, problems, a log and a crash, all of them full of names and secrets. */
async function plantedWorld(): Promise<World> {
  const home = temporaryHome();
  process.env['AWS_SECRET_ACCESS_KEY'] = SECRETS.environment;
  onTestFinished(() => {
    delete process.env['AWS_SECRET_ACCESS_KEY'];
  });
  const double = await useDouble({ accessKey: SECRETS.accessKey, secretKey: SECRETS.secretKey });
  const { endpoint } = double;
  const { name: bucket } = await makeBucket({ endpoint, accessKey: SECRETS.accessKey, secretKey: SECRETS.secretKey });
  const root = await EngineRoot.make(join(temporaryHome(), NAMES.directory));
  await root.write(NAMES.file, 'content');
  await root.write(`${NAMES.chinese}/a.txt`, 'content');
  symlinkSync('a.txt', join(root.path, NAMES.chinese, 'link'));
  const opened = openEngine(home, (directory) => createFileLog(join(directory, 'engine.log'), true));
  onTestFinished(() => opened.close());
  const { client } = opened;
  await client.call('account.add', {
    ...{ name: NAMES.account, endpoint, accessKeyId: SECRETS.accessKey, secretAccessKey: SECRETS.secretKey },
    storeSecretInFile: true,
  });
  await client.call('folder.add', {
    localRoot: root.path,
    account: NAMES.account,
    bucket,
    prefix: `${NAMES.directory}/`,
  });
  await client.call('sync.once', {});
  const { log } = opened.engine.parts.environment;
  const defect = new TypeError(`no such thing as ${NAMES.file}`);
  log.error('The folder stopped', { folder: NAMES.directory, code: 'internal', detail: defect.stack, attempts: 3 });
  log.warn('Watching failed', { error: `${LINK} ${HEADER}`, root: `/home/${NAMES.directory}/${NAMES.file}` });
  log.warn(`Could not put ${NAMES.file} at http://ann:${SECRETS.password}@${NAMES.host}`, {
    secret: SECRETS.secretKey,
  });
  log.warn(`${NAMES.chinese} ${SECRETS.secretKey}`, { nested: { path: NAMES.file, token: SECRETS.secretKey } });
  writeFileSync(join(home, 'shell.log'), `{"at":"2026-11-22T10:00:00.000Z","level":"error","message":"${NAMES.file}\n`);
  reportCrash(home, 'engine', 'uncaughtException', new RangeError(`${NAMES.file} ${LINK}`));
  return { home, opened, bucket };
}

test('a report has what helps, and no secret, access key, file name, path or address of any place', async () => {
  const { home, opened, bucket } = await plantedWorld();
  const { text } = await opened.client.call('diagnostics.make', {});
  const planted = { ...SECRETS, ...NAMES, bucket, home, endpoint: '127.0.0.1' };
  for (const [what, value] of Object.entries(planted)) expect.soft(text, what).not.toContain(value);
  expect(text).not.toContain('letter');

  expect(text).toContain('"version":"0.1.0"');
  expect(text).toContain('"mode":"upload"');
  expect(text).toContain('"problemsByCode":{"symlink":1}');
  expect(text).toContain('"id":"conditional-put","verdict":"ok"');
  expect(text).toMatch(/"message":"The folder stopped".*"code":"internal".*\(elsewhere\)/);
  expect(text).toContain('"attempts":3');
  expect(text).toContain('"error":"RangeError"');
  expect(text).toContain('== shell.log\n{"message":"(removed)"}');
});

test('a report with names has the names, and still no key, signature or password', async () => {
  const { opened, bucket } = await plantedWorld();
  const { text } = await opened.client.call('diagnostics.make', { withNames: true });
  for (const [what, value] of Object.entries(SECRETS)) expect.soft(text, what).not.toContain(value);
  for (const name of [...Object.values(NAMES), bucket]) expect(text).toContain(name);
});

test('a report that is kept lies beside the log, for its person alone', async () => {
  const { home, opened } = await plantedWorld();
  const { text, path } = await opened.client.call('diagnostics.make', { save: true });
  expect(path?.startsWith(home)).toBe(true);
  expect(readFileSync(path ?? '', 'utf8')).toBe(text);
  if (process.platform !== 'win32') expect(statSync(path ?? '').mode & 0o777).toBe(0o600);
});

test('a report is made where the server does not answer and the secret is gone', async () => {
  const { home, opened } = await plantedWorld();
  rmSync(join(home, 'secrets.json'));
  const { text } = await opened.client.call('diagnostics.make', {});
  expect(text).toContain('== Doctor');
  expect(text).not.toContain(SECRETS.secretKey);
});

test.each([
  ['an error that nobody caught', 'setTimeout(() => { throw new Error("planted") })', 'uncaughtException'],
  ['a promise that nobody waited for', 'void Promise.reject(new Error("planted"))', 'unhandledRejection'],
])('%s ends the process and leaves a report, of which is told once', async (_what, code, origin) => {
  const home = temporaryHome();
  const index = new URL('../../../src/engine/crash-report.ts', import.meta.url).href;
  const script = `
    import { reportCrashes } from ${JSON.stringify(index)};
    reportCrashes(${JSON.stringify(home)}, 'engine', (error, report) => process.exit(report === undefined ? 8 : 7));
    setInterval(() => undefined, 1000);
    ${code};`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([7, null]);

  const [name = ''] = readdirSync(home);
  const report = JSON.parse(readFileSync(join(home, name), 'utf8')) as Record<string, unknown>;
  expect(report).toMatchObject({ program: 'engine', version: '0.1.0', origin, error: 'Error', message: 'planted' });
  if (process.platform !== 'win32') expect(statSync(join(home, name)).mode & 0o777).toBe(0o600);

  const opened = openEngine(home, (directory) => createFileLog(join(directory, 'engine.log'), false));
  onTestFinished(() => opened.close());
  expect(await opened.client.call('crash.untold', {})).toMatchObject([{ program: 'engine' }]);
  expect(await opened.client.call('crash.untold', {})).toEqual([]);
});

test('the command writes the report into a new file, and tells of a crash once', { timeout: 60_000 }, async () => {
  const world = await CliWorld.make();
  const file = join(world.root.path, 'report.txt');
  const made = await world.run(['diagnose', '--out', file]);
  expect(made).toMatchObject({ exitCode: 0, stdout: `Wrote ${file}. Read it before you send it.\n` });
  expect(readFileSync(file, 'utf8')).toContain('== Program');
  expect(await world.run(['diagnose', '--out', file])).toMatchObject({ exitCode: 1 });
  reportCrash(world.home, 'engine', 'uncaughtException', new Error('planted'));
  expect((await world.run(['status'])).stderr).toContain('rustfs-sync diagnose');
  expect((await world.run(['status'])).stderr).not.toContain('rustfs-sync diagnose');
});

test('what the log says is always a sentence of its own, so that names stand beside it and not in it', () => {
  const source = fileURLToPath(new URL('../../../src/', import.meta.url));
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const calls = files.flatMap((file) => [
    ...readFileSync(join(source, file), 'utf8').matchAll(/\blog\.(?:debug|info|warn|error)\(\s*(.)/g),
  ]);
  expect(calls.length).toBeGreaterThan(15);
  expect(calls.filter(([, first]) => first !== "'" && first !== '"')).toEqual([]);
});
