import type { EngineStatus } from '../../api/index.ts';
import { hasCode } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import { formatRate, formatSize, formatTable, formatTime } from '../format.ts';
import type { CliClock } from '../io.ts';
import { parseLimit } from '../parse.ts';
import { keptProblemLines, stateLine, statusDetails } from '../status-text.ts';
import { tellCrashes } from './diagnose.ts';
import { quote, usageError } from '../usage.ts';
import { watchStates } from '../watch-states.ts';

const LOOK_FOR_ENGINE_MS = 1_000;

interface ListOptions {
  readonly folder?: string;
  readonly limit?: number;
}

/** `status`, `problems`, `activity`: what is going on and what went on. */
export function addStatusCommands(program: CliCommand, run: Run): void {
  program
    .command('status')
    .description('Show what each folder is doing.')
    .option('-w, --watch', 'go on showing changes until Ctrl-C')
    .examples(
      ['rustfs-sync status', 'Show all folders'],
      ['rustfs-sync status --watch --json', 'Print a line of JSON whenever something changes'],
    )
    .action(run(showStatus));

  const problems = program
    .command('problems')
    .description('List what is not synced, why, and what to do about it.')
    .option('--folder <id>', 'only of this folder')
    .option('--limit <number>', 'at most this many (default: 1000)', parseLimit)
    .examples(['rustfs-sync problems --folder k3jq7x2m', 'Show the problems of one folder'])
    .action(run(listProblems));
  problems
    .command('resolve')
    .argument('<id>', 'the id of a conflict, as `problems` shows it', parseProblemId)
    .description('Settle a conflict whose two versions were both kept.')
    .requiredOption('--keep <mine|theirs|both>', 'which version has the name from now on', parseKeep)
    .examples(
      ['rustfs-sync problems resolve 12 --keep theirs', 'Keep the version of the bucket; yours goes to the trash'],
      ['rustfs-sync problems resolve 12 --keep both', 'Keep both files, each under its own name'],
    )
    .action(run(resolveProblem));

  program
    .command('activity')
    .description('List what was done lately, the newest first.')
    .option('--limit <number>', 'at most this many (default: 100)', parseLimit)
    .examples(['rustfs-sync activity --limit 20', 'Show the last 20 files that were synced'])
    .action(run(listActivity));
}

async function resolveProblem(context: Context, id: number, { keep }: { readonly keep: Keep }): Promise<undefined> {
  const client = await context.client();
  await client.call('problem.resolve', { id, keep }, context.signal);
  await tellDone(context, `Settled the conflict ${id}: ${KEPT[keep]}.`, { id, keep });
  return undefined;
}

type Keep = keyof typeof KEPT;

const KEPT = {
  mine: 'your version has the name, the other one is in the trash',
  theirs: "the bucket's version has the name, yours is in the trash",
  both: 'both files stay',
};

function parseKeep(text: string): Keep {
  if (text === 'mine' || text === 'theirs' || text === 'both') return text;
  throw usageError(`--keep ${quote(text)} is none of the choices.`, 'Say mine, theirs or both.');
}

function parseProblemId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw usageError(`${quote(text)} is not the id of a problem.`, '`rustfs-sync problems` shows the ids.');
}

async function showStatus(context: Context, options: { readonly watch?: true }): Promise<undefined> {
  const client = await context.client();
  if (options.watch) {
    await watchStates(context, statuses(context));
    return undefined;
  }
  const status = await client.call('status.get', {}, context.signal);
  if (context.out.isJson) await context.out.json(status);
  else await printStatus(context, status);
  await tellCrashes(context);
  return undefined;
}

/** Each state of the engine that runs, at once. While none runs, nothing changes but that one may be started. */
async function* statuses(context: Context): AsyncGenerator<EngineStatus> {
  const { io, signal } = context;
  const client = await context.client();
  for (;;) {
    yield await client.call('status.get', {}, signal);
    if ((await context.otherProcess()) === undefined) {
      await pause(io.clock, LOOK_FOR_ENGINE_MS);
      continue;
    }
    try {
      yield* client.stream('status.watch', {}, signal);
      return;
    } catch (error) {
      if (!hasCode(error, 'engine-lost')) throw error;
    }
  }
}

async function pause(clock: CliClock, delayMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = clock.every(delayMs, () => {
      stop();
      resolve();
    });
  });
}

async function printStatus({ out }: Context, { folders, bytesPerSecond }: EngineStatus): Promise<void> {
  if (folders.length === 0) await out.note('There is no folder. `rustfs-sync folder add` adds one.');
  for (const folder of folders) {
    await out.line(stateLine(out, folder));
    await out.lines(statusDetails(folder, out.language).map((line) => `  ${line}`));
  }
  if (folders.length > 0 && folders.every(({ state }) => state === 'not-running')) {
    await out.note('RustFS Sync is not running: `rustfs-sync sync` starts it.');
  }
  const { up, down } = bytesPerSecond;
  if (up > 0 || down > 0) await out.line(`Sending ${formatRate(up)}, receiving ${formatRate(down)}.`);
}

async function listProblems(context: Context, options: ListOptions): Promise<undefined> {
  const { out } = context;
  const client = await context.client();
  const input = {
    ...(options.folder === undefined ? {} : { folderId: options.folder }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
  const problems = await client.call('problem.list', input, context.signal);
  if (out.isJson) {
    await out.json(problems);
    return undefined;
  }
  const folders = await client.call('folder.list', {}, context.signal);
  if (problems.length === 0) await out.note(out.words.noProblems);
  for (const problem of problems) {
    const folder = folders.find(({ id }) => id === problem.folderId);
    await out.lines(keptProblemLines(problem, folder, out.language, (text, colour) => out.paint(text, colour)));
    const { attempts, retryAtMs } = problem;
    if (retryAtMs !== undefined) {
      await out.line(`  ${out.words.failed(attempts, formatTime(retryAtMs))}`);
    }
  }
  return undefined;
}

const KINDS = {
  uploaded: 'uploaded',
  downloaded: 'downloaded',
  'deleted-remote': 'deleted in the bucket',
  'deleted-local': 'moved to the trash',
  released: 'taken off this computer',
  adopted: 'found equal',
  moved: 'moved',
  conflict: 'conflict',
} as const;

async function listActivity(context: Context, options: ListOptions): Promise<undefined> {
  const { out } = context;
  const client = await context.client();
  const input = options.limit === undefined ? {} : { limit: options.limit };
  const activity = await client.call('activity.list', input, context.signal);
  if (out.isJson) await out.json(activity);
  else if (activity.length === 0) await out.note('Nothing was done yet.');
  else {
    const titles = [
      { title: 'TIME' },
      { title: 'WHAT' },
      { title: 'SIZE', align: 'right' as const },
      { title: 'PATH' },
    ];
    const rows = activity.map(({ atMs, kind, sizeBytes, path }) => [
      formatTime(atMs),
      KINDS[kind],
      formatSize(sizeBytes),
      path,
    ]);
    await out.lines(formatTable(titles, rows));
  }
  return undefined;
}
