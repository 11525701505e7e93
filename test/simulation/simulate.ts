import { Chance } from './chance.ts';
import { asError } from './computer.ts';
import type { FocusName } from './focus.ts';
import { settle } from './scheduler.ts';
import { Quiescence } from './quiescence.ts';
import { createTeam, type Team } from './team.ts';
import { Workload } from './workload.ts';

/** How a world came out. */
export interface Outcome {
  readonly seed: number;
  /** The first breach of a rule, if there was one. */
  readonly failure: Error | undefined;
  /** Tells this run from any that went otherwise. */
  readonly hash: string;
  /** The last events, oldest first. */
  readonly trace: readonly string[];
  readonly events: number;
  /** Virtual time that passed. */
  readonly elapsedMs: number;
  /** What kind of world it was. */
  readonly world: string;
}

/** Lets a world go from its beginning to its end. The same seed with the same focus always goes the same way. */
export async function simulate(seed: number, traceLines: number, focus?: FocusName): Promise<Outcome> {
  const team = createTeam(new Chance(seed), focus);
  const { scheduler, judge, trace } = team.world;
  try {
    await live(team);
  } catch (error) {
    judge.fail(asError(error));
  }
  for (const computer of team.computers) computer.close();
  await settle();
  return {
    seed,
    failure: judge.failure,
    hash: trace.hash,
    trace: judge.hasFailed ? trace.last(traceLines) : [],
    events: scheduler.events,
    elapsedMs: scheduler.elapsedMs,
    world: team.description,
  };
}

async function live(team: Team): Promise<void> {
  await new Workload(team).run();
  if (team.world.judge.hasFailed) return;
  await new Quiescence(team).run();
}
