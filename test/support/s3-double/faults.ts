import type { Operation } from '../../../src/trial/s3/request.ts';
import type { FaultEffect } from './effects.ts';

/** Which requests a fault is for. What is left out matches everything. */
export interface FaultMatch {
  readonly operation?: Operation | readonly Operation[];
  readonly bucket?: string;
  readonly key?: RegExp;
  readonly partNumber?: number;
  /** Lets this many matching requests pass before the fault begins. */
  readonly after?: number;
  /** How many requests it hits from then on; unlimited when left out. */
  readonly times?: number;
}

export interface FaultSubject {
  readonly operation: Operation;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly partNumber: number | undefined;
}

export interface FaultHandle {
  /** How many requests the fault has hit. */
  readonly hits: number;
  remove(): void;
}

interface Rule {
  readonly match: FaultMatch;
  readonly effect: FaultEffect;
  seen: number;
  hits: number;
}

/** The switches by which a test makes the double misbehave. Several rules may hit one request. */
export class Faults {
  readonly #rules = new Set<Rule>();
  /** Added to the server's idea of the time, in milliseconds; shows in `Date` and in signature checks. */
  clockOffsetMs = 0;

  add(match: FaultMatch, effect: FaultEffect): FaultHandle {
    const rule: Rule = { match, effect, seen: 0, hits: 0 };
    this.#rules.add(rule);
    return {
      get hits() {
        return rule.hits;
      },
      remove: () => void this.#rules.delete(rule),
    };
  }

  /** Back to good behaviour. */
  clear(): void {
    this.#rules.clear();
    this.clockOffsetMs = 0;
  }

  /** The effects on this request, in the order in which they were added. Counts as one match for each rule. */
  effectsOn(subject: FaultSubject): readonly FaultEffect[] {
    const effects: FaultEffect[] = [];
    for (const rule of this.#rules) {
      if (!matches(rule.match, subject)) continue;
      rule.seen += 1;
      const { after = 0, times = Infinity } = rule.match;
      if (rule.seen <= after || rule.seen > after + times) continue;
      rule.hits += 1;
      effects.push(rule.effect);
    }
    return effects;
  }
}

function matches(match: FaultMatch, subject: FaultSubject): boolean {
  const { operation, bucket, key, partNumber } = match;
  if (operation !== undefined && ![operation].flat().includes(subject.operation)) return false;
  if (bucket !== undefined && bucket !== subject.bucket) return false;
  if (key !== undefined && (subject.key === undefined || subject.key.search(key) === -1)) return false;
  return partNumber === undefined || partNumber === subject.partNumber;
}
