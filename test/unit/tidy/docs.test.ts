import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { told } from '../../../src/api/index.ts';
import { buildProgram } from '../../../src/cli/program.ts';
import { PROBLEM_CODES } from '../../../src/core/problems.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGES = [
  ...['README.md', 'CONTRIBUTING.md'].map((name) => join(ROOT, name)),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(ROOT, 'docs', name)),
];

test.each(['problems.md', 'problems.zh-CN.md'])('docs/%s has each code once, with cause and remedy', (page) => {
  const rows = [...readFileSync(join(ROOT, 'docs', page), 'utf8').matchAll(/^\| `([a-z0-9-]+)` *\|(.+)\|(.+)\|$/gm)];
  expect(rows.map(([, code]) => code).sort()).toEqual([...PROBLEM_CODES].sort());
  for (const [, code, cause = '', remedy = ''] of rows) {
    expect({ code, isWhole: cause.trim().length > 2 && remedy.trim().length > 2 }).toEqual({ code, isWhole: true });
  }
});

test('every code has its words in both languages', () => {
  for (const texts of Object.values(told)) {
    const missing = PROBLEM_CODES.flatMap((code) => [`code.${code}`, `advice.${code}`]).filter(
      (key) => !(key in texts),
    );
    expect(missing).toEqual([]);
  }
});

test('every check of the doctor has its title in both languages', () => {
  const sources = ['probe', 'probe-checks', 'probe-server'].map((name) =>
    readFileSync(join(ROOT, 'src/remote', `${name}.ts`), 'utf8'),
  );
  const ids = [...sources.join('').matchAll(/\bid: '([a-z0-9-]+)'|conditional\('([a-z-]+)'/g)].map(
    ([, id, other]) => id ?? other,
  );
  expect(ids.length).toBeGreaterThan(20);
  for (const texts of Object.values(told)) expect(ids.filter((id) => !(`probe.${id}` in texts))).toEqual([]);
});

test('every page that a page refers to is there', () => {
  const broken = PAGES.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, target = '']) => resolve(page, '..', target))
      .filter((target) => !existsSync(target))
      .map((target) => `${page} -> ${target}`),
  );
  expect(broken).toEqual([]);
});

function program() {
  const quiet = { writeOut: () => undefined, writeErr: () => undefined, columns: () => 80 };
  return buildProgram(() => async () => undefined, quiet);
}

test.each(['guide.md', 'guide.zh-CN.md'])('docs/%s names every command of the program', (page) => {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
  const names = program()
    .commands.map((command) => command.name())
    .filter((name) => name !== 'help');
  // In a block or in a line of text, with the program's name or, where that stands nearby, without.
  const isNamed = (name: string) => new RegExp(`rustfs-sync ${name}\\b|\`${name}\\b|# .*\\b${name}\\b`).test(text);
  expect(names.filter((name) => !isNamed(name))).toEqual([]);
});

test('every command that a page names is one of the program', () => {
  const { commands } = program();
  const isThere = (name: string, sub: string | undefined) => {
    const command = commands.find((each) => each.name() === name);
    if (command === undefined || command.commands.length === 0) return command !== undefined;
    return sub === undefined || command.commands.some((each) => each.name() === sub);
  };
  const typed = PAGES.flatMap((page) => [
    ...readFileSync(page, 'utf8').matchAll(/(?:^\s*|`)rustfs-sync ([a-z]+)\b(?: ([a-z]+)\b)?/gm),
  ]);
  expect(typed.length).toBeGreaterThan(50);
  const wrong = typed.filter(([, name = '', sub]) => !isThere(name, sub)).map(([words]) => words);
  expect(wrong).toEqual([]);
});
