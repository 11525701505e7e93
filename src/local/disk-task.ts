import type { Fingerprint } from '../core/entries.ts';
import type { FileStat, Finish } from '../core/environment.ts';
import type { Disk } from './disk.ts';
import { toFileStat } from './file-stat.ts';
import { moveFile } from './move-file.ts';
import { writePrivateFile } from './write-file.ts';

/** What the thread of the disk is asked to do with one file. */
export type DiskTask =
  | {
      readonly kind: 'write';
      readonly root: string;
      readonly path: string;
      readonly bytes: Uint8Array;
      readonly how: Omit<Finish, 'sizeBytes'>;
    }
  | {
      readonly kind: 'move';
      readonly root: string;
      readonly from: string;
      readonly to: string;
      readonly expect: Fingerprint;
    };

/** @throws SyncError as `writePrivateFile` and `moveFile` */
export async function performTask(disk: Disk, task: DiskTask): Promise<FileStat> {
  switch (task.kind) {
    case 'write':
      return toFileStat(await writePrivateFile({ disk, ...task }));
    case 'move':
      return toFileStat(await moveFile({ disk, ...task }));
  }
}
