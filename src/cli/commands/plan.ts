import type { Client, HeldPlanItem, PlannedAction } from '../../api/index.ts';
import { actionLine, actionTotals } from '../action-text.ts';
import type { CliCommand } from '../command.ts';
import { isConfirmed, tellDone, type Context, type Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { countOf, listInWords, visible } from '../format.ts';
import { parseLimit } from '../parse.ts';
import { quote, usageError } from '../usage.ts';
import { holdChoices, holdSentence } from '../status-text.ts';

/** So many actions are printed for people. */
const SHOWN_ACTIONS = 100;

interface ShowOptions {
  readonly limit?: number;
}

interface ApproveOptions extends ShowOptions {
  readonly seen?: number;
}

/** `plan`: what the mass-change brake holds, and what becomes of it. */
export function addPlanCommands(program: CliCommand, run: Run): void {
  const plan = program
    .command('plan')
    .description('Look at a plan that is held because it would change or delete very much, and decide.')
    .helpCommand(false)
    .examples(['rustfs-sync plan show k3jq7x2m', 'See what is held, and why']);

  const byId = (name: string, description: string) =>
    plan.command(name).description(description).argument('<id>', 'id of the folder, as `folder list` shows it');

  byId('show', 'Show the plan of a folder that is held: why, what it adds up to, and path by path.')
    .option('--limit <number>', `print at most so many paths (default: ${SHOWN_ACTIONS}; with --json all)`, parseLimit)
    .addHelpText('after', '\nExit codes: 0 nothing is held, 4 a plan is held.')
    .examples(
      ['rustfs-sync plan show k3jq7x2m', 'See what is held, and why'],
      ['rustfs-sync plan show k3jq7x2m --json', 'Print a line of JSON for each path'],
    )
    .action(run(showPlan));

  byId('approve', 'Let the plan go on: what it was seen to delete and replace, and nothing else.')
    .option('--seen <revision>', 'the revision that `plan show` printed', parseRevision)
    .option('--limit <number>', `show at most so many paths before asking (default: ${SHOWN_ACTIONS})`, parseLimit)
    .addHelpText(
      'after',
      '\nAt a terminal it is shown first, and asked about. A script says which one was\nseen: a plan that holds more by now is refused and goes on waiting\n(exit code 4).',
    )
    .examples(
      ['rustfs-sync plan approve k3jq7x2m', 'Look at it, and let it go on'],
      ['rustfs-sync plan approve k3jq7x2m --seen 3', 'Let that go on which `plan show` called revision 3'],
    )
    .action(run(approvePlan));

  byId(
    'revert',
    'Undo what the plan is held for: what is gone on one side comes back from the other, and of what was replaced both versions are kept.',
  )
    .option('-y, --yes', 'do not ask')
    .examples(['rustfs-sync plan revert k3jq7x2m', 'Bring back what was deleted by mistake'])
    .action(run(revertPlan));
}

async function showPlan(context: Context, id: string, options: ShowOptions): Promise<ExitCode> {
  const { out, signal } = context;
  const client = await context.client();
  if ((await client.call('folder.status', { id }, signal)).hold === undefined) {
    await out.note(`Nothing is held in the folder ${visible(id)}.`);
    return 0;
  }
  const view = await printPlan(context, client, id, options);
  if (!out.isJson) await view.tellChoices();
  return 4;
}

async function printPlan(context: Context, client: Client, id: string, options: ShowOptions): Promise<PlanView> {
  const { out, signal } = context;
  const limit = options.limit ?? (out.isJson ? Infinity : SHOWN_ACTIONS);
  const view = new PlanView(context, id);
  let actions = 0;
  for await (const item of client.stream('plan.show', { id }, signal)) {
    if (item.kind === 'action' && ++actions > limit) continue;
    if (out.isJson) await out.json(item);
    else await view.print(item);
  }
  if (!out.isJson) await view.end(Math.max(0, actions - limit));
  return view;
}

/** Why it is held and the totals, then the paths, then what to do. */
class PlanView {
  readonly #context: Context;
  readonly #folderId: string;
  readonly #totals = new Map<PlannedAction, { files: number; bytes: number }>();
  #isApproved = false;
  #revision: number | undefined;
  #hasTotals = false;

  constructor(context: Context, folderId: string) {
    this.#context = context;
    this.#folderId = folderId;
  }

  async print(item: HeldPlanItem): Promise<void> {
    const { out } = this.#context;
    switch (item.kind) {
      case 'held':
        this.#isApproved = item.approved;
        this.#revision = item.revision;
        await out.line(holdSentence(item.hold));
        return;
      case 'total':
        this.#totals.set(item.action, item);
        return;
      case 'action':
        await this.#printTotals();
        await out.line(actionLine(item));
    }
  }

  async end(left: number): Promise<void> {
    const { out } = this.#context;
    await this.#printTotals();
    if (left > 0) await out.line(`… and ${countOf(left, 'path')} more: --limit or --json shows them.`);
  }

  /** What was shown; undefined where it could not be approved any more. */
  get revision(): number | undefined {
    return this.#isApproved ? undefined : this.#revision;
  }

  async tellChoices(): Promise<void> {
    const { out } = this.#context;
    if (this.#isApproved) await out.note('It was approved, and goes on with the next sync.');
    else for (const line of holdChoices(this.#folderId, this.#revision)) await out.note(line);
  }

  async #printTotals(): Promise<void> {
    if (this.#hasTotals || this.#totals.size === 0) return;
    this.#hasTotals = true;
    await this.#context.out.line(`${listInWords(actionTotals(this.#totals))}.`);
  }
}

async function approvePlan(context: Context, id: string, options: ApproveOptions): Promise<undefined> {
  const client = await context.client();
  const seen = options.seen ?? (await look(context, client, id, options));
  if (seen === undefined) {
    await tellDone(context, 'Nothing was changed.', { id, approved: false });
    return undefined;
  }
  await client.call('plan.approve', { id, seen }, context.signal);
  await tellDone(context, `Approved the plan of the folder ${visible(id)}: it is carried out with the next sync.`, {
    id,
    approved: true,
  });
  return undefined;
}

/** Shows the plan and asks. @returns the revision that a person approves of; undefined where they do not. */
async function look(context: Context, client: Client, id: string, options: ShowOptions): Promise<number | undefined> {
  const { io, out } = context;
  if (!io.isTTY.stdin || out.isJson) {
    throw usageError(
      'Nobody can be asked here, and what was seen of the plan is not said.',
      `Look at it with \`rustfs-sync plan show ${id}\`, which says how to approve exactly that.`,
    );
  }
  const { revision } = await printPlan(context, client, id, options);
  if (revision === undefined) {
    await out.note('It was approved, and goes on with the next sync.');
    return undefined;
  }
  return (await isConfirmed(context, 'Let it go on?', undefined)) ? revision : undefined;
}

function parseRevision(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw usageError(`--seen ${quote(text)} is not a revision.`, 'It is the number that `rustfs-sync plan show` prints.');
}

async function revertPlan(context: Context, id: string, options: { readonly yes?: true }): Promise<undefined> {
  const question = `Undo what the plan of the folder ${visible(id)} is held for?`;
  if (!(await isConfirmed(context, question, options.yes))) {
    await tellDone(context, 'Nothing was changed.', { id, reverted: false });
    return undefined;
  }
  const client = await context.client();
  const { mode } = (await client.call('folder.status', { id }, context.signal)).folder;
  const { paths } = await client.call('plan.revert', { id }, context.signal);
  const outcome =
    mode === 'two-way'
      ? `${countOf(paths, 'file')} will come back with the next sync`
      : 'both sides stay as they are, since it syncs one way only';
  await tellDone(context, `Dropped the plan of the folder ${visible(id)}: ${outcome}.`, { id, reverted: true, paths });
  return undefined;
}
