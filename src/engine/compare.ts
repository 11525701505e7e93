import { Clashes, type Clash } from '../core/clashes.ts';
import { decide, type Action, type DecisionRules } from '../core/decide.ts';
import type { BaseEntry, RemoteEntry, ScanItem, SkippedItem } from '../core/entries.ts';
import type { PathFilter } from '../core/filters.ts';
import { mergeTrees, type MergedHidden, type MergedPath } from '../core/merge.ts';
import { checkUnsafeName } from '../core/paths.ts';
import type { PlanItem, DecidedKind } from '../core/plan.ts';

/** The three trees of a folder, or of a part of it. */
export interface Trees {
  readonly base: AsyncIterable<BaseEntry>;
  readonly local: AsyncIterable<ScanItem>;
  readonly remote: AsyncIterable<RemoteEntry>;
  /** Of a part: the objects that it lies below. */
  readonly objectsAbove?: readonly string[];
}

/** One path as compared: what the trees say of it and what is to be done, or why it is left out. */
export type Compared =
  | { readonly kind: 'path'; readonly merged: MergedPath; readonly action: Action }
  | { readonly kind: 'skipped'; readonly item: SkippedItem }
  /** A path that came before can not be sent, if that was to be done about it. */
  | ({ readonly kind: 'clash' } & Clash);

/** The same path where base says something else by now. */
export function withBase(
  { merged }: Extract<Compared, { readonly kind: 'path' }>,
  base: BaseEntry | undefined,
  rules: DecisionRules,
): Compared {
  return { kind: 'path', merged: { ...merged, base }, action: decide(base, merged.local, merged.remote, rules) };
}

const FORGET: Action = { kind: 'forget' };
const RETAIN: Action = { kind: 'retain' };
const NO_CLASH: readonly Clash[] = [];

/**
 * The one comparison of the program: of whole trees after a scan and a listing, of a few paths after a hint. Yields in key
 * order and holds one entry of each tree. Ends with the first error of any of the three; what it yielded until then must
 * not be acted on.
 */
export async function* compareTrees(
  trees: Trees,
  rules: DecisionRules,
  filter: PathFilter,
): AsyncGenerator<Compared, void, undefined> {
  const clashes = new Clashes(trees.objectsAbove);
  for await (const merged of mergeTrees(trees.base, trees.local, trees.remote)) {
    if (merged.kind === 'skipped') {
      yield merged;
      continue;
    }
    const compared = merged.kind === 'path' ? comparePath(merged, rules, filter) : compareHidden(merged, filter);
    if (compared !== undefined) yield compared;
    for (const clash of clashesOf(clashes, merged, compared)) yield { kind: 'clash', ...clash };
  }
}

/** @returns undefined for what is left out without a word. */
function comparePath(merged: MergedPath, rules: DecisionRules, filter: PathFilter): Compared | undefined {
  const action = decide(merged.base, merged.local, merged.remote, rules);
  // The scan leaves ignored files out; the same paths are left out of base and bucket, or they would read as deleted. A
  // listing is compared with the files that base remembers, of which some may be ignored by now.
  if ((merged.local === undefined || action.kind !== 'none') && filter.ignoresFile(merged.path)) {
    const noted = leftOut(merged);
    return noted && { kind: 'path', merged, action: noted };
  }
  // What comes from a bucket could confuse a disk or the person in front of it; left out on both sides, and told.
  const reason = rules.mode === 'upload' ? undefined : checkUnsafeName(merged.path);
  if (reason === undefined) return { kind: 'path', merged, action };
  return { kind: 'skipped', item: { kind: 'skipped', path: merged.path, reason, shadowed: false } };
}

/**
 * A rule leaves out what can not be looked at too. Where something is mounted, base is forgotten: when that is gone again, what
 * was synced from the place would read as deleted, and what lies below it as edited. Nothing else is decided.
 */
function compareHidden({ path, reason, base, remote }: MergedHidden, filter: PathFilter): Compared | undefined {
  if (base === undefined) return undefined;
  const merged: MergedPath = { kind: 'path', path, base, local: undefined, remote };
  if (reason === 'other-filesystem') return { kind: 'path', merged, action: FORGET };
  if (!filter.ignoresFile(path)) return undefined;
  const noted = leftOut(merged);
  return noted && { kind: 'path', merged, action: noted };
}

/**
 * What base is to say of a path that a rule leaves out: that its file may go meanwhile, and the object stays. Were it still
 * taken at its word when the rule is gone, such a file would read as deleted.
 */
function leftOut({ base, remote }: MergedPath): Action | undefined {
  if (base === undefined) return undefined;
  // Base need not remember what the bucket holds no longer, and what it remembers keeps others from their names.
  if (remote === undefined) return FORGET;
  return base.retained ? undefined : RETAIN;
}

/** Objects count whether they are left out or not. */
function clashesOf(
  clashes: Clashes,
  merged: MergedPath | MergedHidden,
  compared: Compared | undefined,
): readonly Clash[] {
  const { path } = merged;
  if (merged.kind === 'hidden') return merged.remote === undefined ? NO_CLASH : clashes.object(path);
  const action = compared?.kind === 'path' ? compared.action.kind : undefined;
  // What only seems to have been edited is sent if it was.
  const isNew = action === 'upload' || action === 'confirm-local';
  if (merged.remote === undefined) return isNew ? clashes.newFile(path) : NO_CLASH;
  return action === 'delete-remote' ? NO_CLASH : clashes.object(path);
}

/** The row of the plan for an action that is carried out later. */
export function planItem(merged: MergedPath, action: Extract<Action, { kind: DecidedKind }>): PlanItem {
  const { path, local, remote } = merged;
  const counted = action.kind === 'download' || action.kind === 'delete-remote' ? remote : (local ?? remote);
  return {
    path,
    kind: action.kind,
    local,
    expect: remote === undefined ? { kind: 'absent' } : { kind: 'etag', etag: remote.etag },
    sizeBytes: counted?.sizeBytes ?? 0,
  };
}
