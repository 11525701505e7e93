import type { TransferInfo, WaitingTransfer } from '../api/index.ts';
import type { PlanItem } from '../core/plan.ts';
import { MULTIPART_THRESHOLD_BYTES } from '../core/parts.ts';
import type { FolderRow, TransferWish, WaitingRow } from '../state/index.ts';
import type { EngineParts } from './engine-parts.ts';
import { endPartial, partialOf, withDeadline } from './partial.ts';
import type { Runners } from './runners.ts';
import { isTransfer, plannedSides } from './set-aside.ts';

/** What a person does with single transfers, and sees of them. Every wish is in the state before anything follows from it. */
export class TransferControl {
  readonly #parts: EngineParts;
  readonly #runners: Runners;

  constructor(parts: EngineParts, runners: Runners) {
    this.#parts = parts;
    this.#runners = runners;
  }

  /** Makes files the next ones to begin, in their order. */
  first({ id }: FolderRow, paths: readonly string[]): void {
    const { state } = this.#parts;
    state.transaction(() => {
      // The last one asked for is the first to begin.
      for (const path of paths.toReversed()) {
        state.wishes.put(id, path, 'first');
        state.problems.retryNow(id, path);
      }
    });
    const runner = this.#runners.peek(id);
    for (const path of paths) runner?.hurry(path);
    this.#parts.changed();
  }

  /** @returns how many of the files were to be transferred. */
  async pause(folder: FolderRow, paths: readonly string[]): Promise<number> {
    return this.#setAside(folder, paths, 'paused');
  }

  /** The same; what is left of the transfers on either side goes. */
  async cancel(folder: FolderRow, paths: readonly string[], signal: AbortSignal): Promise<number> {
    const files = await this.#setAside(folder, paths, 'cancelled');
    for (const path of paths) {
      if (this.#parts.state.wishes.get(folder.id, path)?.wish !== 'cancelled') continue;
      await endPartial(this.#parts, folder, path, signal);
    }
    return files;
  }

  /** @returns how many of the files were paused or cancelled. */
  resume({ id }: FolderRow, paths: readonly string[]): number {
    const { state, changed } = this.#parts;
    const files = paths.filter((path) => isAside(state.wishes.get(id, path)?.wish));
    state.transaction(() => {
      for (const path of files) state.wishes.delete(id, path);
    });
    this.#runners.peek(id)?.requestRetry();
    changed();
    return files.length;
  }

  /** Tries again at once what failed or was cancelled: these paths and all below them, or everything. */
  retry({ id }: FolderRow, paths: readonly string[] | undefined): void {
    const { state, changed } = this.#parts;
    state.transaction(() => {
      if (paths === undefined) {
        state.problems.retryNow(id);
        state.wishes.deleteCancelled(id);
      }
      for (const path of paths ?? []) {
        state.problems.retryNow(id, path);
        state.wishes.delete(id, path);
      }
    });
    const runner = this.#runners.peek(id);
    if (paths?.every((path) => state.plans.has(id, path)) === true) runner?.requestRetry();
    else runner?.requestFullPass();
    changed();
  }

  /** What is on its way. */
  running(): TransferInfo[] {
    const { state, transfers } = this.#parts;
    return transfers.list().map(({ parts, ...transfer }) => {
      const failed = state.problems.get(transfer.folderId, transfer.path, 'transfer');
      return {
        ...transfer,
        attempt: 1 + (failed?.attempts ?? 0),
        ...(parts !== undefined && { parts: withDeadline(parts, transfer.direction) }),
        ...(failed !== undefined && {
          lastError: { code: failed.code, message: failed.message, advice: failed.advice, detail: failed.detail },
        }),
      };
    });
  }

  /** What is planned and not on its way: first what a person asked something of, then the others in their order. */
  waiting(limit: number): { files: number; bytes: number; items: WaitingTransfer[] } {
    const { state, transfers } = this.#parts;
    const nameOf = ({ folderId, path }: { folderId: string; path: string }) => `${folderId}/${path}`;
    const listed = new Set(transfers.list().map(nameOf));
    const totals = state.items.waitingTotals();
    const items: WaitingTransfer[] = [];
    for (const { wish, ...row } of state.items.wished()) {
      listed.add(nameOf(row));
      const folder = state.folders.byId(row.folderId);
      const isLarge = row.sizeBytes >= MULTIPART_THRESHOLD_BYTES;
      const parts = folder === undefined || !isLarge ? undefined : partialOf({ state }, folder, row.path);
      items.push({ ...infoOf(row), wish, ...(parts !== undefined && { parts }) });
      if (wish === 'first') continue;
      totals.files -= 1;
      totals.bytes -= row.sizeBytes;
    }
    for (const row of state.items.waiting(limit)) if (!listed.has(nameOf(row))) items.push(infoOf(row));
    return { ...totals, items };
  }

  async #setAside(folder: FolderRow, paths: readonly string[], wish: 'paused' | 'cancelled'): Promise<number> {
    const { state, changed } = this.#parts;
    const runner = this.#runners.peek(folder.id);
    // A failure that is not written down yet would make a problem of it afterwards.
    runner?.flush();
    const planned = paths.map((path) => runner?.files.get(path) ?? state.plans.get(folder.id, path));
    const items = planned.filter((item): item is PlanItem => item !== undefined && isTransfer(item));
    state.transaction(() => {
      for (const item of items) {
        state.wishes.put(folder.id, item.path, wish, wish === 'cancelled' ? plannedSides(item) : '');
        state.problems.delete(folder.id, item.path, 'transfer');
      }
    });
    await Promise.all(items.map(async ({ path }) => runner?.files.stop(path)));
    changed();
    return items.length;
  }
}

function infoOf({ folderId, path, kind, sizeBytes }: WaitingRow): WaitingTransfer {
  return { folderId, path, action: kind, sizeBytes };
}

function isAside(wish: TransferWish | undefined): boolean {
  return wish === 'paused' || wish === 'cancelled';
}
