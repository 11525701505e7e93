import { expect, test } from 'vitest';
import { VERB_KEY, WindowsIntegration, type RunReg } from '../../../src/desktop/windows.ts';
import type { Surroundings } from '../../../src/desktop/index.ts';
import { registry } from '../../support/registry.ts';

const HERE: Surroundings = {
  platform: 'win32',
  env: {},
  home: 'C:\\Users\\me',
  program: ['C:\\Program Files\\RustFS Sync\\RustFS Sync.exe'],
  state: '',
  language: 'zh-CN',
};

test('the verb shows in synced folders alone, and runs the share of the one chosen file', async () => {
  const { run, values } = registry();
  const verb = new WindowsIntegration(HERE, ['C:\\Users\\me\\Sync', 'D:\\'], run);
  await verb.install();
  expect(await verb.state()).toBe('installed');
  expect(values.get(`${VERB_KEY}|AppliesTo`)).toBe(
    'System.ItemPathDisplay:~<"C:\\Users\\me\\Sync\\" OR System.ItemPathDisplay:~<"D:\\"',
  );
  expect(values.get(`${VERB_KEY}\\command|`)).toBe(
    '"C:\\Program Files\\RustFS Sync\\RustFS Sync.exe" share --copy -- "%1"',
  );
  expect(values.get(`${VERB_KEY}|MUIVerb`)).toBe('复制 RustFS 链接');
  expect(values.get(`${VERB_KEY}|MultiSelectModel`)).toBe('Single');
});

test('it is out of date when a folder or the program has moved, and goes when no folder is left', async () => {
  const { run, values } = registry();
  const roots = ['C:\\Sync'];
  await new WindowsIntegration(HERE, roots, run).install();
  expect(await new WindowsIntegration(HERE, ['C:\\Other'], run).state()).toBe('stale');
  expect(await new WindowsIntegration({ ...HERE, program: ['D:\\x.exe'] }, roots, run).state()).toBe('stale');
  const none = new WindowsIntegration(HERE, [], run);
  expect(await none.state()).toBe('stale');
  await none.install();
  expect([await none.state(), values.size]).toEqual(['absent', 0]);
  await none.remove();
});

test('one that was written by half is out of date', async () => {
  const { run } = registry();
  await new WindowsIntegration(HERE, ['C:\\Old'], run).install();
  let left = 2;
  const failing: RunReg = async (args) => {
    if (args[0] === 'add' && left-- === 0) throw new Error('refused');
    return run(args);
  };
  const verb = new WindowsIntegration(HERE, ['C:\\Sync'], failing);
  await expect(verb.install()).rejects.toThrow('refused');
  expect(await verb.state()).toBe('stale');
});
