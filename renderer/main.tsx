import './styles/tokens.css';
import './styles/base.css';
import './ui/controls.css';
import './ui/layers.css';
import './ui/grid/grid.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { browserBridge } from './engine/browser-bridge.ts';
import { desktopBridge, desktopShell } from './engine/desktop-bridge.ts';
import { setEngine } from './engine/engine.ts';
import { EngineLink } from './engine/link.ts';
import { startTexts } from './i18n/index.ts';
import { App } from './shell/App.tsx';
import { followEngine, sampleThroughput } from './store/server-events.ts';
import { openView, useApp } from './store/store.ts';
import { isUnderWay } from './store/upload-queue.ts';
import { isLeftUnseen, noteSeen } from './store/uploads.ts';

const shell = desktopShell();
const bridge = shell === undefined ? browserBridge() : desktopBridge(shell);
shell?.onView(openView);
shell?.onDownloads((downloads) => useApp.setState({ downloads }));
let following = new AbortController();
const link = new EngineLink(bridge, (state) => {
  useApp.setState({ link: state });
  following.abort();
  following = new AbortController();
  if (state === 'ready') void followEngine(following.signal);
});
setEngine(link, bridge);
keepDropsOut();
stayForUploads();
startTexts();
sampleThroughput();
void link.run();

/** Files that are dropped beside a place that takes them would be opened by the browser, as pages. */
function keepDropsOut(): void {
  const refuse = (event: DragEvent) => {
    if (event.defaultPrevented || event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'none';
  };
  addEventListener('dragover', refuse);
  addEventListener('drop', refuse);
}

/**
 * What a person sends by hand ends with the page: a browser asks before it goes, and the desktop program waits for the end.
 * What could not be sent while nobody looked goes with it too, and is kept until it was seen.
 */
function stayForUploads(): void {
  document.addEventListener('visibilitychange', noteSeen);
  addEventListener('beforeunload', (event) => {
    if (isLeftUnseen() || useApp.getState().uploads.some(isUnderWay)) event.preventDefault();
  });
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the window.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
