import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Surroundings } from '../../src/desktop/index.ts';

/** Names that quoting gets wrong. */
export const ODD_NAMES = [
  'with space.txt',
  `both " and '.txt`,
  '照片 中文.txt',
  'line\nbreak.txt',
  '-rf',
  '--copy',
  '%F %f $HOME `id` $(id) \\n !x; & | < > * ? [a]',
  ' spaces at both ends ',
];

/** A home of its own, and a program in an odd place that notes what it was started with. */
export interface DesktopWorld {
  readonly surroundings: Surroundings;
  /** A directory with a file of each odd name. */
  readonly files: string;
  readonly paths: readonly string[];
  /** What the program got behind its own name, or undefined when it was not started. */
  argv(): string[] | undefined;
}

export function makeDesktop(changes: Partial<Surroundings> = {}): DesktopWorld {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'rustfs-sync-desktop-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const files = join(directory, 'some files');
  const place = join(directory, `odd "place" it's 100% $HOME`);
  for (const each of [files, place]) mkdirSync(each);
  for (const name of ODD_NAMES) writeFileSync(join(files, name), '');
  const noted = join(directory, 'argv.json');
  const recorder = join(place, 'program.cjs');
  // Renamed when it is whole: others wait for it.
  writeFileSync(
    recorder,
    `const fs = require('node:fs'); const to = ${JSON.stringify(noted)};
     fs.writeFileSync(to + '.new', JSON.stringify(process.argv.slice(2))); fs.renameSync(to + '.new', to);`,
  );
  return {
    surroundings: {
      platform: 'linux',
      env: {},
      home: join(directory, 'home'),
      program: [process.execPath, recorder],
      state: join(directory, 'state'),
      language: 'en',
      ...changes,
    },
    files,
    paths: ODD_NAMES.map((name) => join(files, name)),
    argv: () => (existsSync(noted) ? (JSON.parse(readFileSync(noted, 'utf8')) as string[]) : undefined),
  };
}

/** Runs a line in the shell that file managers use, from another directory. */
export function runShell(line: string, args: readonly string[] = []): void {
  execFileSync('/bin/sh', ['-c', line, 'sh', ...args], { cwd: '/', stdio: 'pipe' });
}
