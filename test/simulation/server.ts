import { isInternalKey, REMOTE_SHARE_PREFIX } from '../../src/core/paths.ts';
import type { ListedObject, ListPage } from '../../src/core/object-store.ts';
import { compareUtf8 } from '../../src/core/text.ts';
import { MemoryStore, refusal, type StoreTraits } from '../support/memory-store.ts';
import type { StoredObject } from '../../src/trial/s3/bucket.ts';
import { bytesOf } from '../../src/trial/s3/content.ts';
import type { Chance } from './chance.ts';
import { keyOfContent } from './contents.ts';
import type { Faults } from './faults.ts';
import type { Judge, Place } from './judge.ts';
import type { Scheduler } from './scheduler.ts';

/** The one bucket of a world. */
export const BUCKET = 'team';

/** Where nobody honours conditions, a look right before the write is all that there is: this much may come in between. */
const BLIND_MS = 30_000;

/** What is under a key now. */
export interface Seen {
  readonly content: string;
  readonly etag: string;
  readonly sizeBytes: number;
  readonly sinceMs: number;
}

interface Change {
  readonly atMs: number;
  readonly key: string;
  readonly object: Seen | undefined;
}

/** The server of a world, shared by all computers and by people who work in the bucket directly. */
export class Server implements Place {
  readonly store: MemoryStore;
  readonly traits: Partial<StoreTraits>;
  /** Whether it refuses an object below another one. */
  readonly refusesClashes: boolean;
  /** What all computers sync is below this; empty, or ends in a slash. Paths are relative to it. */
  readonly prefix: string;
  /** Nobody reaches it. */
  isDown = false;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #judge: Judge;
  readonly #now = new Map<string, Seen>();
  readonly #history: Change[] = [];
  /** When a listing was last out of date. */
  staleListedMs = Number.NEGATIVE_INFINITY;
  #isPersonActing = false;
  /** What a person took out of the bucket last, and where. */
  readonly #takenAway = new Map<string, { readonly key: string; readonly atMs: number }>();

  constructor(
    scheduler: Scheduler,
    chance: Chance,
    faults: Faults,
    judge: Judge,
    kind: {
      readonly traits: Partial<StoreTraits>;
      readonly versioned: boolean;
      readonly refusesClashes: boolean;
      readonly prefix: string;
      readonly startMs: number;
    },
  ) {
    this.#scheduler = scheduler;
    this.#chance = chance;
    this.#judge = judge;
    this.traits = kind.traits;
    this.refusesClashes = kind.refusesClashes;
    this.prefix = kind.prefix;
    this.store = new MemoryStore({ now: () => kind.startMs + scheduler.elapsedMs }, kind.traits);
    const { model } = this.store;
    model.createBucket(BUCKET);
    if (kind.versioned) model.bucket(BUCKET).versioning = 'Enabled';
    model.onChange(({ key, object }) => this.#changed(key, object));
    this.store.bodyFault = (call) => {
      if (!chance.hits(faults.rates.body)) return undefined;
      const atByte = chance.int(0, 20);
      switch (chance.int(0, 2)) {
        case 0:
          return { kind: 'cut', afterBytes: atByte, error: refusal('unreachable') };
        case 1:
          return { kind: 'short', afterBytes: atByte };
        default:
          // Where the ETag does not tell what the content is, nobody can see the damage.
          return this.#isVerifiable(call.key) ? { kind: 'damage', atByte } : undefined;
      }
    };
  }

  /** Runs what a person does in the bucket directly: nobody is blamed for it. */
  byPerson<T>(act: () => T): T {
    this.#isPersonActing = true;
    try {
      return act();
    } finally {
      this.#isPersonActing = false;
    }
  }

  /** What is at a path now. */
  current(path: string): Seen | undefined {
    return this.#now.get(this.keyOf(path));
  }

  keyOf(path: string): string {
    return this.prefix + path;
  }

  /** The path of a key, or undefined when it is the engine's own or none of what is synced. */
  pathOf(key: string): string | undefined {
    return isInternalKey(key) || !key.startsWith(this.prefix) ? undefined : key.slice(this.prefix.length);
  }

  /** Paths of people's objects, in order. */
  paths(): string[] {
    return this.#pathsOf(this.#now.keys()).sort(compareUtf8);
  }

  /** Paths of uploads that are not complete. */
  uploadPaths(): string[] {
    return this.#pathsOf([...this.store.model.bucket(BUCKET).uploads.values()].map(({ key }) => key));
  }

  #pathsOf(keys: Iterable<string>): string[] {
    return [...keys].map((key) => this.pathOf(key)).filter((path) => path !== undefined);
  }

  /** Whether an object may be at a path, beside those that there are. */
  mayHold(path: string): boolean {
    return this.mayHoldKey(this.keyOf(path));
  }

  mayHoldKey(key: string): boolean {
    if (!this.refusesClashes) return true;
    return [...this.#now.keys()].every((other) => !other.startsWith(`${key}/`) && !key.startsWith(`${other}/`));
  }

  *everyContent(): Generator<string, void, undefined> {
    yield* [...this.#now.values()].map(({ content }) => content);
    const bucket = this.store.model.bucket(BUCKET);
    if (bucket.versioning === 'off') return;
    for (const versions of bucket.versions.values()) {
      for (const version of versions) if (version.kind === 'object') yield keyOfContent(bytesOf(version.content));
    }
  }

  /** A page of a listing of the bucket as it was some time ago (0: as it is). */
  page(prefix: string, after: string, maxKeys: number, agoMs: number): ListPage {
    const atMs = this.#scheduler.elapsedMs - agoMs;
    if (agoMs > 0) this.staleListedMs = this.#scheduler.elapsedMs;
    const objects = agoMs > 0 ? this.#asOf(atMs) : this.#now;
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && compareUtf8(key, after) > 0);
    keys.sort(compareUtf8);
    const listed: ListedObject[] = [];
    for (const key of keys.slice(0, maxKeys)) {
      const seen = objects.get(key);
      if (seen === undefined) continue;
      const { sizeBytes, etag, sinceMs } = seen;
      listed.push({ key, sizeBytes, etag: this.store.shownEtag(etag), lastModifiedMs: sinceMs });
    }
    const last = listed.at(-1);
    const hasMore = keys.length > listed.length && last !== undefined;
    return { objects: listed, prefixes: [], ...(hasMore && { continuationToken: last.key }) };
  }

  #asOf(atMs: number): Map<string, Seen> {
    const objects = new Map<string, Seen>();
    for (const change of this.#history) {
      if (change.atMs > atMs) break;
      if (change.object === undefined) objects.delete(change.key);
      else objects.set(change.key, change.object);
    }
    return objects;
  }

  #changed(key: string, object: StoredObject | undefined): void {
    const atMs = this.#scheduler.elapsedMs;
    const before = this.#now.get(key);
    if (object === undefined) this.#now.delete(key);
    else {
      const content = keyOfContent(bytesOf(object.content));
      const { etag } = object;
      this.#now.set(key, { content, etag, sizeBytes: object.content.sizeBytes, sinceMs: atMs });
      if (!isOwnPage(key)) this.#judge.mustBeWritten(content, `the bucket under ${key}`);
    }
    if (!this.#isPersonActing && !isInternalKey(key) && !key.startsWith(this.prefix))
      this.#judge.breach(`An engine changed ${key}, which is no part of the folder`);
    const now = this.#now.get(key);
    this.#history.push({ atMs, key, object: now });
    if (before !== undefined && before.content !== now?.content && !isOwnPage(key)) this.#replaced(key, before, now);
  }

  #replaced(key: string, before: Seen, now: Seen | undefined): void {
    if (this.#isPersonActing) {
      this.#takenAway.set(before.content, { key, atMs: this.#scheduler.elapsedMs });
      return;
    }
    const age = this.#scheduler.elapsedMs - before.sinceMs;
    const { conditionalPut, conditionalComplete, conditionalDelete } = this.traits;
    const isBlind = [conditionalPut, conditionalComplete, conditionalDelete].includes(false);
    if (isBlind && age < BLIND_MS) {
      this.#judge.ledger.released(before.content);
      return;
    }
    const what = `An engine deleted the object ${key}`;
    // In the middle of a rename, somebody deletes what has its new name already: the old name goes all the same.
    if (now === undefined && this.#wasTakenAway(key, before.content))
      this.#judge.mustBeLeftIfOwed(before.content, what);
    else if (now === undefined) this.#judge.mustBeLeft(before.content, what);
    else this.#judge.mustBeLeftIfOwed(before.content, `An engine wrote over the object ${key}`);
  }

  #wasTakenAway(key: string, content: string): boolean {
    const taken = this.#takenAway.get(content);
    return taken !== undefined && taken.key !== key && this.#scheduler.elapsedMs - taken.atMs < BLIND_MS;
  }

  #isVerifiable(key: string): boolean {
    return this.traits.encrypted !== true && this.#now.get(key)?.etag.includes('-') === false;
  }

  /** For a listing that lies: how long ago it is true of. */
  staleMs(): number {
    return this.#chance.between(0, 40_000);
  }
}

/** The page that shows a shared directory is the program's own, and goes once its link is over. */
function isOwnPage(key: string): boolean {
  return key.startsWith(REMOTE_SHARE_PREFIX);
}
