import { app, shell, type Session, type WebContents, type WebFrameMain } from 'electron';
import { isOwnPage } from './page.ts';

/** What our page may do of all that pages ask for: put a link on the clipboard. */
const ALLOWED = 'clipboard-sanitized-write';

/** Everything that leaves this computer goes through the engine; the page's own network is shut. */
const NETWORK = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'];

/** Denies every page of a session what ours does not need. */
export function secureSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, decide) =>
    decide(permission === ALLOWED && isOwnPage(contents.getURL())),
  );
  session.setPermissionCheckHandler(
    (contents, permission) => permission === ALLOWED && contents !== null && isOwnPage(contents.getURL()),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest({ urls: NETWORK }, (_details, answer) => answer({ cancel: true }));
  // The engine downloads; a page never does.
  session.on('will-download', (event) => event.preventDefault());
}

/** Keeps every page where it is, those too that some library might open one day. */
export function secureAllContents(): void {
  app.on('web-contents-created', (_event, contents) => secureContents(contents));
}

function secureContents(contents: WebContents): void {
  const deny = (event: { preventDefault(): void }) => event.preventDefault();
  contents.on('will-navigate', deny);
  contents.on('will-frame-navigate', deny);
  contents.on('will-redirect', deny);
  contents.on('will-attach-webview', deny);
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
}

/** Opens a web address in the person's browser. Other schemes start programs, and are left alone. */
export function openOutside(url: string): void {
  const scheme = URL.parse(url)?.protocol;
  if (scheme === 'https:' || scheme === 'http:') void shell.openExternal(url);
}

/** Whether a message comes from our page itself: its own address, in the main frame of the one window. */
export function isOurSender(sender: WebContents, frame: WebFrameMain | null, window: WebContents | undefined): boolean {
  return sender === window && frame !== null && frame === sender.mainFrame && isOwnPage(frame.url);
}
