import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

export interface Shot {
  readonly name: string;
  /** Which state of the engine it is taken in. */
  readonly scene: 'new' | 'trial' | 'trial-synced' | 'busy' | 'settled';
  /** Brings the window into the state that is shown. */
  readonly act?: (page: Page) => Promise<void>;
  /** More than the usual two. */
  readonly variants?: readonly Variant[];
}

interface Variant {
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
  readonly locale: 'en-GB' | 'zh-CN';
  /** Of the text, 1 for the usual size. */
  readonly scale?: number;
  readonly contrast?: 'more';
}

const LIGHT: Variant = { label: 'light-en', width: 1280, height: 800, colorScheme: 'light', locale: 'en-GB' };
const DARK_ZH: Variant = { label: 'dark-zh', width: 1280, height: 800, colorScheme: 'dark', locale: 'zh-CN' };
const SMALL: Variant = { label: 'small-light-zh', width: 800, height: 600, colorScheme: 'light', locale: 'zh-CN' };
const SMALL_EN: Variant = { label: 'small-dark-en', width: 800, height: 600, colorScheme: 'dark', locale: 'en-GB' };
const LARGE_TEXT: Variant = { ...LIGHT, label: 'text-200', scale: 2 };
const SMALL_LARGE_TEXT: Variant = { ...SMALL, label: 'small-text-200', scale: 2 };
const ALL = [LIGHT, DARK_ZH, SMALL, SMALL_EN] as const;

const view = (number: number) => async (page: Page) => {
  await page.keyboard.press(`Control+${number}`);
  await page.waitForTimeout(700);
};

async function intoIceland(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Pictures/ }).click();
  for (const name of ['raw', 'iceland']) {
    await page.getByRole('grid').getByText(name, { exact: true }).dblclick();
    await page.waitForTimeout(500);
  }
  await page.waitForTimeout(800);
}

async function selectTransfers(page: Page): Promise<void> {
  await view(2)(page);
  await page.getByRole('grid').getByText('timelapse.mov').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.waitForTimeout(400);
}

async function openMenu(page: Page): Promise<void> {
  await intoIceland(page);
  await page.getByRole('grid').getByText('IMG_0044.dng').click({ button: 'right' });
  await page.waitForTimeout(400);
}

async function openMenuOfMany(page: Page): Promise<void> {
  await intoIceland(page);
  await page.getByRole('grid').getByText('IMG_0044.dng').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+F10');
  await page.locator('[role=menuitem]:focus').waitFor();
  // To what can not be done with more than one, which says so.
  await page.keyboard.press('ArrowDown');
  await page.getByRole('tooltip').waitFor();
  await page.waitForTimeout(400);
}

async function inDocuments(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Documents/ }).click();
  await page.waitForTimeout(800);
}

async function inVersioned(page: Page): Promise<void> {
  await page.getByRole('treegrid').getByText('drafts').click();
  await page.waitForTimeout(1_200);
}

async function placeMenu(page: Page, item: RegExp): Promise<void> {
  await page.getByRole('button', { name: /^(More for this place|此位置的更多操作)$/ }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

export const SHOTS: readonly Shot[] = [
  { name: 'first-run', scene: 'new', variants: [...ALL, LARGE_TEXT] },
  {
    name: 'first-run-error',
    scene: 'new',
    act: async (page) => {
      const fields = page.getByRole('textbox');
      await fields.nth(0).fill('127.0.0.1:9');
      await fields.nth(1).fill('rustfsadmin');
      // The other one, of a session token, stays empty.
      await page.locator('input[type=password]').first().fill('rustfsadmin');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
    },
    variants: [LIGHT, DARK_ZH, SMALL],
  },
  {
    name: 'trial-offer',
    scene: 'new',
    act: async (page) => {
      await page
        .getByRole('button', { name: /^(Try it without a server|无需服务器，立即试用)$/ })
        .scrollIntoViewIfNeeded();
    },
    variants: [LARGE_TEXT, SMALL_LARGE_TEXT],
  },
  { name: 'trial-folder', scene: 'trial', variants: [...ALL, SMALL_LARGE_TEXT] },
  { name: 'trial-files', scene: 'trial-synced', variants: [...ALL, LARGE_TEXT, SMALL_LARGE_TEXT] },
  { name: 'files-busy', scene: 'busy', act: intoIceland, variants: [...ALL, LARGE_TEXT, SMALL_LARGE_TEXT] },
  { name: 'files-menu', scene: 'busy', act: openMenu },
  { name: 'files-menu-many', scene: 'busy', act: openMenuOfMany, variants: ALL },
  { name: 'transfers-busy', scene: 'busy', act: view(2), variants: [...ALL, LARGE_TEXT] },
  { name: 'transfers-selected', scene: 'busy', act: selectTransfers },
  {
    name: 'transfers-cancel',
    scene: 'busy',
    act: async (page) => {
      await selectTransfers(page);
      await page.keyboard.press('Delete');
      await page.waitForTimeout(400);
    },
  },
  { name: 'activity', scene: 'busy', act: view(3), variants: ALL },
  { name: 'problems', scene: 'busy', act: view(4), variants: [...ALL, LARGE_TEXT] },
  {
    name: 'conflict',
    scene: 'busy',
    act: async (page) => {
      await view(4)(page);
      await page.getByRole('button', { name: /^(Compare and decide|比较并决定)/ }).click();
      await page.waitForTimeout(600);
    },
  },
  {
    name: 'held',
    scene: 'busy',
    act: async (page) => {
      await view(4)(page);
      await page.getByRole('button', { name: /^(Look and decide|查看并决定)/ }).click();
      await page.waitForTimeout(1_500);
    },
    variants: [LIGHT, DARK_ZH, SMALL],
  },
  { name: 'shares', scene: 'busy', act: view(5) },
  { name: 'settings', scene: 'busy', act: view(6), variants: ALL },
  {
    name: 'limit-hours',
    scene: 'settled',
    act: async (page) => {
      await view(6)(page);
      await page.getByRole('button', { name: /^(Sun|周日)$/ }).scrollIntoViewIfNeeded();
    },
    variants: [...ALL, LARGE_TEXT, SMALL_LARGE_TEXT],
  },
  { name: 'documents', scene: 'settled', act: inDocuments },
  {
    name: 'share',
    scene: 'settled',
    act: async (page) => {
      await inDocuments(page);
      await page.getByRole('grid').getByText('budget 2026.xlsx').click();
      await page.getByRole('button', { name: /^(Share…|分享…)$/ }).click();
      await page.waitForTimeout(300);
    },
    variants: [LIGHT, DARK_ZH, SMALL],
  },
  {
    name: 'share-folder',
    scene: 'settled',
    act: async (page) => {
      await inDocuments(page);
      await page.getByRole('grid').getByText('Letters').click();
      await page.getByRole('button', { name: /^(Share…|分享…)$/ }).click();
      await page.waitForTimeout(300);
    },
    variants: [LIGHT, DARK_ZH, SMALL],
  },
  {
    name: 'share-made',
    scene: 'settled',
    act: async (page) => {
      await inDocuments(page);
      await page.getByRole('grid').getByText('budget 2026.xlsx').click();
      await page.getByRole('button', { name: /^(Share…|分享…)$/ }).click();
      await page.getByRole('button', { name: /^(Make the link|创建链接)$/ }).click();
      await page.getByTestId('share-url').waitFor();
      await page.waitForTimeout(300);
    },
    variants: [LIGHT, DARK_ZH, SMALL],
  },
  {
    name: 'delete',
    scene: 'settled',
    act: async (page) => {
      await inDocuments(page);
      await page.getByRole('grid').getByText('budget 2026.xlsx').click();
      await page.keyboard.press('Delete');
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'properties',
    scene: 'settled',
    act: async (page) => {
      await inDocuments(page);
      await page.getByRole('grid').getByText('budget 2026.xlsx').dblclick();
      await page.waitForTimeout(700);
    },
  },
  {
    name: 'add-folder',
    scene: 'settled',
    act: async (page) => {
      await page.getByRole('button', { name: /^(Add|添加)$/ }).click();
      await page.getByRole('menuitem').first().click();
      await page.waitForTimeout(800);
    },
  },
  {
    name: 'versions-column',
    scene: 'settled',
    act: inVersioned,
    variants: ALL,
  },
  {
    name: 'versions',
    scene: 'settled',
    act: async (page) => {
      await inVersioned(page);
      await page.getByRole('grid').getByText('thesis.odt').click({ button: 'right' });
      await page.getByRole('menuitem', { name: /^(Versions…|历史版本…)$/ }).click();
      await page.waitForTimeout(900);
    },
    variants: ALL,
  },
  {
    name: 'restore-at',
    scene: 'settled',
    act: async (page) => {
      await inVersioned(page);
      await placeMenu(page, /^(Restore as it was…|恢复到某一时刻…)$/);
      await page.clock.setFixedTime(Date.now() + 3_500_000);
      await page.getByText(/^(1 day ago|1 天前)$/).click();
      await page.getByText(/^(1 hour ago|1 小时前)$/).click();
      await page.waitForTimeout(1_200);
    },
    variants: ALL,
  },
  {
    name: 'bucket-properties',
    scene: 'settled',
    act: async (page) => {
      await inVersioned(page);
      await placeMenu(page, /^(Bucket properties…|存储桶属性…)$/);
      await page.waitForTimeout(700);
    },
  },
  {
    name: 'trash',
    scene: 'settled',
    act: async (page) => {
      await inDocuments(page);
      await placeMenu(page, /^(Trash…|回收站…)$/);
      await page.waitForTimeout(900);
      await page.getByRole('dialog').getByRole('grid').focus();
      await page.keyboard.press('Space');
      await page.waitForTimeout(300);
    },
    variants: [...ALL, LARGE_TEXT],
  },
  {
    name: 'select',
    scene: 'settled',
    act: async (page) => {
      await page
        .getByRole('button', { name: /Documents( |$)/ })
        .nth(1)
        .click();
      await page.getByRole('menuitem', { name: /^(Choose what is kept here…|选择保留在本机的内容…)$/ }).click();
      await page.waitForTimeout(1_000);
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /Letters/ })
        .click();
      await page.waitForTimeout(700);
      await page.getByRole('checkbox').nth(1).focus();
      await page.keyboard.press('Space');
      await page.waitForTimeout(400);
    },
    variants: [...ALL, LARGE_TEXT],
  },
  {
    name: 'rename-folder',
    scene: 'settled',
    act: async (page) => {
      await inVersioned(page);
      await page.getByRole('grid').getByText('figures').click();
      await page.keyboard.press('F2');
      await page.waitForTimeout(300);
    },
  },
  { name: 'transfers-idle', scene: 'settled', act: view(2) },
  {
    name: 'empty-bucket',
    scene: 'settled',
    act: async (page) => {
      await page.getByRole('treegrid').getByText('backups').click();
      await page.waitForTimeout(700);
    },
  },
];

/** Takes one picture a variant. */
export async function takeShot(browser: Browser, url: string, shot: Shot, out: string): Promise<void> {
  for (const variant of shot.variants ?? [LIGHT, DARK_ZH]) {
    const { width, height, colorScheme, locale, scale = 1, contrast } = variant;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme,
      locale,
      contrast: contrast ?? 'no-preference',
    });
    try {
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') process.stderr.write(`${shot.name}: ${message.text()}\n`);
      });
      page.on('pageerror', (error) => process.stderr.write(`${shot.name}: ${error.message}\n`));
      await page.goto(url);
      if (scale !== 1) {
        // As text, since the tests are not compiled for a page.
        await page.evaluate(`document.documentElement.style.fontSize = '${scale * 100}%'`);
        // The browser looks at what depends on the size of the window when that changes.
        await page.setViewportSize({ width, height: height + 1 });
        await page.setViewportSize({ width, height });
      }
      await page.locator('.window, .wizard').first().waitFor();
      await page.waitForTimeout(900);
      await shot.act?.(page);
      await page.screenshot({ path: join(out, `${shot.name}-${variant.label}.png`) });
    } catch (error) {
      process.stderr.write(`${shot.name} ${variant.label}: ${String(error).split('\n').slice(0, 4).join(' ')}\n`);
    } finally {
      await context.close();
    }
  }
}
