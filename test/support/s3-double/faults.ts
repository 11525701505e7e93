import type { Bucket } from './bucket.ts';
import type { S3ErrorCode } from './errors.ts';
import type { Operation } from './request.ts';

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

export type FaultEffect =
  /** Waits before anything else happens. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** Answers with this error instead of handling the request. */
  | { readonly kind: 'error'; readonly code: S3ErrorCode }
  /** Closes the connection before the request is handled: nothing changes in the store. */
  | { readonly kind: 'resetBefore' }
  /** Handles the request, then closes the connection without an answer: the lost answer. */
  | { readonly kind: 'resetAfter' }
  /** Never answers and never handles; ends when the client or the double closes the connection. */
  | { readonly kind: 'hang' }
  /** Announces the whole body of a GET, sends this many bytes of it and closes the connection. */
  | { readonly kind: 'cutBody'; readonly afterBytes: number }
  /** Sends a body of the announced length whose byte at this offset is another one. */
  | { readonly kind: 'damageBody'; readonly atByte: number }
  /** Removes the upload that the request is about first, as the server does after 24 hours. */
  | { readonly kind: 'expireUpload' }
  /** Lists the bucket as it was when `model.bucket(name).snapshot()` was taken. */
  | { readonly kind: 'staleListing'; readonly snapshot: Bucket }
  /** Ends a listing after so many keys and claims that it is complete. */
  | { readonly kind: 'cutListing'; readonly afterKeys: number }
  /** A stream of events shows that it is alive but tells nothing. */
  | { readonly kind: 'muteEvents' }
  /** Leaves matching keys out of listings. */
  | { readonly kind: 'hideKeys'; readonly keys: RegExp };

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

/** The first effect of one kind. */
export function effectOf<K extends FaultEffect['kind']>(
  effects: readonly FaultEffect[],
  kind: K,
): Extract<FaultEffect, { kind: K }> | undefined {
  return effects.find((effect): effect is Extract<FaultEffect, { kind: K }> => effect.kind === kind);
}
