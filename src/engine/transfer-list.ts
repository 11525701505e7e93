import type { Clock } from '../core/environment.ts';
import type { OnBytes, PartsDone } from '../transfer/index.ts';
import { Rate } from './rate.ts';

/** A file on its way. */
export interface RunningTransfer {
  readonly folderId: string;
  readonly path: string;
  readonly direction: 'up' | 'down';
  readonly sizeBytes: number;
  readonly startedMs: number;
  readonly doneBytes: number;
  readonly bytesPerSecond: number;
  /** Of one that goes in parts. */
  readonly parts: PartsDone | undefined;
}

/** What a transfer tells of itself. */
interface Listeners {
  readonly onProgress: OnBytes;
  readonly onParts: (parts: PartsDone) => void;
}

/** What is on its way now, and how fast. */
export class TransferList {
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #running = new Set<Running>();
  readonly #rates = { up: new Rate(), down: new Rate() };

  /** @param changed called as bytes move. */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  begin(folderId: string, path: string, direction: 'up' | 'down', sizeBytes: number): Running {
    const transfer = new Running(folderId, path, direction, sizeBytes, this.#clock.now());
    this.#running.add(transfer);
    this.#changed();
    return transfer;
  }

  listeners(transfer: Running): Listeners {
    return {
      onProgress: (bytes, from) => {
        transfer.doneBytes += bytes;
        if (from === undefined) {
          const nowMs = this.#clock.monotonic();
          this.#rates[transfer.direction].add(bytes, nowMs);
          transfer.rate.add(bytes, nowMs);
        }
        this.#changed();
      },
      onParts: (parts) => {
        transfer.parts = parts;
        this.#changed();
      },
    };
  }

  end(transfer: Running): void {
    this.#running.delete(transfer);
    this.#changed();
  }

  list(): RunningTransfer[] {
    const nowMs = this.#clock.monotonic();
    return [...this.#running].map(({ rate, ...transfer }) => ({
      ...transfer,
      bytesPerSecond: rate.bytesPerSecond(nowMs),
    }));
  }

  /** Bytes per second over the last seconds. */
  rate(direction: 'up' | 'down'): number {
    return this.#rates[direction].bytesPerSecond(this.#clock.monotonic());
  }
}

class Running {
  readonly folderId: string;
  readonly path: string;
  readonly direction: 'up' | 'down';
  readonly sizeBytes: number;
  readonly startedMs: number;
  doneBytes = 0;
  parts: PartsDone | undefined;
  readonly rate = new Rate();

  constructor(folderId: string, path: string, direction: 'up' | 'down', sizeBytes: number, startedMs: number) {
    this.folderId = folderId;
    this.path = path;
    this.direction = direction;
    this.sizeBytes = sizeBytes;
    this.startedMs = startedMs;
  }
}
