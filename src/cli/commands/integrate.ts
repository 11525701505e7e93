import type { FileManager, Integration, IntegrationState } from '../../desktop/index.ts';
import { FILE_MANAGERS } from '../../desktop/integration.ts';
import type { CliCommand } from '../command.ts';
import type { Context, Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { formatTable, listInWords } from '../format.ts';
import { surroundings, WORDS } from '../surroundings.ts';
import { quote, usageError } from '../usage.ts';

interface ForOption {
  readonly for?: FileManager;
}

/** One file manager, and what is in it of ours. */
interface Place {
  readonly manager: FileManager;
  readonly integration: Integration;
}

const NAMES: Readonly<Record<FileManager, string>> = {
  nautilus: 'Nautilus',
  nemo: 'Nemo',
  caja: 'Caja',
  dolphin: 'Dolphin',
  thunar: 'Thunar',
  windows: 'Explorer',
  macos: 'Finder',
};

/** `integrate`: links by a right click in file managers. */
export function addIntegrateCommands(program: CliCommand, run: Run): void {
  const integrate = program
    .command('integrate')
    .description('Copy links by a right click in the file manager, and see there how files stand.')
    .examples(['rustfs-sync integrate install', 'Teach the file managers that are here']);
  const managers = `one file manager: ${listInWords(FILE_MANAGERS, 'or')}`;
  integrate
    .command('install')
    .description('Put it into the menus of the file managers that are here; again after the program was moved.')
    .option('--for <name>', managers, parseManager)
    .examples(
      ['rustfs-sync integrate install', 'Into all file managers that are here'],
      ['rustfs-sync integrate install --for nautilus', 'Into one, whether it is here or not'],
    )
    .action(run(install));
  integrate
    .command('remove')
    .description('Take it out of all menus again, and leave nothing behind.')
    .option('--for <name>', managers, parseManager)
    .examples(['rustfs-sync integrate remove', 'Take it out everywhere'])
    .action(run(remove));
  integrate
    .command('status')
    .description('Show what is installed, and whether it still fits this program.')
    .examples(['rustfs-sync integrate status', 'Show it for all file managers of this system'])
    .action(run(status));
}

async function install(context: Context, options: ForOption): Promise<undefined> {
  const { managersHere } = await import('../../desktop/index.ts');
  const managers = options.for === undefined ? managersHere(context.io) : [options.for];
  if (managers.length === 0) {
    throw usageError(
      'None of the file managers that RustFS Sync knows is here.',
      `To install it all the same, name one with --for: ${listInWords(FILE_MANAGERS, 'or')}.`,
    );
  }
  const documents = [];
  for (const { manager, integration } of await placesOf(context, managers)) {
    await integration.install();
    const state = await integration.state();
    documents.push({ for: manager, state, at: integration.places });
    await tell(context, installed(manager, integration, state));
    if (isGnomeLike(manager)) await context.out.note(`Start ${NAMES[manager]} anew to see it: ${manager} -q`);
  }
  if (context.out.isJson) await context.out.json(documents);
  return undefined;
}

/** Says what was done with one file manager; the JSON of all of them is one document. */
async function tell({ out, quiet }: Context, sentence: string): Promise<void> {
  if (!out.isJson && !quiet) await out.line(sentence);
}

function installed(manager: FileManager, { places }: Integration, state: IntegrationState): string {
  // The Explorer shows the verb in synced folders alone.
  if (state === 'absent') return `Nothing to show in ${NAMES[manager]} yet: no folder is synced.`;
  return `Installed for ${NAMES[manager]}: ${places.join(', ')}`;
}

async function remove(context: Context, options: ForOption): Promise<undefined> {
  const documents = [];
  for (const { manager, integration } of await placesOf(context, await chosen(context, options))) {
    const before = await integration.state();
    await integration.remove();
    // What was not there needs no word, unless somebody asked for it.
    if (before === 'absent' && options.for === undefined) continue;
    const sentence = before === 'absent' ? 'It was not installed for' : 'Removed from';
    documents.push({ for: manager, state: 'absent' });
    await tell(context, `${sentence} ${NAMES[manager]}.`);
  }
  if (context.out.isJson) await context.out.json(documents);
  return undefined;
}

async function status(context: Context): Promise<ExitCode> {
  const found = [];
  for (const { manager, integration } of await placesOf(context, await chosen(context, {}))) {
    found.push({ for: manager, state: await integration.state(), at: integration.places });
  }
  const isStale = found.some(({ state }) => state === 'stale');
  if (context.out.isJson) await context.out.json(found);
  else {
    const rows = found.map(({ for: manager, state, at }) => [
      manager,
      WORDS[state],
      state === 'absent' ? '' : at.join(', '),
    ]);
    await context.out.lines(formatTable([{ title: 'FOR' }, { title: 'STATE' }, { title: 'WHERE' }], rows));
    if (isStale) await context.out.note('What is out of date is mended by: rustfs-sync integrate install');
  }
  return isStale ? 3 : 0;
}

async function chosen({ io }: Context, options: ForOption): Promise<readonly FileManager[]> {
  const { managersOf } = await import('../../desktop/index.ts');
  return options.for === undefined ? managersOf(io.platform) : [options.for];
}

async function placesOf(context: Context, managers: readonly FileManager[]): Promise<Place[]> {
  const { integrationFor, managersOf } = await import('../../desktop/index.ts');
  const possible = managersOf(context.io.platform);
  const wrong = managers.find((manager) => !possible.includes(manager));
  if (wrong !== undefined)
    throw usageError(`${quote(wrong)} is not of this system.`, `Here it is ${listInWords(possible, 'or')}.`);
  const here = await surroundings(context);
  const roots = managers.includes('windows') ? await syncedRoots(context) : [];
  return managers.map((manager) => ({ manager, integration: integrationFor(manager, here, roots) }));
}

async function syncedRoots(context: Context): Promise<string[]> {
  const folders = await (await context.client()).call('folder.list', {}, context.signal);
  return folders.map(({ localRoot }) => localRoot);
}

function isGnomeLike(manager: FileManager): boolean {
  return manager === 'nautilus' || manager === 'nemo' || manager === 'caja';
}

function parseManager(text: string): FileManager {
  const manager = FILE_MANAGERS.find((each) => each === text);
  if (manager !== undefined) return manager;
  throw usageError(`There is no file manager ${quote(text)}.`, `It is one of ${listInWords(FILE_MANAGERS, 'or')}.`);
}
