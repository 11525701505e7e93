import type { RestoreItem } from '../api/index.ts';
import { asSyncError, hasCode, SyncError } from '../core/errors.ts';
import { decideRestore, historiesAt, type KeyHistory, type RestoreStep } from '../core/history.ts';
import type { ListedVersion } from '../core/object-store.ts';
import { runConcurrently } from '../transfer/index.ts';
import { deleteIfStill, type DeleteTarget } from './delete-remote.ts';
import { copyVersion, requireVersioning, versionsIn, type RestoreTarget } from './versions.ts';

/** Objects that are brought back side by side, and their answers held at once. */
const AT_ONCE = 16;

/** After so many failures in a row it is the account or the bucket, and not the objects. */
const FAILURES_TO_STOP = 20;

export interface RestoreAtRequest {
  readonly key: string;
  readonly atMs: number;
  readonly removeNewer: boolean;
  readonly apply: boolean;
  readonly seenUntilMs?: number | undefined;
}

/**
 * Brings every key of a range back to what it held at a moment, or tells what that would take. In key order, in constant
 * memory. Every write is conditional on what was listed, and what is as it was is left alone: running it again goes on.
 *
 * @throws SyncError not-supported when the bucket keeps no versions; what a listing fails with: what was done until then
 * stays, and running it again goes on.
 */
export async function* restoreAt(
  target: RestoreTarget & DeleteTarget,
  request: RestoreAtRequest,
  signal: AbortSignal,
): AsyncGenerator<RestoreItem, void, undefined> {
  // A preview too: what was overwritten without a version would look as if it had not been there at all.
  await requireVersioning(target, signal);
  const run = new RestoreRun(target, request, signal);
  let batch: KeyHistory[] = [];
  for await (const history of historiesAt(run.seen(versionsIn(target, request.key, signal)), request.atMs)) {
    batch.push(history);
    if (batch.length < AT_ONCE) continue;
    yield* await run.carryOut(batch);
    batch = [];
  }
  yield* await run.carryOut(batch);
  yield run.total();
}

type Totals = Omit<Extract<RestoreItem, { kind: 'total' }>, 'kind'>;
type Changing = Exclude<RestoreStep, { kind: 'unchanged' }>;

class RestoreRun {
  readonly #target: RestoreTarget & DeleteTarget;
  readonly #request: RestoreAtRequest;
  readonly #signal: AbortSignal;
  readonly #totals: { -readonly [K in keyof Totals]: number } = {
    restoreObjects: 0,
    restoreBytes: 0,
    removeObjects: 0,
    newerObjects: 0,
    unchangedObjects: 0,
    changedObjects: 0,
    failedObjects: 0,
    seenUntilMs: 0,
  };
  #failuresInRow = 0;

  constructor(target: RestoreTarget & DeleteTarget, request: RestoreAtRequest, signal: AbortSignal) {
    this.#target = target;
    this.#request = request;
    this.#signal = signal;
  }

  /** Notes the newest time. */
  async *seen(versions: AsyncIterable<ListedVersion>): AsyncGenerator<ListedVersion, void, undefined> {
    for await (const version of versions) {
      this.#totals.seenUntilMs = Math.max(this.#totals.seenUntilMs, version.lastModifiedMs);
      yield version;
    }
  }

  /** @returns what there is to tell of these keys, in their order. */
  async carryOut(batch: readonly KeyHistory[]): Promise<RestoreItem[]> {
    const items: RestoreItem[] = [];
    const steps = batch.map((history) => ({ key: history.latest.key, ...this.#decide(history) }));
    await runConcurrently(steps.entries(), AT_ONCE, async ([index, step]) => {
      if (step.kind !== 'unchanged') items[index] = await this.#settle(step.key, step);
    });
    for (const item of items.flat()) this.#count(item);
    if (this.#failuresInRow >= FAILURES_TO_STOP) throw tooManyFailures(items.at(-1));
    return items.flat();
  }

  total(): RestoreItem {
    return { kind: 'total', ...this.#totals };
  }

  #decide(history: KeyHistory): RestoreStep {
    const step = decideRestore(history, this.#request.seenUntilMs);
    if (step.kind === 'unchanged' && step.isThere) this.#totals.unchangedObjects += 1;
    return step;
  }

  async #settle(key: string, step: Changing): Promise<RestoreItem> {
    const planned = this.#itemOf(key, step);
    if (!this.#request.apply) return planned;
    try {
      return (await this.#perform(step)) ? planned : { kind: 'changed', key };
    } catch (thrown) {
      if (this.#signal.aborted || hasCode(thrown, 'cancelled')) throw thrown;
      const { code, message, advice } = asSyncError(thrown);
      return { kind: 'failed', key, code, message, advice };
    }
  }

  /** @returns false when the key holds something else by now. */
  async #perform(step: Changing): Promise<boolean> {
    switch (step.kind) {
      case 'restore':
        return copyVersion(this.#target, step.version, step.expect, this.#signal);
      case 'newer':
        if (!this.#mayRemove(step.latest)) return true;
        return deleteIfStill(this.#target, step.latest.key, step.latest.etag, this.#signal);
      case 'changed':
        return true;
    }
  }

  /** Not what has no version, as where a prefix is left out of versioning: nothing would be left of it, nor does it tell what was there then. */
  #mayRemove({ versionId }: ListedVersion): boolean {
    return this.#request.removeNewer && versionId !== 'null';
  }

  #itemOf(key: string, step: Changing): RestoreItem {
    switch (step.kind) {
      case 'restore': {
        const { versionId, sizeBytes, lastModifiedMs } = step.version;
        const replaces = step.expect.kind === 'etag';
        return { kind: 'restore', key, versionId, sizeBytes, lastModifiedMs, replaces };
      }
      case 'newer': {
        const { sizeBytes, lastModifiedMs } = step.latest;
        return { kind: this.#mayRemove(step.latest) ? 'remove' : 'newer', key, sizeBytes, lastModifiedMs };
      }
      case 'changed':
        return { kind: 'changed', key };
    }
  }

  #count(item: RestoreItem): void {
    const totals = this.#totals;
    if (item.kind === 'failed') this.#failuresInRow += 1;
    else if (item.kind !== 'newer') this.#failuresInRow = 0;
    switch (item.kind) {
      case 'restore':
        totals.restoreObjects += 1;
        totals.restoreBytes += item.sizeBytes;
        return;
      case 'remove':
        totals.removeObjects += 1;
        return;
      case 'newer':
        totals.newerObjects += 1;
        return;
      case 'changed':
        totals.changedObjects += 1;
        return;
      case 'failed':
        totals.failedObjects += 1;
        return;
      case 'total':
    }
  }
}

function tooManyFailures(last: RestoreItem | undefined): SyncError {
  const why = last?.kind === 'failed' ? last : { message: 'One object after the other failed.', advice: '' };
  return new SyncError({
    code: 'server-refused',
    message: `Restoring was broken off after ${FAILURES_TO_STOP} failures in a row. ${why.message}`,
    advice: `${why.advice} What was restored stays; running it again goes on.`.trim(),
  });
}
