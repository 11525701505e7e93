import type { StoreTraits } from '../support/memory-store.ts';
import type { Chance } from './chance.ts';
import { Computer, type ComputerKind } from './computer.ts';
import { Ledger } from './contents.ts';
import { Faults } from './faults.ts';
import { Focus, type FocusName } from './focus.ts';
import { Judge } from './judge.ts';
import type { World } from './life.ts';
import { BucketPeople } from './bucket-people.ts';
import { Imagination } from './imagination.ts';
import { People } from './people.ts';
import { Scheduler } from './scheduler.ts';
import { Server } from './server.ts';
import { Tinkering } from './tinkering.ts';
import { Trace } from './trace.ts';

/** A world with all that is in it. */
export interface Team {
  readonly world: World;
  readonly computers: readonly Computer[];
  readonly people: People;
  readonly others: BucketPeople;
  readonly tinkering: Tinkering;
  readonly focus: Focus;
  readonly description: string;
}

const START_MS = Date.UTC(2026, 0, 1);
/** As production's for a scale of a thousandth: see `scale.ts`. */
const MIN_PART_BYTES = 5 * 1024;

/**
 * Makes a world, with everything about it left to chance.
 *
 * @param focus the hazard that it is full of, if any.
 */
export function createTeam(chance: Chance, focus?: FocusName): Team {
  const scheduler = new Scheduler();
  const faults = new Faults(chance);
  const judge = new Judge(new Ledger(chance));
  const trace = new Trace(() => scheduler.elapsedMs);
  const kind = {
    traits: someTraits(chance),
    versioned: chance.hits(0.25),
    refusesClashes: chance.hits(0.7),
    prefix: chance.hits(0.7) ? '' : chance.pick(['team/', 'docs/old/']),
    startMs: START_MS,
  };
  const server = new Server(scheduler, chance, faults, judge, kind);
  const world: World = { scheduler, chance, faults, trace, judge, server, startMs: START_MS };
  const names = chance.hits(0.3) ? ['anna', 'ben', 'cleo'] : ['anna', 'ben'];
  const computers = names.map((name) => new Computer(world, someComputer(chance, name)));
  judge.places.push(server, ...computers.map(({ disk }) => disk));
  const description = [
    JSON.stringify(kind),
    JSON.stringify(faults),
    ...computers.map((one) => JSON.stringify(one.kind)),
  ];
  const imagination = new Imagination(chance, judge.ledger);
  const people = new People(world, imagination);
  const others = new BucketPeople(world, imagination);
  const tinkering = new Tinkering(world, people);
  description.push(JSON.stringify(tinkering));
  return {
    world,
    computers,
    people,
    others,
    tinkering,
    focus: new Focus(focus, world, people, others, computers),
    description: description.join('\n'),
  };
}

function someTraits(chance: Chance): Partial<StoreTraits> {
  return {
    minPartSizeBytes: MIN_PART_BYTES,
    conditionalPut: !chance.hits(0.05),
    conditionalComplete: !chance.hits(0.1),
    conditionalDelete: !chance.hits(0.2),
    encrypted: chance.hits(0.1),
    tellsPartSizes: !chance.hits(0.3),
    liveEvents: chance.hits(0.3),
  };
}

function someComputer(chance: Chance, name: string): ComputerKind {
  const isCoarse = chance.hits(0.15);
  return {
    name,
    mode: chance.weighted({ 'two-way': 8, upload: 1, download: 1 }),
    mirrorDeletes: chance.hits(0.5),
    disk: {
      caseInsensitive: chance.hits(0.15),
      ...(isCoarse && { mtimeGranularityMs: chance.pick([1_000, 2_000]) }),
      hardLinks: !chance.hits(0.1),
    },
    stateInFiles: chance.hits(0.2),
    wallOffsetMs: chance.hits(0.7) ? 0 : chance.int(-600_000, 600_000),
  };
}
