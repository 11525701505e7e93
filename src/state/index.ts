import { AccountTable } from './accounts.ts';
import { ActivityTable } from './activity.ts';
import { BaseTable } from './base.ts';
import { openDatabase, refuseLater, type Alone, type Database, type OpenedDatabase } from './database.ts';
import { DownloadTable } from './downloads.ts';
import { FolderTable } from './folders.ts';
import { HeldPlanTable } from './held-plans.ts';
import { ItemStateQueries } from './item-states.ts';
import { PassingUploadTable } from './passing-uploads.ts';
import { openScratchPlan, PlanTable, type ScratchPlan } from './plans.ts';
import { ProblemTable } from './problems.ts';
import { SettingTable } from './settings.ts';
import { ShareTable } from './shares.ts';
import { UnderWayTable } from './under-way.ts';
import { UploadTable } from './uploads.ts';
import { WishTable } from './wishes.ts';

export type { AccountRow } from './accounts.ts';
export type { ActivityKind, ActivityRow } from './activity.ts';
export type { Alone } from './database.ts';
export type { WaitingRow, WishedPlanRow } from './item-states.ts';
export type { FolderHold, FolderRow } from './folders.ts';
export type { PassingUpload } from './passing-uploads.ts';
export type { PlanSummary, PlanTable, ScratchPlan } from './plans.ts';
export type { ProblemFinding, ProblemRow, ProblemSource } from './problems.ts';
export type { ShareRow, StoredShare } from './shares.ts';
export type { Settings } from './settings.ts';
export type { UnderWay } from './under-way.ts';
export type { UploadListing } from './uploads.ts';
export type { TransferWish, Wish, WishedRow } from './wishes.ts';

/** All that the engine remembers: one object a table, and transactions over them. */
export class StateStore {
  readonly accounts: AccountTable;
  readonly folders: FolderTable;
  readonly base: BaseTable;
  readonly plans: PlanTable;
  readonly heldPlans: HeldPlanTable;
  readonly underWay: UnderWayTable;
  readonly uploads: UploadTable;
  readonly passingUploads: PassingUploadTable;
  readonly downloads: DownloadTable;
  readonly problems: ProblemTable;
  readonly activity: ActivityTable;
  readonly shares: ShareTable;
  readonly settings: SettingTable;
  readonly items: ItemStateQueries;
  readonly wishes: WishTable;
  /** Where a database that could not be read was set aside when this one was opened. */
  readonly setAside: string | undefined;
  readonly #database: Database;
  #scratchPlans = 0;

  private constructor({ database, setAside }: OpenedDatabase) {
    this.#database = database;
    this.setAside = setAside;
    this.accounts = new AccountTable(database);
    this.folders = new FolderTable(database);
    this.base = new BaseTable(database);
    this.plans = new PlanTable(database);
    this.heldPlans = new HeldPlanTable(database);
    this.underWay = new UnderWayTable(database);
    this.uploads = new UploadTable(database);
    this.passingUploads = new PassingUploadTable(database);
    this.downloads = new DownloadTable(database);
    this.problems = new ProblemTable(database);
    this.activity = new ActivityTable(database);
    this.shares = new ShareTable(database);
    this.settings = new SettingTable(database);
    this.items = new ItemStateQueries(database);
    this.wishes = new WishTable(database);
  }

  /** Opens the state at `path` (`:memory:` for none on disk). See {@link openDatabase}. */
  static open(path: string, stamp: string, alone: Alone = (work) => work()): StateStore {
    return new StateStore(openDatabase(path, stamp, alone));
  }

  /**
   * Runs `work` as one transaction: all of it or none. Not to be nested. It waits its turn to write before it begins: one that
   * has read already can not wait any more for a command in another process, and would fail.
   */
  transaction<T>(work: () => T): T {
    return this.#database.transaction(work).immediate();
  }

  /** To be asked by who opened it a while ago. @throws SyncError state-too-new when a later version took it over since. */
  proveOurs(): void {
    refuseLater(this.#database);
  }

  /**
   * Sees to it that a power cut takes nothing of what was written until now. Only for what a person decided: all else is found
   * again by comparing.
   */
  flush(): void {
    this.#database.pragma('wal_checkpoint(PASSIVE)');
  }

  /** A plan for a look ahead, of which nothing is kept. The caller closes it. */
  openScratchPlan(): ScratchPlan {
    return openScratchPlan(this.#database, ++this.#scratchPlans);
  }

  close(): void {
    this.#database.close();
  }
}
