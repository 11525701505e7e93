import { SyncError, type ErrorData } from '../core/errors.ts';
import { AnsweringThread } from './answering-thread.ts';
import type { DiskResults, DiskTask, DiskTaskKind } from './disk-task.ts';

/** What the thread is started with. */
export interface DiskWorkerData {
  readonly slowMs: number;
}

/** What comes back for one file. */
export type DiskAnswer = { readonly result: DiskResults[DiskTaskKind] } | { readonly failure: ErrorData };

/** A call that took so long was no quick one. */
const SLOW_MS = 1;

/** A message costs more than the calls for a file; what a file waits for others is little beside its flush. */
const GATHER_MS = 4;

/** The text of the thread's program where this is a bundle: it needs no second file then. */
declare const DISK_WORKER: string;

/**
 * The disk's part in small files. It takes a dozen calls a file, and each that goes through Node's thread pool costs several
 * times what the system needs for it. Files are therefore handed to a thread of their own, those of one moment in one message,
 * which reads, writes and names them with calls that it makes itself.
 */
export class DiskThread {
  readonly #thread: AnsweringThread<DiskTask, DiskAnswer>;

  constructor(slowMs = SLOW_MS) {
    const data: DiskWorkerData = { slowMs };
    this.#thread = new AnsweringThread(program(), { data, gatherMs: GATHER_MS });
  }

  /** @throws SyncError as `performTask` */
  async perform<K extends DiskTaskKind>(task: DiskTask<K>): Promise<DiskResults[K]> {
    const answer = await this.#thread.ask(task as DiskTask);
    if ('failure' in answer) throw new SyncError(answer.failure);
    // What comes from a thread has no type: the program there performs the task of this kind.
    return answer.result as DiskResults[K];
  }
}

/** Everybody's. */
export const diskThread = new DiskThread();

function program(): string {
  if (typeof DISK_WORKER === 'string') return DISK_WORKER;
  return `import(${JSON.stringify(new URL('./disk-worker.ts', import.meta.url).href)});`;
}
