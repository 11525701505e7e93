import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { SyncError } from '../../../src/core/errors.ts';
import { createSecretStore } from '../../../src/engine/secrets.ts';

test('a secrets file that can not be read is told of with its path and without what is in it, and not written over', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-secrets-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'secrets.json');
  const secrets = createSecretStore(path);
  await secrets.set('first', { secretAccessKey: 'hush' }, 'file');
  // As a person may leave it in an editor. What is wrong with it a parser tells by quoting it.
  const damaged = '{ "first": hush }';
  await writeFile(path, damaged);
  for (const use of [
    () => secrets.get('first', 'file'),
    () => secrets.set('second', { secretAccessKey: 'two' }, 'file'),
    () => secrets.delete('first', 'file'),
  ]) {
    const error: unknown = await use().catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 5 })).not.toContain('hush');
    expect(error).toBeInstanceOf(SyncError);
    expect(error).toMatchObject({ code: 'disk-error', message: expect.stringContaining(path) as unknown });
  }
  expect(await readFile(path, 'utf8')).toBe(damaged);
});

test.each(['hush', '12345678', 'null'])(
  'a secret that is none of ours, such as a key that a person wrote in by hand, is asked for again and not told: %s',
  async (written) => {
    const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-secrets-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const path = join(directory, 'secrets.json');
    await writeFile(path, JSON.stringify({ first: written }));
    const secrets = createSecretStore(path);
    const error: unknown = await secrets.get('first', 'file').catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 5 })).not.toContain('hush');
    expect(error).toMatchObject({ code: 'no-secret' });
  },
);
