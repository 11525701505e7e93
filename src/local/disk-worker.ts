import { parentPort, workerData } from 'node:worker_threads';
import { asSyncError } from '../core/errors.ts';
import type { Numbered } from './answering-thread.ts';
import { directDisk } from './direct-disk.ts';
import { hasProc } from './disk.ts';
import { performTask, type DiskTask } from './disk-task.ts';
import type { DiskAnswer, DiskWorkerData } from './disk-thread.ts';

/** The program of the thread of the disk: see `disk-thread`. */
const { slowMs } = workerData as DiskWorkerData;
const disk = directDisk(hasProc(), slowMs);

/** Answers of one moment go back together. */
let answers: Numbered<DiskAnswer>[] = [];

parentPort?.on('message', (tasks: readonly Numbered<DiskTask>[]) => {
  for (const task of tasks) void carryOut(task);
});

async function carryOut({ id, content: task }: Numbered<DiskTask>): Promise<void> {
  const content = await answerOf(task);
  if (answers.length === 0) setImmediate(send);
  answers.push({ id, content });
}

async function answerOf(task: DiskTask): Promise<DiskAnswer> {
  try {
    return { result: await performTask(disk, task) };
  } catch (error) {
    return { failure: asSyncError(error).toData() };
  }
}

function send(): void {
  parentPort?.postMessage(answers);
  answers = [];
}
