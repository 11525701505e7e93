/**
 * Threads that an engine's process asks the disk with. Most of what they do is to wait until a file is flushed: with Node's
 * usual four, the disk is idle in between. Given to Node as UV_THREADPOOL_SIZE.
 */
export const DISK_THREADS = '16';
