import type { MessagePortMain } from 'electron';
import {
  engineLost,
  SyncError,
  type Download,
  type DownloadWish,
  type ObjectSource,
  type ShellProgress,
} from '../src/api/index.ts';
import type { EngineHost } from './engine-host.ts';
import { freePath } from './free-path.ts';

/** Objects that are saved at once. */
const AT_ONCE = 3;
/** Of those that are done or were called off so many stay listed; what failed does until a person has seen to it. */
const MOST_OVER = 200;
/** How far they are is shown at most so often. */
const SHOW_EVERY_MS = 200;

export interface DownloadParts {
  readonly engine: Pick<EngineHost, 'ask'>;
  /** Where they go. */
  readonly directory: () => string;
  /** Hears of all of them whenever something changes. */
  readonly show: (downloads: readonly Download[]) => void;
  /** Nothing is on its way any more. Called with what ended since the last time, but for what was called off. */
  readonly rested: (ended: readonly EndedDownload[]) => void;
}

/** A download that is done or failed. */
export interface EndedDownload {
  readonly download: Download;
  readonly path: string;
}

interface Entry {
  download: Download;
  path: string;
  /** There as long as the engine works on it; closing it calls it off. */
  port: MessagePortMain | undefined;
}

/** What is saved in the person's downloads, a few objects at once. It goes on when the window is closed. */
export class Downloads {
  readonly #parts: DownloadParts;
  /** In the order in which they were asked for. */
  readonly #entries = new Map<number, Entry>();
  /** In the order in which they are begun. A batch may be tens of thousands: nothing below looks at all of them for each. */
  readonly #waiting = new Set<Entry>();
  readonly #running = new Set<Entry>();
  /** Ids of those that are done or were called off, the oldest first. */
  #over: number[] = [];
  #ended: EndedDownload[] = [];
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: DownloadParts) {
    this.#parts = parts;
  }

  begin(source: ObjectSource): void {
    const id = ++this.#lastId;
    const download = { id, source, state: 'waiting', doneBytes: 0, sizeBytes: 0, startedMs: 0 } as const;
    const entry = { download, path: '', port: undefined };
    this.#entries.set(id, entry);
    this.#waiting.add(entry);
    this.#pump();
  }

  steer(wish: DownloadWish): void {
    switch (wish.type) {
      case 'show':
        this.#show();
        return;
      case 'cancel':
        for (const entry of this.#chosen(wish.ids)) if (isUnderWay(entry)) this.#end(entry, { state: 'cancelled' });
        break;
      case 'retry':
        for (const entry of this.#chosen(wish.ids)) {
          if (isUnderWay(entry) || entry.download.state === 'done') continue;
          entry.download = { ...entry.download, state: 'waiting', doneBytes: 0, error: undefined };
          this.#over = this.#over.filter((id) => id !== entry.download.id);
          this.#waiting.add(entry);
        }
        break;
      case 'clear':
        for (const [id, entry] of this.#entries) if (!isUnderWay(entry)) this.#entries.delete(id);
        this.#over = [];
    }
    this.#pump();
  }

  #chosen(ids: readonly number[]): Entry[] {
    return ids.flatMap((id) => this.#entries.get(id) ?? []);
  }

  #pump(): void {
    for (const entry of this.#waiting) {
      if (this.#running.size >= AT_ONCE) break;
      this.#waiting.delete(entry);
      this.#run(entry);
    }
    this.#showSoon();
  }

  #run(entry: Entry): void {
    const { source } = entry.download;
    // A disk may take two spellings for one name.
    const promised = new Set([...this.#running].map(({ path }) => path.toLowerCase()));
    try {
      entry.path = freePath(this.#parts.directory(), source.key, (path) => promised.has(path.toLowerCase()));
    } catch (error) {
      this.#end(entry, { state: 'failed', error: noPlace(error).toData() });
      return;
    }
    entry.download = { ...entry.download, state: 'running', startedMs: Date.now() };
    this.#running.add(entry);
    const port = this.#parts.engine.ask({ type: 'download', source, path: entry.path });
    entry.port = port;
    const isCurrent = () => entry.port === port;
    port.on('message', ({ data }) => {
      // The engine's own process says it, in the form of the type.
      if (isCurrent()) this.#hear(entry, data as ShellProgress);
    });
    port.on('close', () => {
      if (!isCurrent()) return;
      this.#end(entry, { state: 'failed', error: engineLost().toData() });
      this.#pump();
    });
    port.start();
  }

  #hear(entry: Entry, progress: ShellProgress): void {
    if (progress.type === 'sent') {
      const { bytes, totalBytes = 0 } = progress;
      entry.download = { ...entry.download, doneBytes: bytes, sizeBytes: totalBytes };
      this.#showSoon();
      return;
    }
    this.#end(entry, progress.type === 'done' ? { state: 'done' } : { state: 'failed', error: progress.error });
    this.#pump();
  }

  #end(entry: Entry, change: Pick<Download, 'state' | 'error'>): void {
    const { port } = entry;
    entry.port = undefined;
    port?.close();
    entry.download = { ...entry.download, ...change };
    if (change.state !== 'cancelled') this.#ended.push({ download: entry.download, path: entry.path });
    this.#waiting.delete(entry);
    this.#running.delete(entry);
    if (change.state === 'failed') return;
    this.#over.push(entry.download.id);
    if (this.#over.length > MOST_OVER) this.#entries.delete(this.#over.shift() ?? 0);
  }

  #showSoon(): void {
    this.#timer ??= setTimeout(() => this.#show(), SHOW_EVERY_MS);
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#parts.show([...this.#entries.values()].map(({ download }) => download));
    // Not sooner: files of one batch may fail one by one as they are asked for.
    if (this.#running.size + this.#waiting.size === 0 && this.#ended.length > 0)
      this.#parts.rested(this.#ended.splice(0));
  }
}

function noPlace(cause: unknown): SyncError {
  return new SyncError({
    code: 'disk-error',
    message: 'The system does not say where downloads go.',
    advice: 'Check that the folder for downloads is there, then try again.',
    detail: String(cause),
    cause,
  });
}

function isUnderWay({ download: { state } }: Entry): boolean {
  return state === 'waiting' || state === 'running';
}
