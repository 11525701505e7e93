import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from '../../../src/cli/program.ts';
import { VERSION } from '../../../src/api/index.ts';
import { runFake } from './fake-host.ts';

/** Every command with the words that call it. */
function allCommands(command: Command, words: string[] = []): string[][] {
  return [words, ...command.commands.flatMap((each) => allCommands(each, [...words, each.name()]))];
}

const program = buildProgram(() => async () => undefined, {
  writeOut: () => undefined,
  writeErr: () => undefined,
  columns: () => 80,
});

test('the commands of the design are all there', () => {
  const names = allCommands(program).map((words) => words.join(' '));
  const groups = {
    account: ['add', 'list', 'test', 'set', 'remove'],
    import: ['rclone', 'mc'],
    shares: ['list', 'link', 'qr', 'forget'],
    bucket: ['list', 'create', 'delete', 'versioning'],
    trash: ['list', 'restore', 'empty'],
    folder: ['add', 'list', 'select', 'remove', 'pause', 'resume'],
    integrate: ['install', 'remove', 'status'],
    service: ['install', 'remove', 'status'],
    plan: ['show', 'approve', 'revert'],
  };
  const transfers = ['transfers', ...['first', 'pause', 'resume', 'cancel'].map((each) => `transfers ${each}`)];
  const grouped = Object.entries(groups).flatMap(([group, members]) => [
    group,
    ...members.map((each) => `${group} ${each}`),
  ]);
  const single = [
    'sync',
    'status',
    'problems',
    'problems resolve',
    'activity',
    'ls',
    'put',
    'get',
    'rm',
    'mv',
    'serve',
    'share',
    'versions',
    'restore',
    'audit',
    'uploads',
    'doctor',
    'diagnose',
    'try',
    'help',
  ];
  expect(names.sort()).toEqual(['', 'config', ...transfers, ...grouped, ...single].sort());
});

test.each(allCommands(program).map((words) => [words.join(' '), words] as const))(
  'help of "%s" has examples, fits the width, and goes to stdout',
  async (_name, words) => {
    const run = await runFake({}, ...words, '--help');
    expect(run).toMatchObject({ exitCode: 0, stderr: '', opened: 0 });
    expect(run.stdout).toContain(`Usage: ${['rustfs-sync', ...words].join(' ')}`);
    expect(run.stdout).toContain('--json');
    const [, examples] = run.stdout.split('\nExamples:\n');
    expect(examples).toContain(['rustfs-sync', ...words].join(' '));
    const [options = ''] = run.stdout.split('\nExamples:');
    expect(options.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);

test('without a command the help goes to stderr, and that is wrong usage', async () => {
  const run = await runFake({});
  expect(run).toMatchObject({ exitCode: 1, stdout: '', opened: 0 });
  expect(run.stderr).toContain('Set up:');
});

test('`help COMMAND` is the help of the command', async () => {
  const run = await runFake({}, 'help', 'sync');
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain('--dry-run');
  const deeper = await runFake({}, 'help', 'trash', 'list');
  expect(deeper).toMatchObject({ exitCode: 0, stderr: '' });
  expect(deeper.stdout).toContain('Usage: rustfs-sync trash list');
  expect((await runFake({}, 'help')).stdout).toContain('Set up:');
});

test('the version is that of the package', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(VERSION).toBe(manifest.version);
  expect(await runFake({}, '--version')).toMatchObject({ exitCode: 0, stdout: `${VERSION}\n`, opened: 0 });
});

test('help and wrong usage load neither the engine nor the packages below it', () => {
  const source = resolve(dirname(fileURLToPath(import.meta.url)), '../../../src');
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, types, from = ''] of text.matchAll(/^(?:import|export)( type)?\s[^;]*?from '([^']+)';/gm)) {
      if (types !== undefined) continue;
      if (from.startsWith('.')) visit(resolve(dirname(file), from));
      else if (!from.startsWith('node:')) packages.add(from);
    }
  };
  visit(resolve(source, 'cli/bin.ts'));
  expect([...packages]).toEqual(['commander']);
  expect(seen.size).toBeGreaterThan(25);
  expect([...seen].filter((file) => file.includes('/engine/') || file.endsWith('/cli/host.ts'))).toEqual([]);
});
