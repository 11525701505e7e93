import { createHash } from 'node:crypto';

/** One file on a page. */
export interface PageFile {
  /** Below the shared folder. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly url: string;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; font-weight: 600; margin: 0 0 .25rem; }
p { color: GrayText; margin: 0 0 1.5rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .45rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); text-align: start; font-weight: 400; }
td { padding-inline-start: 1rem; text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; color: GrayText; }
a { color: inherit; text-underline-offset: .2em; text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); }
a:hover, a:focus-visible { text-decoration-color: currentColor; }
`;

/** No scripts, nothing from anywhere, this one style; and no address is given away by following a link. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** A page of links, complete in itself. Whatever names hold, they stay text. */
export function sharePage(title: string, files: readonly PageFile[], expiresMs: number): string {
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const until = `${new Date(expiresMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const count = files.length === 1 ? '1 file' : `${files.length.toLocaleString('en')} files`;
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
<h1>${escapeHtml(title)}</h1>
<p>${count}, ${sizeText(totalBytes)}. The links work until ${until}.</p>
<table>
${files.map(row).join('\n')}
</table>
</body>
</html>
`;
}

function row({ path, sizeBytes, url }: PageFile): string {
  const link = `<a href="${escapeHtml(url)}" rel="noreferrer noopener">${escapeHtml(path)}</a>`;
  return `<tr><th scope="row"><bdi>${link}</bdi></th><td>${sizeText(sizeBytes)}</td></tr>`;
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
