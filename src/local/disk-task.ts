import type { Fingerprint } from '../core/entries.ts';
import type { FileStat, Finish, WholeFile } from '../core/environment.ts';
import type { Disk } from './disk.ts';
import { toFileStat } from './file-stat.ts';
import { moveFile } from './move-file.ts';
import { readRegularFile } from './read-file.ts';
import { writePrivateFile } from './write-file.ts';

/** What the thread of the disk can do with one small file. */
interface Tasks {
  readonly read: { readonly root: string; readonly path: string; readonly maxBytes: number };
  readonly write: {
    readonly root: string;
    readonly path: string;
    readonly bytes: Uint8Array;
    readonly how: Omit<Finish, 'sizeBytes'>;
  };
  readonly move: {
    readonly root: string;
    readonly from: string;
    readonly to: string;
    readonly expect: Fingerprint;
  };
}

/** What comes of each. */
export interface DiskResults {
  readonly read: WholeFile;
  readonly write: FileStat;
  readonly move: FileStat;
}

export type DiskTaskKind = keyof Tasks;

/** One of them, as it is asked for. */
export type DiskTask<K extends DiskTaskKind = DiskTaskKind> = { [P in K]: { readonly kind: P } & Tasks[P] }[K];

const PERFORM: { readonly [K in DiskTaskKind]: (disk: Disk, task: DiskTask<K>) => Promise<DiskResults[K]> } = {
  read: (disk, { root, path, maxBytes }) => readRegularFile(disk, root, path, maxBytes),
  write: async (disk, task) => toFileStat(await writePrivateFile({ disk, ...task })),
  move: async (disk, task) => toFileStat(await moveFile({ disk, ...task })),
};

/** @throws SyncError as `readRegularFile`, `writePrivateFile` and `moveFile` */
export async function performTask<K extends DiskTaskKind>(disk: Disk, task: DiskTask<K>): Promise<DiskResults[K]> {
  return PERFORM[task.kind](disk, task);
}
