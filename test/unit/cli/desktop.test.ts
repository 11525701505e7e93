import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemDesktop } from '../../../src/cli/desktop.ts';

/** A desktop whose one program keeps its input and its arguments. */
async function desktopWith(program: string, platform: NodeJS.Platform) {
  const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-desktop-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, program);
  await writeFile(file, `#!/bin/sh\ncat > '${file}.in'\nprintf '%s\\n' "$@" > '${file}.args'\n`);
  await chmod(file, 0o755);
  const env = { PATH: `${directory}:/bin:/usr/bin` };
  return { desktop: systemDesktop(env, platform), read: (what: 'in' | 'args') => readFile(`${file}.${what}`, 'utf8') };
}

describe.skipIf(process.platform === 'win32')('a notification', () => {
  test('of Windows is made by PowerShell, which gets its words on its input and in a form that nothing in them breaks', async () => {
    const { desktop, read } = await desktopWith('powershell.exe', 'win32');
    const words = ["It's $(copied) `n", "“照片 '1'.jpg” until 10:15\nand more"] as const;
    await desktop.notify(...words);
    const script = await read('in');
    const texts = [...script.matchAll(/FromBase64String\('([\w+/=]+)'\)/g)];
    expect(texts.map(([, text = '']) => Buffer.from(text, 'base64').toString())).toEqual(words);
    expect(script).toMatch(/^[\x20-\x7e\n]+$/);
    expect(script).toContain('.Show($toast)\n');
    expect(await read('args')).toBe('-NoProfile\n-NonInteractive\n-Command\n-\n');
  });

  test('of macOS can not leave its quotes', async () => {
    const { desktop, read } = await desktopWith('osascript', 'darwin');
    await desktop.notify('a "b" \\', 'line\nline');
    expect(await read('in')).toBe('display notification "line line" with title "a \\"b\\" \\\\"\n');
  });

  test('that nothing here can show is no error', async () => {
    await systemDesktop({ PATH: '/nonexistent' }, 'win32').notify('a', 'b');
  });
});
