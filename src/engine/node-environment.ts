import { crc32 } from 'node:zlib';
import { createHash, randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment, Hashing, Log, Random } from '../core/environment.ts';
import { createNodeFileSystem } from '../local/node-file-system.ts';
import { createWatchService } from '../local/watch.ts';
import { connectObjectStore } from '../remote/index.ts';
import { HashWorker } from './hash-worker.ts';
import { createSecretStore } from './secrets.ts';
import { systemClock } from './system-clock.ts';

/**
 * The real disk, network, clock and keychain, on Node.
 *
 * @param ownDirectory what the program itself keeps lies there. It has to be there by now.
 */
export function createNodeEnvironment(ownDirectory: string, log: Log): Environment {
  return {
    fs: createNodeFileSystem(),
    clock: systemClock,
    random: systemRandom,
    log,
    watcher: createWatchService(systemClock, log),
    secrets: createSecretStore(join(ownDirectory, 'secrets.json')),
    hash: nodeHashing,
    ownDirectory: realpathSync.native(ownDirectory),
    connect: (target) => connectObjectStore(target, { clock: systemClock, random: systemRandom }),
  };
}

const ID_LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

const systemRandom: Random = {
  next: () => Math.random(),
  id: (length) => Array.from(randomBytes(length), (byte) => ID_LETTERS.charAt(byte % ID_LETTERS.length)).join(''),
};

const hashWorker = new HashWorker();

const nodeHashing: Hashing = {
  md5: (bytes) => createHash('md5').update(bytes).digest(),
  md5Large: (bytes) => hashWorker.md5(bytes),
  startMd5Large: () => hashWorker.start(),
  crc32: (bytes) => crc32(bytes),
  startSha(algorithm) {
    const hash = createHash(algorithm);
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
  startMd5() {
    const hash = createHash('md5');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
};
