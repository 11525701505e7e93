import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** Between two inputs of one hand. */
const PAUSE_MS = 120;

/** What a person does who looks around in every view: real clicks and keys, through the browser. */
export async function lookAround(page: Page, isOver: () => boolean): Promise<void> {
  const steps = [
    () => view(page, 'Files'),
    () => walkThroughList(page),
    () => view(page, 'Transfers'),
    () => walkThroughList(page),
    () => view(page, 'Activity'),
    () => search(page, 'directory-00'),
    () => walkThroughList(page),
    () => view(page, 'Problems'),
    () => view(page, 'Shares'),
    () => view(page, 'Settings'),
  ];
  for (const step of steps) {
    if (isOver()) return;
    await step();
  }
}

export async function view(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name }).click();
  await delay(PAUSE_MS);
}

/** Clicks a row and goes on with the keyboard. */
async function walkThroughList(page: Page): Promise<void> {
  const row = page.getByRole('row').nth(3);
  // A list may be empty by now.
  if ((await row.count()) === 0) return;
  await row.click({ timeout: 5_000 }).catch(() => undefined);
  for (const key of ['ArrowDown', 'ArrowDown', 'PageDown', 'ArrowUp', 'Home', 'f', 'End']) {
    await page.keyboard.press(key);
    await delay(PAUSE_MS);
  }
}

async function search(page: Page, text: string): Promise<void> {
  const field = page.getByRole('searchbox');
  await field.click();
  await page.keyboard.type(text, { delay: PAUSE_MS });
  await field.fill('');
}
