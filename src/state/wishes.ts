import type { Database } from './database.ts';
import { ANYWHERE } from './plans.ts';

/**
 * `first`: before all others. `paused`: not until the person says so. `cancelled`: not as both sides are now; once one of
 * them changes it is an ordinary file again.
 */
export type TransferWish = 'first' | 'paused' | 'cancelled';

export interface Wish {
  readonly wish: TransferWish;
  /** For `cancelled`: what both sides were, in the words of whoever compares them. */
  readonly sides: string;
}

export interface WishedRow extends Wish {
  readonly folderId: string;
  readonly path: string;
}

/** The `transfer_wish` table: what a person asked of the transfers of single files. One wish a file, the last one. */
export class WishTable {
  readonly #put;
  readonly #get;
  readonly #list;
  readonly #count;
  readonly #delete;
  readonly #deleteCancelled;
  readonly #deleteUnplanned;
  readonly #deleteUnplannedAmong;
  readonly #any;
  #additions = 0;

  constructor(db: Database) {
    this.#put = db.prepare<[{ folder: string; path: string; wish: TransferWish; sides: string }]>(
      `INSERT OR REPLACE INTO transfer_wish (folder_id, path, wish, sides, number) VALUES (@folder, @path, @wish, @sides,
         1 + coalesce((SELECT max(number) FROM transfer_wish WHERE folder_id = @folder AND wish = 'first'), 0))`,
    );
    this.#get = db.prepare<[string, string], Wish>(
      'SELECT wish, sides FROM transfer_wish WHERE folder_id = ? AND path = ?',
    );
    this.#list = db.prepare<[], { folder_id: string; path: string } & Wish>(
      "SELECT folder_id, path, wish, sides FROM transfer_wish ORDER BY wish = 'first' DESC, number DESC, folder_id, path",
    );
    this.#count = db.prepare<[string], { wish: TransferWish; count: number }>(
      'SELECT wish, count(*) AS count FROM transfer_wish WHERE folder_id = ? GROUP BY wish',
    );
    this.#delete = db.prepare('DELETE FROM transfer_wish WHERE folder_id = ? AND path = ?');
    this.#deleteCancelled = db.prepare("DELETE FROM transfer_wish WHERE folder_id = ? AND wish = 'cancelled'");
    const unplanned = `DELETE FROM transfer_wish WHERE folder_id = ? AND path NOT IN (SELECT value FROM json_each(?))
         AND NOT EXISTS (SELECT 1 FROM plan WHERE plan.folder_id = transfer_wish.folder_id AND ${ANYWHERE}
           AND plan.path = transfer_wish.path)`;
    this.#deleteUnplanned = db.prepare(unplanned);
    this.#deleteUnplannedAmong = db.prepare(`${unplanned} AND path IN (SELECT value FROM json_each(?))`);
    this.#any = db.prepare<[string]>('SELECT 1 FROM transfer_wish WHERE folder_id = ? LIMIT 1');
  }

  /** Grows with each wish: who found none need not look again until it does. */
  get additions(): number {
    return this.#additions;
  }

  /** Takes the place of what was asked of the file before. */
  put(folderId: string, path: string, wish: TransferWish, sides = ''): void {
    this.#put.run({ folder: folderId, path, wish, sides });
    this.#additions += 1;
  }

  /** Whether there is any in a folder. */
  any(folderId: string): boolean {
    return this.#any.get(folderId) !== undefined;
  }

  get(folderId: string, path: string): Wish | undefined {
    return this.#get.get(folderId, path);
  }

  /** Of all folders: what is to be first at the front, the last asked for before the others. */
  list(): WishedRow[] {
    return this.#list.all().map(({ folder_id: folderId, ...row }) => ({ folderId, ...row }));
  }

  count(folderId: string): Record<TransferWish, number> {
    const counts = { first: 0, paused: 0, cancelled: 0 };
    for (const { wish, count } of this.#count.all(folderId)) counts[wish] = count;
    return counts;
  }

  delete(folderId: string, path: string): void {
    this.#delete.run(folderId, path);
  }

  deleteCancelled(folderId: string): void {
    this.#deleteCancelled.run(folderId);
  }

  /** Forgets the wishes about paths for which nothing is planned, but for `kept`; `among` limits it to some paths. */
  deleteUnplanned(folderId: string, kept: readonly string[], among?: readonly string[]): void {
    if (among === undefined) this.#deleteUnplanned.run(folderId, JSON.stringify(kept));
    else this.#deleteUnplannedAmong.run(folderId, JSON.stringify(kept), JSON.stringify(among));
  }
}
