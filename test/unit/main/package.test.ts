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

test('links of the app’s scheme are its own', () => {
  expect(config).toMatch(/^ {6}- rustfs-sync$/m);
});
