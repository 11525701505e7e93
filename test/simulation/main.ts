import { parseArgs } from 'node:util';
import { FOCUSES, isFocusName } from './focus.ts';
import { MUTATIONS } from './mutations.ts';
import { patchSources, SCALE, WIPE } from './scale.ts';

const USAGE = `Usage: npm run simulate -- [--seeds N] [--first S] [--seed S] [--trace LINES] [--once] [--twice-every N]
  --seeds N      so many seeds (200)
  --first S      beginning with this one (1)
  --seed S       this one alone
  --trace LINES  of a seed that fails, so many of its last events (80)
  --once         each seed once; else twice, to prove that it always goes the same way
  --twice-every N  only each Nth seed twice, for long hunts (1)
  --keep-going   do not stop at the first seed that fails
  --focus F      worlds that are full of one hazard; without a name that it knows, lists them
  --mutation M   with a mistake put into the engine; without a name that it knows, lists them`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'string', default: '80' },
    once: { type: 'boolean', default: false },
    'twice-every': { type: 'string', default: '1' },
    'keep-going': { type: 'boolean', default: false },
    focus: { type: 'string' },
    mutation: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const focus = values.focus !== undefined && isFocusName(values.focus) ? values.focus : undefined;
const mutation = MUTATIONS.find(({ name }) => name === values.mutation);
if (values.help) process.stdout.write(`${USAGE}\n`);
else if (values.mutation !== undefined && mutation === undefined) {
  for (const { name, breaks } of MUTATIONS) process.stdout.write(`${name}: ${breaks}\n`);
  process.exitCode = 1;
} else if (values.focus !== undefined && focus === undefined) {
  for (const [name, what] of Object.entries(FOCUSES)) process.stdout.write(`${name}: ${what}\n`);
  process.exitCode = 1;
} else {
  const range = {
    first: numberOf(values.seed === undefined ? 'first' : 'seed', 0),
    count: values.seed === undefined ? numberOf('seeds', 1) : 1,
    traceLines: numberOf('trace', 0),
    twiceEvery: values.once ? Infinity : numberOf('twice-every', 1),
    keepGoing: values['keep-going'],
    focus,
  };
  patchSources([...SCALE, WIPE, ...(mutation?.patches ?? [])]);
  const { runSeeds } = await import('./run-seeds.ts');
  process.exitCode = await runSeeds(range);
}

/** A whole number from the command line. No seeds at all would read as none that failed. */
function numberOf(name: 'seeds' | 'first' | 'seed' | 'trace' | 'twice-every', least: number): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= least && values[name] !== '') return number;
  process.stderr.write(`--${name} ${JSON.stringify(values[name])} is no whole number from ${least} on.\n${USAGE}\n`);
  process.exit(1);
}
