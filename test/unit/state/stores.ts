import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AccountRow, FolderRow } from '../../../src/state/index.ts';
import { StateStore } from '../../../src/state/index.ts';

/** A store in memory, closed when the test is over. */
export function memoryStore(): StateStore {
  const store = StateStore.open(':memory:', 'stamp');
  onTestFinished(() => store.close());
  return store;
}

/** A store in memory with the account `acc` and the folders `f1` and `f2`. */
export function storeWithFolders(): StateStore {
  const store = memoryStore();
  store.accounts.insert(account());
  store.folders.insert(folder('f1'));
  store.folders.insert(folder('f2'));
  return store;
}

/** A directory that is removed when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rustfs-sync-state-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

export function account(changes: Partial<AccountRow> = {}): AccountRow {
  return {
    id: 'acc',
    name: 'home',
    settings: { endpoint: 'http://127.0.0.1:9000', region: 'us-east-1', accessKeyId: 'key', pathStyle: true },
    secretPlace: 'keychain',
    createdMs: 1_700_000_000_000,
    ...changes,
  };
}

export function folder(
  id: string,
): Omit<FolderRow, 'chosen' | 'choiceId' | 'paused' | 'hold' | 'lastPass' | 'lastFullPassMs' | 'wasCutOff'> {
  return {
    id,
    localRoot: `/home/${id}`,
    rootDeviceId: '2049',
    accountId: 'acc',
    bucket: 'bucket',
    prefix: `${id}/`,
    mode: 'two-way',
    mirrorDeletes: false,
    ignoreGlobs: ['*.tmp', 'with "quotes", and commas'],
    createdMs: 1_700_000_000_001,
  };
}
