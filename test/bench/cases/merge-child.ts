import type { BaseEntry, LocalEntry, RemoteEntry, ScanItem } from '../../../src/core/entries.ts';
import { createFilter } from '../../../src/core/filters.ts';
import type { RelativePath } from '../../../src/core/paths.ts';
import { compareTrees } from '../../../src/engine/compare.ts';
import { StateStore } from '../../../src/state/index.ts';

/** What a comparison in a process of its own took. */
export interface MergeReport {
  readonly seconds: number;
  readonly peakRssBytes: number;
}

const FOLDER = 'bench';
const FILES_PER_DIRECTORY = 100;
const ROWS_PER_TRANSACTION = 10_000;

/** The n-th path in key order. */
function pathOf(n: number): RelativePath {
  const directory = String(Math.floor(n / FILES_PER_DIRECTORY)).padStart(6, '0');
  const file = String(n % FILES_PER_DIRECTORY).padStart(4, '0');
  // Made of characters that every path may have.
  return `directory-${directory}/file-${file}.bin` as RelativePath;
}

function etagOf(n: number): string {
  return n.toString(16).padStart(32, '0');
}

function localOf(n: number): LocalEntry {
  const timeNs = 1_700_000_000_000_000_000n + BigInt(n);
  return { path: pathOf(n), sizeBytes: 4_096, mtimeNs: timeNs, ctimeNs: timeNs, fileId: String(n) };
}

function baseOf(n: number): BaseEntry {
  return { ...localOf(n), etag: etagOf(n), retained: false };
}

async function* scan(files: number): AsyncGenerator<ScanItem, void, undefined> {
  for (let n = 0; n < files; n++) {
    const entry = localOf(n);
    yield { kind: 'file', path: entry.path, entry };
  }
}

async function* listing(files: number): AsyncGenerator<RemoteEntry, void, undefined> {
  for (let n = 0; n < files; n++) yield { path: pathOf(n), sizeBytes: 4_096, etag: etagOf(n) };
}

function fill(state: StateStore, files: number): void {
  const account = {
    id: 'bench',
    name: 'bench',
    settings: { endpoint: 'http://127.0.0.1:9000', region: 'us-east-1', pathStyle: true, accessKeyId: 'bench' },
    secretPlace: 'file',
    createdMs: 0,
  } as const;
  state.accounts.insert(account);
  state.folders.insert({
    id: FOLDER,
    localRoot: '/bench',
    rootDeviceId: '0',
    accountId: account.id,
    bucket: 'bench',
    prefix: '',
    mode: 'upload',
    mirrorDeletes: false,
    ignoreGlobs: [],
    createdMs: 0,
  });
  for (let from = 0; from < files; from += ROWS_PER_TRANSACTION) {
    state.transaction(() => {
      for (let n = from; n < Math.min(files, from + ROWS_PER_TRANSACTION); n++) state.base.put(FOLDER, baseOf(n));
    });
  }
}

/** @throws Error when a path is found changed, since the trees are equal. */
async function merge(state: StateStore, files: number): Promise<MergeReport> {
  const trees = { base: state.base.stream(FOLDER), local: scan(files), remote: listing(files) };
  const rules = { mode: 'upload', mirrorDeletes: true } as const;
  const startMs = performance.now();
  let compared = 0;
  for await (const found of compareTrees(trees, rules, createFilter([], ''))) {
    if (found.kind !== 'path' || found.action.kind !== 'none') throw new Error('Equal trees were found to differ.');
    compared += 1;
  }
  if (compared !== files) throw new Error(`${compared} of ${files} files were compared.`);
  // libuv tells the peak in kibibytes on every system.
  return { seconds: (performance.now() - startMs) / 1_000, peakRssBytes: process.resourceUsage().maxRSS * 1_024 };
}

const [task, database = '', count = ''] = process.argv.slice(2);
const state = StateStore.open(database, 'bench');
if (task === 'fill') fill(state, Number(count));
else process.stdout.write(JSON.stringify(await merge(state, Number(count))));
state.close();
