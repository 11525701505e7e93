import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../src/engine/index.ts';
import { lockEngine } from '../../../src/engine/lock.ts';
import { stateError } from '../../../src/engine/state-error.ts';
import { createTestEnvironment } from '../../support/test-environment.ts';

async function useDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rustfs-sync-state-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe('where the state can not be kept', () => {
  test('opening says so, with the directory and what to do, and does not call it a defect', async () => {
    const directory = await useDirectory();
    await writeFile(join(directory, 'file'), '');
    const home = join(directory, 'file', 'state');
    const open = () => openEngine(home, () => createTestEnvironment().log);
    expect(open).toThrow(expect.objectContaining({ code: 'disk-error' }));
    expect(open).toThrow(home);
  });

  test('a lock that can not be made is not told as an engine at work', async () => {
    const home = await useDirectory();
    await mkdir(join(home, 'engine.lock'));
    expect(() => lockEngine(home)).toThrow(expect.objectContaining({ code: 'disk-error' }));
  });

  test.each([
    ['database or disk is full', 'SQLITE_FULL'],
    ['disk I/O error', 'SQLITE_IOERR_SHMSIZE'],
  ])('a full disk is a full disk, and a defect stays one (%s)', (message, code) => {
    const full = new Sqlite.SqliteError(message, code);
    expect(stateError(full, '/home/ann/state')).toMatchObject({ code: 'disk-full' });
    const defect = new TypeError('x is not a function');
    expect(stateError(defect, '/home/ann/state')).toBe(defect);
  });
});
