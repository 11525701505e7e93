import { networkInterfaces } from 'node:os';
import type { Clock, Timer } from '../core/environment.ts';
import type { Engine } from './engine.ts';

const INTERVAL_MS = 5_000;

/**
 * Tells the engine that the network changed: Node has no event for it, so the addresses of this computer are looked at now
 * and then, and it matters only while a server can not be reached. A shell that has such events calls `engine.resumed`.
 *
 * @param addresses for tests.
 */
export function watchNetwork(
  clock: Clock,
  engine: Pick<Engine, 'isOffline' | 'resumed'>,
  addresses: () => string = ownAddresses,
): Timer {
  let known = orUnknown(addresses);
  const look = () => {
    const now = orUnknown(addresses);
    const changed = now !== undefined && known !== undefined && now !== known;
    known = now ?? known;
    if (changed && engine.isOffline()) engine.resumed('network-change');
  };
  let timer = clock.timer(INTERVAL_MS, tick);
  function tick(): void {
    timer = clock.timer(INTERVAL_MS, tick);
    look();
  }
  return { cancel: () => timer.cancel() };
}

/** A system that is out of files, or lets nobody ask, does not tell. The next look is soon, and nobody waits for a timer. */
function orUnknown(addresses: () => string): string | undefined {
  try {
    return addresses();
  } catch {
    return undefined;
  }
}

function ownAddresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ internal }) => !internal)
    .map(({ cidr, address }) => cidr ?? address)
    .sort()
    .join(' ');
}
