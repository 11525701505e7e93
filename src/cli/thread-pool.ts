import { DISK_THREADS } from '../core/disk-threads.ts';

/** Imported before anything that reaches the disk: Node reads the size of its thread pool when it first uses it. */
process.env['UV_THREADPOOL_SIZE'] ??= DISK_THREADS;
