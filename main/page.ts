import { protocol, type Session } from 'electron';
import type { Assets } from '../src/server/assets.ts';

/** The window's own scheme. Not that of links into the app (`rustfs-sync:`), which anybody may write. */
const SCHEME = 'app';
const HOST = 'window';

/** The address of the window's page. */
export const PAGE_URL = `${SCHEME}://${HOST}/index.html`;

/** Makes the scheme one with an origin of its own. To be called before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true } }]);
}

/** Whether an address is the window's own. */
export function isOwnPage(url: string): boolean {
  const { protocol: scheme, host } = URL.parse(url) ?? {};
  return scheme === `${SCHEME}:` && host === HOST;
}

/** Serves the built window, and nothing else of the disk. The page may connect to nobody: what it needs comes over ports. */
export function servePage(session: Session, assets: Assets): void {
  session.protocol.handle(SCHEME, ({ url, method }) => {
    const asset = isOwnPage(url) && method === 'GET' ? assets.answer(new URL(url).pathname, "'none'") : undefined;
    if (asset === undefined) return new Response(undefined, { status: 404 });
    return new Response(new Uint8Array(asset.body), { headers: asset.headers });
  });
}
