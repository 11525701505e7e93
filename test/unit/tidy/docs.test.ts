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

/** Each command as it is typed, those with commands of their own by these. */
function typedCommands(): string[] {
  return program()
    .commands.filter((command) => command.name() !== 'help')
    .flatMap((command) =>
      command.commands.length === 0
        ? [command.name()]
        : command.commands.map((sub) => `${command.name()} ${sub.name()}`),
    );
}

test.each(['guide.md', 'guide.zh-CN.md'])(
  'docs/%s has every command of the program in its table of all commands',
  (page) => {
    const [, table = ''] = readFileSync(join(ROOT, 'docs', page), 'utf8').split(/^## (?:All commands|全部命令)$/m);
    const [rows = ''] = table.split(/^## /m);
    const named = [...rows.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(typedCommands().length).toBeGreaterThan(50);
    expect(typedCommands().filter((name) => !named.includes(name))).toEqual([]);
    const groups = program().commands.map((command) => command.name());
    expect(named.filter((name) => !typedCommands().includes(name ?? '') && !groups.includes(name ?? ''))).toEqual([]);
  },
);

test('every heading that a page refers to is there', () => {
  const anchor = (title: string) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-');
  const broken = PAGES.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\(([^):]*)#([^)]+)\)/g)].flatMap(([link, target = '', wanted]) => {
      const text = readFileSync(target === '' ? page : resolve(page, '..', target), 'utf8');
      const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchor(title));
      return anchors.includes(wanted ?? '') ? [] : [`${page} ${link}`];
    }),
  );
  expect(broken).toEqual([]);
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
