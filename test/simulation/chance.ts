import { SeededRandom } from '../support/test-environment.ts';

/** All that is left to chance in a world comes from one of these, so that its seed says it all. */
export class Chance {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    // Neighbouring seeds begin alike; a few steps part them.
    for (let step = 0; step < 4; step++) this.#random.next();
  }

  /** Whether something of this probability happens. */
  hits(probability: number): boolean {
    return probability > 0 && this.#random.next() < probability;
  }

  /** A whole number from `least` to `most`. */
  int(least: number, most: number): number {
    return least + Math.floor(this.#random.next() * (most - least + 1));
  }

  /** A number from `least` up to `most`. */
  between(least: number, most: number): number {
    return least + this.#random.next() * (most - least);
  }

  /** One of them; there must be one. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new Error('Nothing to pick from');
    return item;
  }

  /** One of the names, by their weights. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.#random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0) return name;
    }
    throw new Error('No weights');
  }

  /** A seed for somebody else's chance. */
  seed(): number {
    return this.int(1, 0x7fffffff);
  }
}
