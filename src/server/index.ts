export { startBrowserServer, type BrowserServer, type BrowserServerOptions } from './browser-server.ts';
export { openInBrowser } from './open-browser.ts';
