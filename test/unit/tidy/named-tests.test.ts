import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** The safety rules of the design. */
const RULES = Array.from({ length: 20 }, (_value, index) => index + 1);

/** The ways in which sync programs have lost data, by the names that their tests have. */
const HAZARDS = [
  'edit-during-upload',
  'edit-during-download',
  'edit-between-scan-and-effect',
  'root-unmounted',
  'root-replaced-by-empty-disk',
  'case-only-rename',
  'unicode-form-clash',
  'inode-reuse',
  'hardlinks',
  'symlink-swapped-for-directory',
  'file-becomes-directory',
  'delete-vs-edit',
  'rename-vs-edit',
  'rename-rename-cycle',
  'directory-moved-while-uploading',
  'filter-change',
  'mode-change',
  'clock-jump',
  'mtime-preserved-edit',
  'database-lost',
  'database-corrupt',
  'disk-full',
  'permission-revoked',
  'bucket-deleted',
  'listing-cut-short',
  'listing-says-gone-but-object-is-there',
  'key-escapes-root',
  'huge-directory',
  'server-restarts',
  'versioned-delete-marker',
  'quota-over',
  'expired-upload',
  'thousand-conflicts',
];

const TEST_ROOT = fileURLToPath(new URL('../../', import.meta.url));

const TITLES: readonly string[] = readdirSync(TEST_ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => titlesIn(readFileSync(join(TEST_ROOT, file), 'utf8')));

/** What tests and their groups are called, as far as it is written out in one piece. */
function titlesIn(source: string): string[] {
  const calls = source.matchAll(/(?:\b(?:test|describe)[^'"`;{}]*|\))\(\s*(['"`])(.*?)\1/g);
  return [...calls].map(([, , title = '']) => title);
}

describe('a test of its own name has', () => {
  test.each(RULES)('rule %i', (rule) => {
    expect(TITLES.filter((title) => new RegExp(`\\brule ${rule}:`).test(title))).not.toEqual([]);
  });

  test.each(HAZARDS)('the hazard %s', (hazard) => {
    expect(TITLES.filter((title) => new RegExp(`(?:^|: )${hazard}(?::| \\()`).test(title))).not.toEqual([]);
  });

  test('no rule or hazard merely by being mentioned', () => {
    expect(titlesIn("const a = 'rule 1: x'; // test 'rule 2: x'\nexpect(b, 'rule 3: x').toBe(1);")).toEqual([]);
    expect(titlesIn("test('a: b', () => f('c'));\ndescribe.each(ALL)(\n  `d ${e}`,")).toEqual(['a: b', 'd ${e}']);
  });
});
