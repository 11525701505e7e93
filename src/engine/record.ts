import type { SyncError } from '../core/errors.ts';
import type { RelativePath } from '../core/paths.ts';
import type { PlanItem } from '../core/plan.ts';
import { problemText, type ComparisonProblem } from '../core/problems.ts';
import { backoffMs, FILE_RETRIES } from '../core/retry.ts';
import type { ProblemSource } from '../state/index.ts';
import type { FolderContext } from './folder-context.ts';
import type { Outcome } from './outcome.ts';

/** Writes down what came of a path, with its activity and the end of its problem, in the transaction of the caller. */
export function record(context: FolderContext, item: PlanItem, outcome: Outcome): void {
  const { state, folder } = context;
  const { path } = item;
  state.plans.delete(folder.id, path);
  if (outcome.kind !== 'stale') state.underWay.delete(folder.id, path);
  if (outcome.kind === 'conflict') {
    if (outcome.base !== undefined) state.base.put(folder.id, outcome.base);
    recordConflict(context, item, outcome.problem, outcome.sides);
    return;
  }
  state.problems.delete(folder.id, path, 'transfer');
  if (outcome.kind !== 'stale') state.wishes.delete(folder.id, path);
  switch (outcome.kind) {
    case 'uploaded':
    case 'downloaded':
    case 'adopted':
      state.base.put(folder.id, outcome.base);
      break;
    case 'moved':
      state.base.put(folder.id, outcome.base);
      state.base.delete(folder.id, outcome.from);
      for (const source of ['transfer', 'audit'] as const) state.problems.delete(folder.id, outcome.from, source);
      break;
    case 'deleted-remote':
    case 'deleted-local':
    case 'forgotten':
      state.base.delete(folder.id, path);
      break;
    case 'unlisted':
      recordFinding(context, path, 'transfer', 'not-listed', '');
      break;
    case 'told':
    case 'stale':
      break;
  }
  // What an audit found was about the content before.
  if (outcome.kind !== 'stale') state.problems.delete(folder.id, path, 'audit');
  recordActivity(context, item, outcome);
}

function recordActivity(context: FolderContext, item: PlanItem, outcome: Outcome): void {
  const { state, folder, environment } = context;
  const entry = { atMs: environment.clock.now(), folderId: folder.id, path: item.path, detail: '' };
  switch (outcome.kind) {
    case 'uploaded':
    case 'downloaded':
    case 'deleted-remote':
    case 'deleted-local':
      state.activity.add({ ...entry, kind: outcome.kind, sizeBytes: outcome.sizeBytes });
      return;
    case 'moved':
      state.activity.add({ ...entry, kind: 'moved', sizeBytes: item.sizeBytes, detail: outcome.from });
      return;
    case 'adopted':
      if (!outcome.wasKnown) state.activity.add({ ...entry, kind: 'adopted', sizeBytes: item.sizeBytes });
      return;
    case 'conflict':
    case 'unlisted':
    case 'forgotten':
    case 'told':
    case 'stale':
  }
}

/**
 * Writes down that the local side of a conflict is now beside it. Listed until a person settles it; what the bucket holds
 * comes under the name.
 */
export function recordConflictCopy(context: FolderContext, item: PlanItem, copy: RelativePath): void {
  const { state, folder, environment } = context;
  const { path, sizeBytes } = item;
  const atMs = environment.clock.now();
  state.base.delete(folder.id, path);
  // Whoever settles one of before on the same path by the number that it had has not seen this.
  state.problems.renumberConflicts(folder.id, path);
  recordFinding(context, path, 'conflict', 'conflict-copy', copy);
  state.activity.add({ atMs, folderId: folder.id, kind: 'conflict', path, sizeBytes, detail: copy });
}

function recordConflict(
  context: FolderContext,
  item: PlanItem,
  code: 'conflict' | 'remote-changed' | 'local-changed',
  sides: string,
): void {
  const { state, folder, environment } = context;
  const known = state.problems.get(folder.id, item.path, 'transfer');
  recordFinding(context, item.path, 'transfer', code, sides);
  if (known?.detail === sides) return;
  state.activity.add({
    atMs: environment.clock.now(),
    folderId: folder.id,
    kind: 'conflict',
    path: item.path,
    sizeBytes: item.sizeBytes,
    detail: sides,
  });
}

/** Writes down what is told until a comparison or a person settles it, and is not tried again by itself. */
export function recordFinding(
  { state, folder, environment, pass }: Pick<FolderContext, 'state' | 'folder' | 'environment' | 'pass'>,
  path: string,
  source: ProblemSource,
  code: ComparisonProblem,
  detail: string,
): void {
  const finding = { ...problemText(code), path, source, code, detail, retryAtMs: undefined };
  state.problems.put(folder.id, finding, pass, environment.clock.now());
}

/** Writes down that a path failed, and when it is tried again. */
export function recordFailure(context: FolderContext, item: PlanItem, error: SyncError): void {
  const { state, folder, environment, pass } = context;
  const nowMs = environment.clock.now();
  const failures = (state.problems.get(folder.id, item.path, 'transfer')?.attempts ?? 0) + 1;
  const { code, message, advice, detail } = error;
  // Also what no retry can mend is looked at again: permissions and servers change without telling us.
  const retryAtMs =
    nowMs + backoffMs(error.retryable ? failures : failures + 6, FILE_RETRIES, environment.random.next());
  const finding = {
    path: item.path,
    source: 'transfer',
    code,
    severity: 'error',
    message,
    advice,
    detail,
    retryAtMs,
  } as const;
  state.problems.put(folder.id, finding, pass, nowMs);
  if (!state.plans.has(folder.id, item.path)) state.plans.put(folder.id, item);
}
