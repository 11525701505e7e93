import type { BrakeReason, PlanTotals } from '../core/brake.ts';
import type { SyncMode } from '../core/decide.ts';
import type { Database } from './database.ts';

/** A synced folder: what is kept in step with what, and how. */
export interface FolderRow {
  readonly id: string;
  /** Absolute, links resolved. */
  readonly localRoot: string;
  /** Id of the file system that the root was on when it was added. */
  readonly rootDeviceId: string;
  readonly accountId: string;
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
  readonly mode: SyncMode;
  readonly mirrorDeletes: boolean;
  readonly ignoreGlobs: readonly string[];
  /** What of the folder is kept on this computer: paths, and all below them; undefined for everything. */
  readonly chosen: readonly string[] | undefined;
  /** Tells that choice from earlier ones; undefined where nothing was ever chosen. */
  readonly choiceId: string | undefined;
  readonly paused: boolean;
  readonly hold: FolderHold | undefined;
  readonly lastPass: number;
  readonly lastFullPassMs: number | undefined;
  /** Whether the computer went off while the engine ran, and nothing went through since in which all was compared. */
  readonly wasCutOff: boolean;
  readonly createdMs: number;
}

/** A plan that the mass-change brake stopped. */
export interface FolderHold {
  readonly reason: BrakeReason;
  readonly totals: PlanTotals;
  /** Grows whenever the plan holds more than before: who approves says with it what was seen. */
  readonly revision: number;
  /** A person said that this is meant. */
  readonly approved: boolean;
}

interface RawFolder {
  id: string;
  local_root: string;
  root_device_id: string;
  account_id: string;
  bucket: string;
  prefix: string;
  mode: SyncMode;
  mirror_deletes: number;
  ignore_globs: string;
  paused: number;
  hold_reason: BrakeReason | null;
  hold_known: number;
  hold_deletions: number;
  hold_replacements: number;
  hold_approved: number;
  hold_revision: number;
  chosen: string | null;
  choice_id: string | null;
  last_pass: number;
  /** 0 after a power cut. */
  last_full_pass_ms: number | null;
  created_ms: number;
}

/** The `folder` table. */
export class FolderTable {
  readonly #insert;
  readonly #list;
  readonly #byId;
  readonly #delete;
  readonly #setPaused;
  readonly #setChosen;
  readonly #setHold;
  readonly #approve;
  readonly #clearHold;
  readonly #startPass;
  readonly #finishFullPass;
  readonly #noteCutOff;
  readonly #setRootDevice;
  readonly #bucketTrashTidied;
  readonly #setBucketTrashTidied;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO folder (id, local_root, root_device_id, account_id, bucket, prefix, mode, mirror_deletes, ignore_globs,
         paused, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
    );
    this.#list = db.prepare<[], RawFolder>('SELECT * FROM folder ORDER BY local_root');
    this.#byId = db.prepare<[string], RawFolder>('SELECT * FROM folder WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM folder WHERE id = ?');
    this.#setPaused = db.prepare('UPDATE folder SET paused = ? WHERE id = ?');
    this.#setChosen = db.prepare('UPDATE folder SET chosen = ?, choice_id = ? WHERE id = ?');
    this.#setHold = db.prepare(
      `UPDATE folder SET hold_reason = ?, hold_known = ?, hold_deletions = ?, hold_replacements = ?, hold_approved = 0,
         hold_revision = hold_revision + ? WHERE id = ?`,
    );
    this.#approve = db.prepare('UPDATE folder SET hold_approved = 1 WHERE id = ? AND hold_reason IS NOT NULL');
    this.#clearHold = db.prepare('UPDATE folder SET hold_reason = NULL, hold_approved = 0 WHERE id = ?');
    this.#startPass = db.prepare<[string], { last_pass: number }>(
      'UPDATE folder SET last_pass = last_pass + 1 WHERE id = ? RETURNING last_pass',
    );
    this.#setRootDevice = db.prepare('UPDATE folder SET root_device_id = ? WHERE id = ?');
    this.#bucketTrashTidied = db.prepare<[string], { tidied_ms: number | null }>(
      'SELECT bucket_trash_tidied_ms AS tidied_ms FROM folder WHERE id = ?',
    );
    this.#setBucketTrashTidied = db.prepare('UPDATE folder SET bucket_trash_tidied_ms = ? WHERE id = ?');
    this.#noteCutOff = db.prepare('UPDATE folder SET last_full_pass_ms = 0');
    this.#finishFullPass = db.prepare('UPDATE folder SET last_full_pass_ms = ? WHERE id = ?');
  }

  insert(
    folder: Omit<FolderRow, 'chosen' | 'choiceId' | 'paused' | 'hold' | 'lastPass' | 'lastFullPassMs' | 'wasCutOff'>,
  ): void {
    this.#insert.run(
      folder.id,
      folder.localRoot,
      folder.rootDeviceId,
      folder.accountId,
      folder.bucket,
      folder.prefix,
      folder.mode,
      Number(folder.mirrorDeletes),
      JSON.stringify(folder.ignoreGlobs),
      folder.createdMs,
    );
  }

  list(): FolderRow[] {
    return this.#list.all().map(folderOf);
  }

  byId(id: string): FolderRow | undefined {
    const row = this.#byId.get(id);
    return row && folderOf(row);
  }

  /** Removes the folder with its base, plan, problems and activity. Touches neither disk nor bucket. */
  delete(id: string): void {
    this.#delete.run(id);
  }

  setPaused(id: string, paused: boolean): void {
    this.#setPaused.run(Number(paused), id);
  }

  /** @param choiceId of its own, see `engine/choice-note`; undefined where that is not known. */
  setChosen(id: string, chosen: readonly string[] | undefined, choiceId: string | undefined): void {
    this.#setChosen.run(chosen === undefined ? null : JSON.stringify(chosen), choiceId ?? null, id);
  }

  /**
   * Holds the folder's plan until {@link approve}; an earlier approval does not carry over.
   *
   * @param isMore whether it holds something that it did not hold before.
   */
  setHold(id: string, reason: BrakeReason, totals: PlanTotals, isMore: boolean): void {
    this.#setHold.run(reason, totals.known, totals.deletions, totals.replacements, Number(isMore), id);
  }

  /** @returns false when nothing was held. */
  approve(id: string): boolean {
    return this.#approve.run(id).changes === 1;
  }

  clearHold(id: string): void {
    this.#clearHold.run(id);
  }

  /** Begins a comparison: the number by which its findings are told from older ones. */
  startPass(id: string): number {
    const row = this.#startPass.get(id);
    if (row === undefined) throw new Error(`No folder ${id}`);
    return row.last_pass;
  }

  setRootDevice(id: string, deviceId: string): void {
    this.#setRootDevice.run(deviceId, id);
  }

  /** When the bucket's trash was last gone through for what is to expire; undefined for never. */
  bucketTrashTidiedMs(id: string): number | undefined {
    return this.#bucketTrashTidied.get(id)?.tidied_ms ?? undefined;
  }

  setBucketTrashTidied(id: string, atMs: number): void {
    this.#setBucketTrashTidied.run(atMs, id);
  }

  finishFullPass(id: string, atMs: number): void {
    this.#finishFullPass.run(atMs, id);
  }

  /** The computer went off while all folders were looked after. */
  noteCutOff(): void {
    this.#noteCutOff.run();
  }
}

function folderOf(row: RawFolder): FolderRow {
  return {
    id: row.id,
    localRoot: row.local_root,
    rootDeviceId: row.root_device_id,
    accountId: row.account_id,
    bucket: row.bucket,
    prefix: row.prefix,
    mode: row.mode,
    mirrorDeletes: row.mirror_deletes === 1,
    ignoreGlobs: JSON.parse(row.ignore_globs) as string[],
    chosen: row.chosen === null ? undefined : (JSON.parse(row.chosen) as string[]),
    choiceId: row.choice_id ?? undefined,
    paused: row.paused === 1,
    hold:
      row.hold_reason === null
        ? undefined
        : {
            reason: row.hold_reason,
            totals: {
              known: row.hold_known,
              deletions: row.hold_deletions,
              replacements: row.hold_replacements,
              diskChanged: row.hold_reason === 'disk-changed',
            },
            revision: row.hold_revision,
            approved: row.hold_approved === 1,
          },
    lastPass: row.last_pass,
    lastFullPassMs: row.last_full_pass_ms === 0 ? undefined : (row.last_full_pass_ms ?? undefined),
    wasCutOff: row.last_full_pass_ms === 0,
    createdMs: row.created_ms,
  };
}
