import type { Timer } from '../core/environment.ts';
import type { Settings } from '../state/index.ts';
import type { EngineParts } from './folder-runner.ts';
import type { Runners } from './runners.ts';

/** Soon enough for somebody at another terminal, rarely enough to cost nothing. */
const INTERVAL_MS = 2_000;

/**
 * Takes notice of what other commands of the same person write into the state while this engine syncs: folders paused,
 * resumed, approved, added or removed, and the bandwidth limit.
 */
export class SettingsWatch {
  /** Whether folders that are added meanwhile are synced too. */
  includeNewFolders = false;
  readonly #parts: EngineParts;
  readonly #runners: Runners;
  #timer: Timer | undefined;
  #limits: Settings;

  constructor(parts: EngineParts, runners: Runners) {
    this.#parts = parts;
    this.#runners = runners;
    this.#limits = parts.state.settings.read();
  }

  /** Starting twice is starting once. */
  start(): void {
    this.#timer ??= this.#parts.environment.clock.timer(INTERVAL_MS, () => this.#look());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    this.start();
    const { state, uploadLimiter, downloadLimiter, environment } = this.#parts;
    const limits = state.settings.read();
    const { uploadLimitBytesPerSecond: up, downloadLimitBytesPerSecond: down } = limits;
    if (up !== this.#limits.uploadLimitBytesPerSecond) uploadLimiter.setLimit(up);
    if (down !== this.#limits.downloadLimitBytesPerSecond) downloadLimiter.setLimit(down);
    this.#limits = limits;

    const folders = new Map(state.folders.list().map((folder) => [folder.id, folder]));
    for (const [id, folder] of folders) {
      this.#runners.peek(id)?.noticeChanges(folder);
      if (this.includeNewFolders) this.#runners.start(id);
    }
    for (const id of this.#runners.ids()) {
      if (folders.has(id)) continue;
      this.#runners.forget(id).catch((error: unknown) => {
        environment.log.error('A removed folder did not end', { folder: id, error: String(error) });
      });
    }
  }
}
