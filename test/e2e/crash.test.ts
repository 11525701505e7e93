import { describe, expect, test } from 'vitest';
import { reportCrash } from '../../src/engine/crash-report.ts';
import { useDouble } from '../support/engine-servers.ts';
import { addAccount, canSeeWindow, expectAccessible, openWindow, useBrowser, useNewApp } from './support.ts';

useBrowser();

describe.skipIf(!canSeeWindow)('after a crash', () => {
  test.each([
    ['engine', 'en-GB', 'RustFS Sync met a defect of its own and was started again', 'Settings'],
    ['window', 'zh-CN', 'RustFS Sync 内部出错，已重新启动', '设置'],
  ] as const)(
    'of the %s the next window tells once, and where the report is made',
    async (program, locale, told, settings) => {
      const app = await useNewApp();
      await addAccount(app, await useDouble());
      reportCrash(app.home, program, 'uncaughtException', new TypeError('nothing to be seen here'));
      const page = await openWindow(await app.restart(), { locale });
      const notice = page.getByRole('status').filter({ hasText: told });
      await notice.waitFor();
      await expectAccessible(page, 'a crash that is told');
      expect(await notice.textContent()).not.toContain('nothing to be seen here');
      await page.getByRole('tab', { name: settings }).click();

      const again = await openWindow(app.url, { locale });
      await again.getByRole('tab', { name: settings }).waitFor();
      await again.getByRole('treegrid').getByText('test', { exact: true }).waitFor();
      expect(await again.getByText(told).count()).toBe(0);
      expect(await app.engine.client.call('crash.untold', {})).toEqual([]);
    },
  );
});
