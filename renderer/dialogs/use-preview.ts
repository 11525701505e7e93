import { useEffect, useState } from 'react';
import { asSyncError, type HeldPlanItem, type PreviewItem, type SyncError } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';

export type PlanSource = 'folder.preview' | 'plan.show';
export type PlannedAction = Extract<PreviewItem, { kind: 'action' }>;

/** What a sync of a folder would do, added up, with the first paths of each kind. */
export interface Preview {
  readonly up: Sum;
  readonly down: Sum;
  readonly moved: number;
  readonly deletedRemote: number;
  readonly deletedLocal: number;
  readonly compared: number;
  readonly problems: number;
  readonly examples: readonly PlannedAction[];
  readonly isComplete: boolean;
  /** Of a held plan: what approving it has to name. */
  readonly revision: number | undefined;
  readonly error: SyncError | undefined;
}

interface Sum {
  readonly files: number;
  readonly bytes: number;
}

const EMPTY: Preview = {
  up: { files: 0, bytes: 0 },
  down: { files: 0, bytes: 0 },
  moved: 0,
  deletedRemote: 0,
  deletedLocal: 0,
  compared: 0,
  problems: 0,
  examples: [],
  isComplete: false,
  revision: undefined,
  error: undefined,
};

/** Examples of each kind; deletions are what people want to see before they happen. */
const MOST_EXAMPLES = 100;
const SHOW_EVERY_MS = 150;

/** Asks for a folder's plan; the numbers grow while it is worked out. Another number of `looks` asks again. */
export function usePreview(folderId: string, source: PlanSource, looks = 0): Preview {
  const [preview, setPreview] = useState(EMPTY);
  useEffect(() => {
    const end = new AbortController();
    void follow(folderId, source, end.signal, setPreview);
    return () => end.abort(new DOMException('Closed', 'AbortError'));
  }, [folderId, source, looks]);
  return preview;
}

async function follow(
  folderId: string,
  source: PlanSource,
  signal: AbortSignal,
  show: (preview: Preview) => void,
): Promise<void> {
  const counter = new Counter();
  show(EMPTY);
  let shownMs = 0;
  try {
    for await (const item of engine().stream(source, { id: folderId }, signal)) {
      counter.take(item);
      const now = performance.now();
      if (now - shownMs < SHOW_EVERY_MS) continue;
      shownMs = now;
      show(counter.result());
    }
    if (!signal.aborted) show({ ...counter.result(), isComplete: true });
  } catch (error) {
    if (!signal.aborted) show({ ...counter.result(), error: asSyncError(error) });
  }
}

class Counter {
  readonly #deletions: PlannedAction[] = [];
  readonly #others: PlannedAction[] = [];
  readonly #up = { files: 0, bytes: 0 };
  readonly #down = { files: 0, bytes: 0 };
  #moved = 0;
  #deletedRemote = 0;
  #deletedLocal = 0;
  #compared = 0;
  #problems = 0;
  #revision: number | undefined;

  take(item: PreviewItem | HeldPlanItem): void {
    // As many as are listed under the problems: what is left out by nature too.
    if (item.kind === 'problem') this.#problems += 1;
    if (item.kind === 'held' && 'revision' in item) this.#revision = item.revision;
    if (item.kind !== 'action') return;
    const examples = item.action.startsWith('delete') ? this.#deletions : this.#others;
    if (examples.length < MOST_EXAMPLES) examples.push(item);
    switch (item.action) {
      case 'upload':
        this.#up.files += 1;
        this.#up.bytes += item.sizeBytes;
        return;
      case 'download':
        this.#down.files += 1;
        this.#down.bytes += item.sizeBytes;
        return;
      case 'delete-remote':
        this.#deletedRemote += 1;
        return;
      case 'delete-local':
        this.#deletedLocal += 1;
        return;
      case 'move-remote':
      case 'move-local':
        this.#moved += 1;
        return;
      case 'reconcile':
      case 'confirm-local':
        this.#compared += 1;
    }
  }

  result(): Preview {
    return {
      up: { ...this.#up },
      down: { ...this.#down },
      moved: this.#moved,
      deletedRemote: this.#deletedRemote,
      deletedLocal: this.#deletedLocal,
      compared: this.#compared,
      problems: this.#problems,
      examples: [...this.#deletions, ...this.#others],
      isComplete: false,
      revision: this.#revision,
      error: undefined,
    };
  }
}
