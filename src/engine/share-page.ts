import { createHash } from 'node:crypto';

/** One file on a page. */
export interface PageFile {
  /** Below the shared folder. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly url: string;
}

const STYLE = `
:root { color-scheme: light dark; background: Canvas; color: CanvasText; --quiet: color-mix(in srgb, CanvasText 68%, Canvas); --line: color-mix(in srgb, CanvasText 14%, Canvas); font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.3; font-weight: 600; margin: 0 0 .25rem; }
p { color: var(--quiet); margin: 0 0 1.5rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: baseline; font-weight: 400; }
thead th { padding: 0 0 .35rem; font-size: .85rem; color: var(--quiet); }
th + th, td { padding-inline-start: 1rem; text-align: end; white-space: nowrap; overflow-wrap: normal; font-variant-numeric: tabular-nums; color: var(--quiet); }
a { color: inherit; text-underline-offset: .2em; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
a:hover, a:focus-visible { text-decoration-color: currentColor; }
a:focus-visible { outline: 2px solid; outline-offset: 3px; border-radius: 2px; }
:root:not([lang^=zh]) [lang^=zh], :root[lang^=zh] [lang=en] { display: none; }
`;

/**
 * Chooses the reader's language and clock; without it the page is in English, and its time in UTC. Names play no part in it.
 */
const SCRIPT = `
if (/^zh/i.test(navigator.language)) document.documentElement.lang = 'zh-CN';
for (const each of document.querySelectorAll('time')) {
  const english = /^en/i.test(navigator.language) ? navigator.language : 'en-GB';
  const language = each.closest('[lang^=zh]') ? 'zh-CN' : english;
  each.textContent = new Date(each.dateTime).toLocaleString(language, { dateStyle: 'long', timeStyle: 'short' });
}
`;

/** This script, this style, nothing from anywhere; and no address is given away by following a link. */
const POLICY = `default-src 'none'; script-src '${hashOf(SCRIPT)}'; style-src '${hashOf(STYLE)}'; base-uri 'none'; form-action 'none'`;

/** A page of links, complete in itself, in the reader's language. Whatever names hold, they stay text. */
export function sharePage(title: string, files: readonly PageFile[], expiresMs: number): string {
  const totalBytes = sizeText(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const until = timeTag(expiresMs);
  const count = files.length.toLocaleString('en');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1><bdi>${escapeHtml(title)}</bdi></h1>
<p>${inBoth(
    `${count} ${files.length === 1 ? 'file' : 'files'}, ${totalBytes}. The links work until ${until}.`,
    `${count} 个文件，共 ${totalBytes}。链接有效期至 ${until}。`,
  )}</p>
<table>
<thead><tr><th scope="col">${inBoth('Name', '名称')}</th><th scope="col">${inBoth('Size', '大小')}</th></tr></thead>
<tbody>
${files.map(row).join('\n')}
</tbody>
</table>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function row({ path, sizeBytes, url }: PageFile): string {
  const link = `<a href="${escapeHtml(url)}" rel="noreferrer noopener">${escapeHtml(path)}</a>`;
  return `<tr><th scope="row"><bdi>${link}</bdi></th><td>${sizeText(sizeBytes)}</td></tr>`;
}

/** The style shows one of them. */
function inBoth(english: string, chinese: string): string {
  return `<span lang="en">${english}</span><span lang="zh-CN">${chinese}</span>`;
}

function timeTag(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const digits = power === 0 ? 0 : 1;
  return `${(bytes / 1000 ** power).toFixed(digits)} ${units[power] ?? ''}`;
}
