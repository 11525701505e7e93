import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { en } from '../../../renderer/i18n/en.ts';
import { zhCN } from '../../../renderer/i18n/zh-CN.ts';

const ROOT = fileURLToPath(new URL('../../../renderer/', import.meta.url));

/** Chinese has one form for all numbers. */
const withoutForms = (keys: readonly string[]) =>
  [...new Set(keys.map((key) => key.replace(/_(one|other)$/, '')))].sort();

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

function sources(pattern: RegExp): { readonly file: string; readonly text: string }[] {
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ file: path.slice(ROOT.length), text: readFileSync(path, 'utf8') }));
}

describe('the texts', () => {
  test('are the same in both languages, and none is empty', () => {
    expect(withoutForms(Object.keys(zhCN))).toEqual(withoutForms(Object.keys(en)));
    const mayBeEmpty = /^advice\./;
    for (const [key, text] of [...Object.entries(en), ...Object.entries(zhCN)]) {
      if (!mayBeEmpty.test(key)) expect({ key, isEmpty: text.trim() === '' }).toEqual({ key, isEmpty: false });
    }
  });

  test('name the same values in both languages', () => {
    const chinese: Readonly<Record<string, string>> = zhCN;
    for (const [key, text] of Object.entries(en)) {
      const other = chinese[key] ?? chinese[key.replace(/_one$/, '_other')] ?? '';
      expect({ key, values: placeholders(other) }).toEqual({ key, values: placeholders(text) });
    }
  });

  test('have both forms of a number in English and the one in Chinese', () => {
    const ones = Object.keys(en).filter((key) => key.endsWith('_one'));
    expect(ones.length).toBeGreaterThan(10);
    for (const one of ones) expect(Object.keys(en)).toContain(one.replace(/_one$/, '_other'));
    expect(Object.keys(zhCN).filter((key) => key.endsWith('_one'))).toEqual([]);
  });

  test('show no number as it comes: the count chooses the form, and a formatted one is shown', () => {
    for (const texts of [en, zhCN]) {
      const raw = Object.entries<string>(texts).filter(([, text]) => text.includes('{{count}}'));
      expect(raw.map(([key]) => key)).toEqual([]);
    }
  });

  test('have a form for one of everything that they count', () => {
    const counts =
      /\}\} (?:of \{\{\w+\}\} )?(?:buckets|differences|files|folders|items|objects|parts|problems|transfers|uploads|versions)\b/;
    const single = Object.entries(en).filter(([key, text]) => counts.test(text) && !/_(one|other)$/.test(key));
    expect(single.map(([key]) => key)).toEqual([]);
  });

  test('are all in Chinese where they say something', () => {
    const names = /^(app\.name|key\.)/;
    const latin = Object.entries<string>(zhCN).filter(([key, text]) => {
      const words = text.replace(/\{\{\w+\}\}/g, '');
      return !names.test(key) && /[a-z]/i.test(words) && !/[\u4e00-\u9fff]/.test(words);
    });
    expect(latin.map(([key]) => key)).toEqual([]);
  });
});

test('what went wrong is told in the language that is shown', () => {
  const raw = sources(/\.tsx?$/).flatMap(({ file, text }) =>
    [...text.matchAll(/\b(?:error|item|problem|failure)\??\.(?:message|advice)\b/g)].map(
      ([found]) => `${file}: ${found}`,
    ),
  );
  expect(raw).toEqual([]);
});

describe('the look', () => {
  test('has its colours in one file', () => {
    const colour =
      /#[0-9a-f]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|oklab|lab|lch|color-mix)\(|:\s*(?:white|black|red|green|blue|gr[ae]y)\b/i;
    const found = sources(/\.(css|tsx)$/)
      .filter(({ file }) => file !== 'styles/tokens.css')
      .flatMap(({ file, text }) => text.split('\n').map((line) => ({ file, line: line.trim() })))
      .filter(({ line }) => colour.test(line));
    expect(found).toEqual([]);
  });

  test('has no pixel outside that file', () => {
    const found = sources(/\.css$/)
      .filter(({ file }) => file !== 'styles/tokens.css')
      .flatMap(({ file, text }) => text.split('\n').map((line) => ({ file, line: line.trim() })))
      .filter(({ line }) => /\d(px|pt)\b/.test(line));
    expect(found).toEqual([]);
  });

  test('uses no token that there is not', () => {
    const tokens = new Set(
      [...readFileSync(join(ROOT, 'styles/tokens.css'), 'utf8').matchAll(/(--[\w-]+):/g)].map(([, name]) => name),
    );
    // Set by the code, or by the library.
    const others = new Set(['--columns', '--depth', '--trigger-width']);
    const used = sources(/\.css$/).flatMap(({ text }) =>
      [...text.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name ?? ''),
    );
    expect([...new Set(used)].filter((name) => !tokens.has(name) && !others.has(name))).toEqual([]);
  });
});
