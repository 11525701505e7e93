import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../support/window/chromium.ts';
import { icnsFile, icoFile, type Picture } from './icon-files.ts';

/** `npm run icons`: the icons of the packages, drawn of renderer/icon.svg by Chromium. They are committed. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SIZES_PX = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

const svg = await readFile(join(ROOT, 'renderer/icon.svg'), 'utf8');
const browser = await launchChromium();
const pictures: Picture[] = [];
try {
  for (const sizePx of SIZES_PX) {
    const page = await browser.newPage({ viewport: { width: sizePx, height: sizePx } });
    await page.setContent(`<style>html, body { margin: 0 } svg { display: block; width: ${sizePx}px }</style>${svg}`);
    pictures.push({ sizePx, png: await page.screenshot({ omitBackground: true }) });
    await page.close();
  }
} finally {
  await browser.close();
}
const out = join(ROOT, 'build');
await mkdir(join(out, 'icons'), { recursive: true });
for (const { sizePx, png } of pictures) await writeFile(join(out, 'icons', `${sizePx}x${sizePx}.png`), png);
await writeFile(join(out, 'icon.ico'), icoFile(pictures));
await writeFile(join(out, 'icon.icns'), icnsFile(pictures));
process.stdout.write(`Icons of ${SIZES_PX.join(', ')} pixels are in ${out}.\n`);
