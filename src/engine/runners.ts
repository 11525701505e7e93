import { cancelled, hasCode } from '../core/errors.ts';
import type { EngineParts } from './engine-parts.ts';
import { FolderRunner } from './folder-runner.ts';

interface Entry {
  readonly runner: FolderRunner;
  readonly end: AbortController;
  /** Set while the folder is watched; resolves when that has ended. */
  watching: Promise<void> | undefined;
}

/** The folders' runners, each made when it is first needed. */
export class Runners {
  readonly #parts: EngineParts;
  readonly #entries = new Map<string, Entry>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  peek(folderId: string): FolderRunner | undefined {
    return this.#entries.get(folderId)?.runner;
  }

  get(folderId: string): FolderRunner {
    return this.#entry(folderId).runner;
  }

  /** Watches and syncs a folder until it is forgotten or everything stops. Starting twice is starting once. */
  start(folderId: string): void {
    const entry = this.#entry(folderId);
    entry.watching ??= entry.runner.run(entry.end.signal).catch((error: unknown) => {
      if (hasCode(error, 'cancelled')) return;
      this.#parts.environment.log.error('A folder ended by a defect', { folder: folderId, error: String(error) });
    });
  }

  /** To be called when all syncing was paused or is to go on. */
  noticePause(): void {
    for (const { runner } of this.#entries.values()) runner.interrupt();
  }

  /** Ids of the folders that have a runner. */
  ids(): string[] {
    return [...this.#entries.keys()];
  }

  async forget(folderId: string): Promise<void> {
    const entry = this.#entries.get(folderId);
    entry?.end.abort(cancelled('Syncing'));
    entry?.runner.interrupt();
    await entry?.watching;
    // A cycle that a command asked for ends by itself; what it was at must not go on once the folder is gone.
    await entry?.runner.between(() => undefined);
    await entry?.runner.settled();
    // Not before: whoever asks for the same meanwhile waits for it too, and nobody begins a second runner beside this one.
    if (this.#entries.get(folderId) === entry) this.#entries.delete(folderId);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.forget(id)));
  }

  #entry(folderId: string): Entry {
    let entry = this.#entries.get(folderId);
    if (entry === undefined) {
      entry = { runner: new FolderRunner(this.#parts, folderId), end: new AbortController(), watching: undefined };
      this.#entries.set(folderId, entry);
    }
    return entry;
  }
}
