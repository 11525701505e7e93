import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { Bench } from './bench.ts';
import { benchDownloadLarge } from './cases/download-large.ts';
import { benchDownloadSmall } from './cases/download-small.ts';
import { benchLargeFile } from './cases/large-file.ts';
import { benchLatency } from './cases/latency.ts';
import { benchLive } from './cases/live.ts';
import { benchMerge } from './cases/merge.ts';
import { benchMoves, benchMovesAtHome } from './cases/moves.ts';
import { benchSmallFiles } from './cases/small-files.ts';
import { benchTwoWay } from './cases/two-way.ts';
import { benchUnchanged } from './cases/unchanged.ts';
import { benchWatching } from './cases/watching.ts';
import { benchWindow } from './cases/window.ts';
import { ourProgram } from './ours.ts';
import { terminalText, updatedDocument, type Section } from './report.ts';
import type { CaseResult } from './result.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/bench.md', import.meta.url));

interface Case {
  readonly title: string;
  readonly measure: (bench: Bench) => Promise<CaseResult>;
}

/** By the name that `--only` takes, in the order of the document. */
const CASES: ReadonlyMap<string, Case> = new Map([
  ['small-files', { title: 'First upload of 10,000 files of 4 KiB', measure: benchSmallFiles }],
  ['large-file', { title: 'Upload of 1 GiB', measure: benchLargeFile }],
  ['download-small', { title: 'First download of 10,000 files of 4 KiB', measure: benchDownloadSmall }],
  ['download-large', { title: 'Download of 1 GiB', measure: benchDownloadLarge }],
  ['unchanged', { title: 'Nothing changed among 100,000 files', measure: benchUnchanged }],
  ['two-way', { title: 'The same 100,000 files on both sides', measure: benchTwoWay }],
  ['watching', { title: 'Watching 100,000 files', measure: benchWatching }],
  ['moves', { title: 'A directory of 30,000 files gets another name', measure: benchMoves }],
  ['moves-at-home', { title: 'A directory gets another name behind a line of 20 Mbit/s', measure: benchMovesAtHome }],
  ['merge', { title: 'Comparing 1,000,000 files', measure: benchMerge }],
  ['latency', { title: 'From a saved file to the object', measure: benchLatency }],
  ['live', { title: 'From a saved file to another computer', measure: benchLive }],
  ['window', { title: 'The window while 100,000 files are sent', measure: benchWindow }],
]);

const USAGE = `Usage: node test/bench/main.ts [--only NAME]... [--quick]
  --only NAME  one of ${[...CASES.keys()].join(', ')}
  --quick      one round of each, which docs/bench.md is not changed for`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean', default: false } },
  });
  const names = values.only ?? [...CASES.keys()];
  const unknown = names.find((name) => !CASES.has(name));
  if (unknown !== undefined) throw new Error(`There is no case "${unknown}".\n${USAGE}`);

  const bench = await Bench.open({ quick: values.quick, log: (line) => console.error(line) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void bench.close().finally(() => process.exit(130)));
  }
  try {
    const circumstances = await describe(bench);
    for (const [name, { title, measure }] of CASES) {
      if (!names.includes(name)) continue;
      bench.log(title);
      const section: Section = { title, circumstances, result: await measure(bench) };
      console.log(terminalText(section));
      // Case by case, so that a later one that fails takes nothing with it.
      if (!bench.quick) await updateDocument(section);
    }
  } finally {
    await bench.close();
  }
}

async function updateDocument(section: Section): Promise<void> {
  const before = await readFile(DOCUMENT, 'utf8').catch(() => '');
  const titles = [...CASES.values()].map(({ title }) => title);
  const text = updatedDocument(before, [section], titles);
  const style = await resolveConfig(DOCUMENT);
  await writeFile(DOCUMENT, await format(text, { ...style, parser: 'markdown' }));
}

/** Date, machine and versions, in a sentence that names no host and no path. */
async function describe({ server, peers }: Bench): Promise<string> {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const gib = (totalmem() / 1024 ** 3).toFixed(0);
  const { isBuilt } = await ourProgram();
  const versions = [
    `Node ${process.versions.node}`,
    `${server.name} ${server.version}`,
    ...[...peers.found.values()].map(({ name, version }) => `${name} ${version}`),
    ...[...peers.missing.keys()].map((name) => `no ${name}`),
  ];
  const machine = `${availableParallelism()} cores (${model}), ${gib} GiB of memory, ${type()} ${release()}`;
  const program = isBuilt ? 'the built command line' : 'the command line from source';
  const today = new Date().toISOString().slice(0, 10);
  return `${today}, ${program}. ${machine}. ${versions.join(', ')}.`;
}

await main();
