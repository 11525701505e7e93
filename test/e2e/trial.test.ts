import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { canSeeWindow, expectAccessible, openWindow, useBrowser, useNewApp } from './support.ts';

useBrowser();

// All of the first run, in a browser that shares the computer with others.
vi.setConfig({ testTimeout: 180_000 });

describe.skipIf(!canSeeWindow)('a trial', () => {
  test('leads from nothing to a folder in sync without a server, and leaves nothing', async () => {
    const app = await useNewApp();
    const page = await openWindow(app.url);
    await page.getByRole('button', { name: 'Try it without a server' }).click();

    const bar = page.getByRole('complementary', { name: 'Trial:' });
    await bar.getByText('ends when you quit; nothing is kept.').waitFor();
    const samples = join(app.files, 'RustFS Sync trial');
    await page.getByRole('heading', { name: 'Which folder?' }).waitFor();
    expect(await page.getByLabel('Folder on this computer').inputValue()).toBe(samples);
    await page.getByText('This folder of samples was made for the trial.', { exact: false }).waitFor();
    await expectAccessible(page, 'folder in a trial');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('option', { name: 'first-bucket', selected: true }).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Sync both ways').click();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('6 files, 21.0 MB up; 1 file, 88 B down; nothing deleted.').waitFor();
    await page.getByRole('button', { name: 'Start syncing' }).click();

    await page.getByRole('contentinfo').getByText('In sync, 7 files').waitFor();
    await page.getByRole('grid').getByText('Read me first.txt').waitFor();
    await expectAccessible(page, 'files in a trial');
    await page.getByRole('tab', { name: 'Transfers' }).click();
    await bar.getByRole('button', { name: 'Connect my server' }).click();

    await page.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    await page.getByText('The trial has ended.').waitFor();
    expect(await bar.count()).toBe(0);
    expect(await page.getByLabel('Server address').inputValue()).toBe('');
    const { client } = app.engine;
    expect(await client.call('account.list', {})).toEqual([]);
    expect(await client.call('folder.list', {})).toEqual([]);
    expect(await readdir(app.files)).toEqual([]);
  });

  test('keeps the button that leads on in sight, in a small window with large text too', async () => {
    const app = await useNewApp();
    const page = await openWindow(app.url, { viewport: { width: 800, height: 600 } });
    await page.getByRole('button', { name: 'Try it without a server' }).click();
    const goOn = async (heading: string, button: string) => {
      await page.getByRole('heading', { name: heading }).waitFor();
      for (const percent of [100, 200]) {
        await page.evaluate(
          `document.documentElement.style.fontSize = '${percent}%'; dispatchEvent(new Event('resize'))`,
        );
        const { y = 0, height = 0 } = (await page.getByRole('button', { name: button }).boundingBox()) ?? {};
        expect({ heading, percent, isInSight: height > 0 && y + height <= 600 }).toMatchObject({ isInSight: true });
      }
      await page.getByRole('button', { name: button }).click();
    };
    await goOn('Which folder?', 'Next');
    await goOn('Into which bucket?', 'Next');
    await goOn('Which way do changes go?', 'Next');
    await goOn('This is what will happen', 'Start syncing');
    await page.getByRole('contentinfo').waitFor();
  });

  test('says where the samples are when something in them was changed, in Chinese too', async () => {
    const app = await useNewApp();
    const page = await openWindow(app.url, { locale: 'zh-CN' });
    await page.getByRole('button', { name: '无需服务器，立即试用' }).click();
    await page.getByRole('heading', { name: '同步哪个文件夹？' }).waitFor();
    const samples = join(app.files, 'RustFS Sync 试用');
    await writeFile(join(samples, '我的.txt'), 'mine');
    await page.getByRole('button', { name: '连接我的服务器' }).click();
    await page.getByText(`你改动过示例文件，因此它们仍保留在：${samples}`).waitFor();
    expect(existsSync(join(samples, '我的.txt'))).toBe(true);
  });

  test('ends with the program', async () => {
    const app = await useNewApp();
    const page = await openWindow(app.url);
    await page.getByRole('button', { name: 'Try it without a server' }).click();
    await page.getByRole('heading', { name: 'Which folder?' }).waitFor();
    await page.goto(await app.restart());
    await page.getByRole('heading', { name: 'Welcome to RustFS Sync' }).waitFor();
    await page.getByRole('button', { name: 'Try it without a server' }).waitFor();
    expect(await readdir(app.files)).toEqual([]);
  });
});
