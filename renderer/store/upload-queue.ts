import type { ObjectPlace } from '../../src/api/index.ts';
import type { Bridge } from '../engine/bridge.ts';
import { hasErrorCode } from '../engine/error-code.ts';
import type { HandUpload, IfTaken, Place } from './types.ts';

/** Files that are sent by hand at once. */
const AT_ONCE = 3;
/** Of those that were sent or cancelled so many stay listed. */
const MOST_OVER = 200;
/** How far a file is shows at most so often. */
const SHOW_EVERY_MS = 200;
/** A larger file is sent only after a look at its name: it would be sent in vain. */
const LOOK_FIRST_BYTES = 1_000_000;
/** A free name may be taken before the file is there; then another one is asked for. */
const MOST_NAMES = 5;

/** A file that was picked or dropped, with its path below what was dropped. */
export interface PickedFile {
  readonly file: File;
  readonly path: string;
}

/** What the queue needs of the window. */
export interface UploadPorts {
  /** Sends a file. @throws SyncError name-taken where something is under the key that is not to be replaced. */
  send: Bridge['upload'];
  /** @returns the key, or a free one beside it. @throws SyncError name-taken where there is none. */
  freeKey(wished: ObjectPlace, signal: AbortSignal): Promise<string>;
  /** @param done files that were sent since the beginning. */
  show(uploads: readonly HandUpload[], done: number): void;
  /** Nothing is under way any more. @param taken those whose names turned out to be taken since the last time. */
  rested(taken: readonly HandUpload[]): void;
  wordsOf(error: unknown): string;
}

interface Entry {
  readonly file: File;
  /** Its key, if that is free. */
  readonly wished: string;
  upload: HandUpload;
  end: AbortController;
}

/** What a person sends by hand, a few files at once and the first ones first. A batch may be tens of thousands. */
export class UploadQueue {
  readonly #ports: UploadPorts;
  /** In the order in which they were added. */
  readonly #entries = new Map<number, Entry>();
  readonly #waiting = new Set<number>();
  /** Ids of those that were sent or cancelled, the oldest first. */
  #over: number[] = [];
  #taken: number[] = [];
  #running = 0;
  #done = 0;
  #lastId = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: UploadPorts) {
    this.#ports = ports;
  }

  /** Takes up files that are to be sent below a place. */
  add({ account, bucket, prefix }: Place, picked: readonly PickedFile[]): void {
    for (const { file, path } of picked) {
      const id = ++this.#lastId;
      const wished = prefix + path;
      const upload: HandUpload = {
        id,
        place: { account, bucket, prefix },
        key: wished,
        sizeBytes: file.size,
        sentBytes: 0,
        state: 'waiting',
        ifTaken: 'ask',
        message: '',
        startedMs: 0,
      };
      this.#entries.set(id, { file, wished, upload, end: new AbortController() });
      this.#waiting.add(id);
    }
    this.#pump();
    this.#show();
  }

  cancel(ids: readonly number[]): void {
    for (const entry of this.#chosen(ids)) {
      entry.end.abort(new DOMException('Cancelled', 'AbortError'));
      this.#waiting.delete(entry.upload.id);
      // One that is running ends by itself.
      if (entry.upload.state === 'waiting' || entry.upload.state === 'taken')
        this.#finish(entry, { state: 'cancelled' });
    }
    this.#show();
  }

  /**
   * Sends files again that failed or were cancelled, or whose names were taken.
   *
   * @param ifTaken what the person now wants of those whose names were taken: no others are sent then.
   */
  retry(ids: readonly number[], ifTaken?: IfTaken): void {
    for (const entry of this.#chosen(ids)) {
      const { id, state } = entry.upload;
      if (isUnderWay(entry.upload) || state === 'done') continue;
      if (ifTaken !== undefined && state !== 'taken') continue;
      entry.end = new AbortController();
      this.#over = this.#over.filter((other) => other !== id);
      this.#set(entry, { state: 'waiting', message: '', sentBytes: 0, ...(ifTaken !== undefined && { ifTaken }) });
      this.#waiting.add(id);
    }
    this.#pump();
    this.#show();
  }

  /** Forgets all that is not under way. */
  clear(): void {
    for (const [id, { upload }] of this.#entries) if (!isUnderWay(upload)) this.#entries.delete(id);
    this.#over = [];
    this.#show();
  }

  #chosen(ids: readonly number[]): Entry[] {
    return ids.flatMap((id) => this.#entries.get(id) ?? []);
  }

  #pump(): void {
    for (const id of this.#waiting) {
      if (this.#running >= AT_ONCE) return;
      this.#waiting.delete(id);
      const entry = this.#entries.get(id);
      if (entry !== undefined) void this.#run(entry);
    }
  }

  async #run(entry: Entry): Promise<void> {
    const { end } = entry;
    this.#running += 1;
    this.#set(entry, { state: 'running', startedMs: Date.now() });
    try {
      if (await this.#send(entry, end.signal)) {
        this.#done += 1;
        this.#finish(entry, { state: 'done', sentBytes: entry.upload.sizeBytes });
      } else {
        this.#taken.push(entry.upload.id);
        this.#set(entry, { state: 'taken', sentBytes: 0 });
      }
    } catch (error) {
      if (end.signal.aborted) this.#finish(entry, { state: 'cancelled' });
      else this.#set(entry, { state: 'failed', message: this.#ports.wordsOf(error) });
    }
    this.#running -= 1;
    this.#pump();
    if (this.#running === 0) this.#rest();
    else this.#showSoon();
  }

  /** @returns false when its name is taken, and the person has to say what to do. */
  async #send(entry: Entry, signal: AbortSignal): Promise<boolean> {
    const { file, wished, upload } = entry;
    const { ifTaken, place } = upload;
    const target = { account: place.account, bucket: place.bucket, key: wished };
    const looksFirst = ifTaken === 'keep-both' || (ifTaken === 'ask' && file.size > LOOK_FIRST_BYTES);
    for (let attempt = 1; ; attempt++) {
      try {
        const key = looksFirst ? await this.#ports.freeKey(target, signal) : wished;
        if (key !== wished && ifTaken === 'ask') return false;
        this.#set(entry, { key });
        const onSent = (sentBytes: number) => this.#set(entry, { sentBytes });
        await this.#ports.send(file, { ...target, key, overwrite: ifTaken === 'replace' }, onSent, signal);
        return true;
      } catch (error) {
        if (!hasErrorCode(error, 'name-taken')) throw error;
        if (ifTaken === 'ask' || attempt === MOST_NAMES) return false;
      }
    }
  }

  #rest(): void {
    const taken = this.#taken.flatMap((id) => this.#entries.get(id)?.upload ?? []);
    this.#taken = [];
    this.#show();
    this.#ports.rested(taken.filter(({ state }) => state === 'taken'));
  }

  #set(entry: Entry, change: Partial<HandUpload>): void {
    entry.upload = { ...entry.upload, ...change };
    this.#showSoon();
  }

  /** For good, unless the person asks for it again: the oldest of them are forgotten. */
  #finish(entry: Entry, change: Partial<HandUpload>): void {
    this.#set(entry, change);
    this.#over.push(entry.upload.id);
    if (this.#over.length > MOST_OVER) this.#entries.delete(this.#over.shift() ?? 0);
  }

  #showSoon(): void {
    this.#timer ??= setTimeout(() => this.#show(), SHOW_EVERY_MS);
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#ports.show(
      [...this.#entries.values()].map(({ upload }) => upload),
      this.#done,
    );
  }
}

/** Whether it was not sent, and the person has to say what becomes of it. */
export function isLeft({ state }: Pick<HandUpload, 'state'>): boolean {
  return state === 'failed' || state === 'taken';
}

export function isUnderWay({ state }: Pick<HandUpload, 'state'>): boolean {
  return state === 'waiting' || state === 'running';
}
