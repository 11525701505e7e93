import type { PlannedKind } from '../core/plan.ts';
import type { Database } from './database.ts';

/** What is to go under one name and is new under another. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

type Of = [{ folder: string }];

/** What in a complete plan is the same file, or the same object, under another name. */
export class Renamed {
  readonly #any;
  readonly #files;
  readonly #objects;

  constructor(db: Pick<Database, 'prepare'>) {
    this.#any = db.prepare<[{ folder: string; kind: PlannedKind }]>(
      'SELECT 1 FROM plan WHERE folder_id = @folder AND phase IN (0, 2) AND kind = @kind LIMIT 1',
    );
    const goes = `SELECT plan.path, base.file_id, base.size_bytes, base.mtime_ns, base.etag FROM plan
       JOIN base ON base.folder_id = plan.folder_id AND base.path = plan.path
       WHERE plan.folder_id = @folder AND plan.phase IN (0, 2)`;
    this.#files = db.prepare<Of, Rename>(
      pairs(
        'file_id, size_bytes, mtime_ns',
        `${goes} AND plan.kind = 'delete-remote'`,
        `SELECT path, file_id, local_size_bytes AS size_bytes, mtime_ns FROM plan
           WHERE folder_id = @folder AND kind = 'upload' AND expect_etag IS NULL`,
      ),
    );
    this.#objects = db.prepare<Of, Rename>(
      pairs(
        'etag, size_bytes',
        `${goes} AND plan.kind = 'delete-local' AND base.size_bytes > 0`,
        `SELECT path, expect_etag AS etag, size_bytes FROM plan
           WHERE folder_id = @folder AND kind = 'download' AND file_id IS NULL`,
      ),
    );
  }

  /** Files whose objects are to go and to be made again, in the order of their old names. */
  files(folderId: string): Rename[] {
    return this.#has(folderId, 'delete-remote') ? this.#files.all({ folder: folderId }) : [];
  }

  /** Objects whose files are to go and to be fetched again, in the order of their old names. */
  objects(folderId: string): Rename[] {
    return this.#has(folderId, 'delete-local') ? this.#objects.all({ folder: folderId }) : [];
  }

  #has(folder: string, kind: PlannedKind): boolean {
    return this.#any.get({ folder, kind }) !== undefined;
  }
}

/**
 * Pairs of what is to go and what is new that are equal in some columns. Hard links and equal contents have several of each: the
 * first goes with the first, and so on. They meet by being sorted, which takes as long for many equal ones as for others; of a
 * join, SQLite would look at each with each.
 */
function pairs(columns: string, gone: string, fresh: string): string {
  const nth = `row_number() OVER (PARTITION BY ${columns} ORDER BY path) AS nth`;
  return `SELECT max("from") AS "from", max("to") AS "to" FROM (
      SELECT ${columns}, path AS "from", NULL AS "to", ${nth} FROM (${gone})
      UNION ALL SELECT ${columns}, NULL, path, ${nth} FROM (${fresh}))
    GROUP BY ${columns}, nth HAVING count(*) = 2 ORDER BY 1`;
}
