import type { Chance } from './chance.ts';

/** How often what goes wrong in a world, as probabilities of one call each. */
export interface FaultRates {
  /** Calls of the disk that fail. */
  readonly disk: number;
  /** Requests that fail before they have any effect. */
  readonly request: number;
  /** Requests that have their effect and whose answer is lost. */
  readonly answer: number;
  /** Requests that somebody gave up, or was killed over, and that are carried out all the same, and later. */
  readonly late: number;
  /** Bodies that are cut, short or damaged. */
  readonly body: number;
  /** Pages of listings that are stale, cut, out of order, or leave something out. */
  readonly listing: number;
  /** Hints of the watcher that are lost. */
  readonly lostHint: number;
  /** Changes in the bucket that its stream tells of twice, or after the next one. */
  readonly event: number;
  /** Calls in whose place, or after whose effect, the computer crashes. */
  readonly crash: number;
  /** Calls that take seconds. */
  readonly slow: number;
  /** The longest that an ordinary request takes. */
  readonly latencyMs: number;
  /** Objects in a page of a listing. */
  readonly pageKeys: number;
}

const NO_FAULTS: FaultRates = {
  disk: 0,
  request: 0,
  answer: 0,
  late: 0,
  body: 0,
  listing: 0,
  lostHint: 0,
  event: 0,
  crash: 0,
  slow: 0,
  latencyMs: 40,
  pageKeys: 1_000,
};

/** The faults of a world: of one kind or the other, of all, or none; and from some moment on, none. */
export class Faults {
  readonly #rates: FaultRates;
  isOn = false;
  /** What goes wrong all the same while this is off. */
  besides: Partial<FaultRates> = {};

  constructor(chance: Chance) {
    // A world in which everything fails at once hides what only a few faults bring about.
    const upTo = (most: number) => (chance.hits(0.5) ? chance.between(0, most) : 0);
    this.#rates = {
      disk: upTo(0.01),
      request: upTo(0.1),
      answer: upTo(0.1),
      late: upTo(0.7),
      body: upTo(0.1),
      listing: upTo(0.5),
      lostHint: upTo(0.5),
      event: upTo(0.3),
      crash: upTo(0.01),
      slow: upTo(0.03),
      latencyMs: chance.hits(0.2) ? 2_000 : 40,
      pageKeys: chance.hits(0.5) ? chance.int(1, 6) : 1_000,
    };
  }

  /** For the description of a world. */
  toJSON(): FaultRates {
    return this.#rates;
  }

  get rates(): FaultRates {
    return this.isOn ? this.#rates : { ...NO_FAULTS, ...this.besides };
  }
}
