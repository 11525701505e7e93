import type { Bridge } from './bridge.ts';
import type { EngineLink } from './link.ts';

let parts: { readonly link: EngineLink; readonly bridge: Bridge } | undefined;

/** Called once, when the window starts. */
export function setEngine(link: EngineLink, bridge: Bridge): void {
  parts = { link, bridge };
}

/** The engine, for every part of the window. */
export function engine(): EngineLink {
  return required().link;
}

export function bridge(): Bridge {
  return required().bridge;
}

function required() {
  if (parts === undefined) throw new Error('The window was not started.');
  return parts;
}
