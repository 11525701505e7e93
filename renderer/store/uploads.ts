import { asSyncError } from '../../src/api/index.ts';
import { bridge } from '../engine/engine.ts';
import { errorText } from '../i18n/error-text.ts';
import { currentLanguage } from '../i18n/index.ts';
import { bucketChanged, useApp } from './store.ts';
import type { HandUpload, Place } from './types.ts';

/** Files that are sent by hand at once. */
const AT_ONCE = 3;
/** What is over stays listed up to so many. */
const MOST_OVER = 200;

/** A file that was picked or dropped, with its path below what was dropped. */
export interface PickedFile {
  readonly file: File;
  readonly path: string;
}

const files = new Map<number, { readonly file: File; readonly end: AbortController }>();
let lastId = 0;

/** Queues files to be sent below a place. */
export function uploadFiles(place: Place, picked: readonly PickedFile[]): void {
  const queued = picked.map(({ file, path }): HandUpload => {
    const id = ++lastId;
    files.set(id, { file, end: new AbortController() });
    const key = place.prefix + path;
    return { id, place, key, sizeBytes: file.size, sentBytes: 0, state: 'waiting', message: '', startedMs: 0 };
  });
  useApp.setState(({ uploads }) => ({ uploads: [...queued, ...trimmed(uploads)] }));
  pump();
}

export function cancelUpload(id: number): void {
  files.get(id)?.end.abort(new DOMException('Cancelled', 'AbortError'));
  update(id, (upload) => (upload.state === 'waiting' ? { state: 'cancelled' } : {}));
}

/** Sends a file again that failed. */
export function retryUpload(id: number): void {
  const known = files.get(id);
  if (known === undefined) return;
  files.set(id, { file: known.file, end: new AbortController() });
  update(id, () => ({ state: 'waiting', message: '', sentBytes: 0 }));
  pump();
}

export function clearUploads(): void {
  useApp.setState(({ uploads }) => ({ uploads: uploads.filter(isUnderWay) }));
}

export function isUnderWay({ state }: Pick<HandUpload, 'state'>): boolean {
  return state === 'waiting' || state === 'running';
}

function pump(): void {
  const { uploads } = useApp.getState();
  const running = uploads.filter(({ state }) => state === 'running').length;
  // Those that were added first are at the end of their batch's order of sending.
  const next = uploads.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, AT_ONCE - running));
  for (const upload of next) void send(upload);
}

async function send({ id, place, key }: HandUpload): Promise<void> {
  const known = files.get(id);
  if (known === undefined) return;
  update(id, () => ({ state: 'running', startedMs: Date.now() }));
  try {
    const target = { account: place.account, bucket: place.bucket, key };
    await bridge().upload(known.file, target, (sentBytes) => update(id, () => ({ sentBytes })), known.end.signal);
    update(id, ({ sizeBytes }) => ({ state: 'done', sentBytes: sizeBytes }));
    files.delete(id);
    bucketChanged();
  } catch (error) {
    if (known.end.signal.aborted) update(id, () => ({ state: 'cancelled' }));
    else {
      const { message } = errorText(asSyncError(error), currentLanguage());
      update(id, () => ({ state: 'failed', message }));
    }
  }
  pump();
}

function update(id: number, change: (upload: HandUpload) => Partial<HandUpload>): void {
  useApp.setState(({ uploads }) => ({
    uploads: uploads.map((upload) => (upload.id === id ? { ...upload, ...change(upload) } : upload)),
  }));
}

function trimmed(uploads: readonly HandUpload[]): readonly HandUpload[] {
  const over = uploads.filter((upload) => !isUnderWay(upload)).slice(0, MOST_OVER);
  return uploads.filter((upload) => isUnderWay(upload) || over.includes(upload));
}
