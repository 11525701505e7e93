import type { AuditItem } from '../api/index.ts';
import { sameFingerprint, type BaseEntry } from '../core/entries.ts';
import type { FileStat } from '../core/environment.ts';
import { hasCode, SyncError, type ErrorCode } from '../core/errors.ts';
import type { PathFilter } from '../core/filters.ts';
import { mergeTrees, type MergedPath } from '../core/merge.ts';
import { keyOf } from '../core/paths.ts';
import type { AuditCode } from '../core/problems.ts';
import { scanPath } from '../local/scan.ts';
import type { FolderRow } from '../state/index.ts';
import { RateLimiter, TransferBudget, verifyFile, type VerifyContext } from '../transfer/index.ts';
import { findingText, unknownReason } from './audit-findings.ts';
import type { Connection } from './connections.ts';
import { loadFilter, wholeTrees } from './cycle.ts';
import type { EngineParts } from './engine-parts.ts';
import { limitedReading } from './limited-reading.ts';
import { proveLocalRoot } from './roots.ts';

/** What keeps one file from being read, and the audit not from going on. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set(['file-unreadable', 'disk-error', 'not-a-file', 'link-in-path']);

/** How often it is told how far an audit is. */
const PROGRESS_EVERY_MS = 500;

/**
 * Reads every file of a folder that is in sync and holds it against what was synced. One file at a time, at a limited rate,
 * in constant memory. Changes no file and no object; what it finds is listed as problems until a later audit or a sync of
 * the file. A file that is edited meanwhile is left to the next sync.
 *
 * @param bytesPerSecond 0 for no limit.
 * @throws SyncError root-missing, root-replaced, and whatever scan or listing fail with.
 */
export async function* auditFolder(
  parts: EngineParts,
  folder: FolderRow,
  bytesPerSecond: number,
  signal: AbortSignal,
): AsyncGenerator<AuditItem, void, undefined> {
  const { environment, state, connections } = parts;
  await proveLocalRoot(environment.fs, folder);
  const filter = await loadFilter(environment, folder);
  const connection = await connections.byId(folder.accountId);
  const run = new AuditRun(parts, folder, filter, connection, bytesPerSecond, signal);
  const trees = wholeTrees({ environment, state, folder, filter, upload: connection }, () => undefined, signal);
  for await (const merged of mergeTrees(trees.base, trees.local, trees.remote)) {
    if (merged.kind !== 'path' || (merged.local === undefined && filter.ignoresFile(merged.path))) continue;
    yield* run.take(merged);
  }
  // A disk that went away meanwhile looks like missing files.
  await proveLocalRoot(environment.fs, folder);
  run.writeDown();
  yield run.total();
}

type Finding = Extract<AuditItem, { kind: 'finding' }>;
type Unverified = Extract<AuditItem, { kind: 'unverified' }>;

/** Something amiss with a file, by what both sides had agreed on of it when it was looked at. */
interface Found {
  readonly kind: 'found';
  readonly code: AuditCode;
  readonly base: BaseEntry;
}

/** What became of one path. */
type Judgement = Found | Unverified | 'verified' | 'changing' | 'unsynced';

class AuditRun {
  readonly #parts: EngineParts;
  readonly #folder: FolderRow;
  readonly #filter: PathFilter;
  readonly #connection: Connection;
  readonly #verify: VerifyContext;
  readonly #signal: AbortSignal;
  readonly #totals = {
    verifiedFiles: 0,
    verifiedBytes: 0,
    findings: 0,
    unverifiedFiles: 0,
    changingFiles: 0,
    unsyncedFiles: 0,
  };
  readonly #totalFiles: number;
  readonly #startedMs: number;
  #doneFiles = 0;
  #readBytes = 0;
  #toldMs = 0;

  constructor(
    parts: EngineParts,
    folder: FolderRow,
    filter: PathFilter,
    connection: Connection,
    bytesPerSecond: number,
    signal: AbortSignal,
  ) {
    const { environment, state } = parts;
    this.#parts = parts;
    this.#folder = folder;
    this.#filter = filter;
    this.#connection = connection;
    this.#signal = signal;
    this.#startedMs = environment.clock.now();
    this.#totalFiles = state.base.count(folder.id).present;
    const limiter = new RateLimiter(environment.clock);
    limiter.setLimit(bytesPerSecond);
    const fs = limitedReading(environment.fs, limiter, (bytes) => (this.#readBytes += bytes), signal);
    const { store, requests } = connection;
    // A budget of its own: reading slowly, it would hold what transfers wait for.
    const budget = new TransferBudget();
    const { hash } = environment;
    this.#verify = { environment: { fs, hash }, budget, store, requests, bucket: folder.bucket };
  }

  /** Judges a path, and tells meanwhile how far it is. */
  async *take(merged: MergedPath): AsyncGenerator<AuditItem, void, undefined> {
    const judging = this.#judge(merged);
    let judgement: Judgement | undefined;
    while ((judgement = await this.#within(judging)) === undefined) yield this.#progress(merged.path);
    if (judgement !== 'unsynced') this.#doneFiles += 1;
    const now = this.#parts.environment.clock.monotonic();
    if (now - this.#toldMs >= PROGRESS_EVERY_MS) yield this.#progress(merged.path);
    switch (judgement) {
      case 'verified':
        this.#totals.verifiedFiles += 1;
        return;
      case 'changing':
        this.#totals.changingFiles += 1;
        return;
      case 'unsynced':
        this.#totals.unsyncedFiles += 1;
        return;
    }
    if (judgement.kind === 'unverified') {
      this.#totals.unverifiedFiles += 1;
      yield judgement;
      return;
    }
    const finding = this.#note(judgement);
    this.#totals[finding === undefined ? 'unsyncedFiles' : 'findings'] += 1;
    if (finding !== undefined) yield finding;
  }

  /** Ends an audit that went through: what an earlier one found and this one did not is over. */
  writeDown(): void {
    const { state } = this.#parts;
    state.transaction(() => state.problems.deleteBefore(this.#folder.id, 'audit', this.#startedMs));
    this.#parts.changed();
  }

  total(): AuditItem {
    return { kind: 'total', ...this.#totals };
  }

  async #judge({ path, local, remote }: MergedPath): Promise<Judgement> {
    const { environment, state } = this.#parts;
    const { localRoot, id } = this.#folder;
    // Reading slowly, what was listed may be old: both are looked at again.
    const base = state.base.get(id, path);
    if (base === undefined || base.retained) return 'unsynced';
    try {
      const diskPath = local?.diskPath ?? path;
      const stat = await environment.fs.stat(localRoot, diskPath);
      if (stat === undefined) return await this.#judgeAbsent(base);
      const isAsSynced = stat.kind === 'file' && stat.sizeBytes === base.sizeBytes && stat.mtimeNs === base.mtimeNs;
      if (!isAsSynced) return 'changing';
      const content = await this.#judgeContent(base, diskPath, stat);
      if (content !== 'verified' || remote !== undefined || (await this.#isInBucket(base))) return content;
      return { kind: 'found', code: 'missing-in-bucket', base };
    } catch (error) {
      if (hasCode(error, 'file-changed')) return 'changing';
      if (!(error instanceof SyncError && UNREADABLE.has(error.code))) throw error;
      return { kind: 'unverified', path, sizeBytes: base.sizeBytes, reason: error.message };
    }
  }

  async #judgeContent(base: BaseEntry, diskPath: string, stat: FileStat): Promise<Judgement> {
    const { path, sizeBytes, etag, partSizeBytes } = base;
    const { localRoot, prefix } = this.#folder;
    const file = { root: localRoot, diskPath, local: stat, key: keyOf(prefix, path), etag, partSizeBytes };
    const verdict = await verifyFile(this.#verify, file, this.#signal);
    if (verdict.kind === 'unknown') return { kind: 'unverified', path, sizeBytes, reason: unknownReason(verdict) };
    if (verdict.kind === 'different') {
      return { kind: 'found', code: sameFingerprint(stat, base) ? 'bit-rot' : 'silent-edit', base };
    }
    this.#totals.verifiedBytes += sizeBytes;
    return 'verified';
  }

  /** A file that a slow scan missed is not missing. */
  async #judgeAbsent(base: BaseEntry): Promise<Judgement> {
    const { fs } = this.#parts.environment;
    const scan = { filter: this.#filter, signal: this.#signal };
    for await (const item of scanPath(fs, this.#folder.localRoot, base.path, scan)) {
      // The file under another spelling, or something on the way to it that can not be looked into.
      if (item.path === base.path || base.path.startsWith(item.path)) return 'changing';
    }
    return { kind: 'found', code: 'missing-here', base };
  }

  /** One listing's word is not enough. */
  async #isInBucket({ path }: BaseEntry): Promise<boolean> {
    const { store, requests } = this.#connection;
    const { bucket, prefix } = this.#folder;
    return (
      (await requests.run(() => store.head(bucket, keyOf(prefix, path), this.#signal), this.#signal)) !== undefined
    );
  }

  /**
   * Lists a finding as a problem, unless a sync looked after the file meanwhile, which has taken away what was found of it.
   *
   * @returns what to tell of it.
   */
  #note({ code, base }: Found): Finding | undefined {
    const { state, environment } = this.#parts;
    const { id, bucket, prefix, localRoot } = this.#folder;
    const { path, sizeBytes } = base;
    const object = `${this.#connection.account.name}:${bucket}/${keyOf(prefix, path)}`;
    const { severity, message, advice } = findingText(code, { object, file: `${localRoot}/${path}` });
    const problem = {
      path,
      source: 'audit',
      code,
      severity,
      message,
      advice,
      detail: '',
      retryAtMs: undefined,
    } as const;
    const isNoted = state.transaction(() => {
      if (!isAsAudited(base, state.base.get(id, path))) return false;
      // Never before the audit began, though the clock was put back: it would be taken for a finding of an earlier one.
      state.problems.put(id, problem, 0, Math.max(this.#startedMs, environment.clock.now()));
      return true;
    });
    return isNoted ? { kind: 'finding', code, path, sizeBytes, message, advice } : undefined;
  }

  /** What `work` comes to, or undefined when it is time to tell how far it is. */
  async #within(work: Promise<Judgement>): Promise<Judgement | undefined> {
    const { clock } = this.#parts.environment;
    const done = new AbortController();
    const pause = clock.sleep(PROGRESS_EVERY_MS, done.signal).catch(() => undefined);
    try {
      return await Promise.race([work, pause.then(() => undefined)]);
    } finally {
      done.abort();
    }
  }

  #progress(path: string): AuditItem {
    this.#toldMs = this.#parts.environment.clock.monotonic();
    const [doneFiles, totalFiles, doneBytes] = [this.#doneFiles, this.#totalFiles, this.#readBytes];
    return { kind: 'progress', path, doneFiles, totalFiles, doneBytes };
  }
}

function isAsAudited(audited: BaseEntry, now: BaseEntry | undefined): boolean {
  return now?.retained === false && now.etag === audited.etag && sameFingerprint(now, audited);
}
