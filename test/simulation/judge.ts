import type { Ledger } from './contents.ts';
import { nameOfContent, Violation } from './contents.ts';

/** Somewhere that contents lie: a disk with its trash, a bucket with its versions. */
export interface Place {
  everyContent(): Iterable<string>;
}

/** Holds the world to its rules while it goes on. The first breach is kept; the run ends with it. */
export class Judge {
  readonly ledger: Ledger;
  readonly places: Place[] = [];
  failure: Error | undefined;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  get hasFailed(): boolean {
    return this.failure !== undefined;
  }

  /** An engine's code must not catch this: so nothing is thrown. */
  fail(error: Error): void {
    this.failure ??= error;
  }

  breach(message: string): void {
    this.fail(new Violation(message));
  }

  /** To be called for whatever lies somewhere. */
  mustBeWritten(content: string, where: string): void {
    if (!this.ledger.knows(content)) this.breach(`${where} holds what nobody ever wrote: ${nameOfContent(content)}`);
  }

  /** Whether any side, trash or version still has it. */
  isAnywhere(content: string): boolean {
    return content === '' || this.places.some((place) => includes(place.everyContent(), content));
  }

  /** To be called after an engine took a content away for good. A deletion always leaves one somewhere. */
  mustBeLeft(content: string, what: string): void {
    if (!this.isAnywhere(content)) this.breach(`${what} and left ${nameOfContent(content)} nowhere`);
  }

  /** To be called after an engine wrote over a content: what nobody gave up must be elsewhere. */
  mustBeLeftIfOwed(content: string, what: string): void {
    if (this.ledger.isOwed(content)) this.mustBeLeft(content, what);
  }
}

function includes(contents: Iterable<string>, wanted: string): boolean {
  for (const content of contents) if (content === wanted) return true;
  return false;
}
