import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const config = readFileSync(new URL('../../../electron-builder.yml', import.meta.url), 'utf8');

test.each([
  ['runAsNode', false],
  ['enableNodeOptionsEnvironmentVariable', false],
  ['enableNodeCliInspectArguments', false],
  ['enableEmbeddedAsarIntegrityValidation', true],
  ['onlyLoadAppFromAsar', true],
  ['grantFileProtocolExtraPrivileges', false],
])('the packaged app has the fuse %s set to %s', (fuse, value) => {
  expect(config.match(new RegExp(`^ {2}${fuse}: (\\w+)$`, 'm'))?.[1]).toBe(String(value));
});

test('the packaged app holds the bundle and the native modules, and no Node of its own', () => {
  const files = /^files:\n((?: {2}- .*\n)+)/m.exec(config)?.[1] ?? '';
  const patterns = [...files.matchAll(/- '?([^\n']+)/g)].map(([, pattern = '']) => pattern);
  expect(patterns.indexOf('!node_modules/**')).toBeGreaterThan(-1);
  const kept = patterns.slice(patterns.indexOf('!node_modules/**') + 1);
  expect(kept.length).toBeGreaterThan(3);
  for (const pattern of kept) expect(pattern).toMatch(/^node_modules\/(better-sqlite3|@napi-rs\/keyring)/);
});

test('links of the app’s scheme are its own', () => {
  expect(config).toMatch(/^ {6}- rustfs-sync$/m);
});
