import type { LimitHours } from '../core/limit-hours.ts';
import type { ClockMemory } from '../core/trash-clock.ts';
import type { Database } from './database.ts';

/** What a person can set for the whole engine. Bytes per second; 0 means no limit. */
export interface Settings {
  readonly uploadLimitBytesPerSecond: number;
  readonly downloadLimitBytesPerSecond: number;
  /** When the limits hold; null for always. */
  readonly limitHours: LimitHours | null;
  readonly paused: boolean;
  /** Of the window. */
  readonly language: 'system' | 'en' | 'zh-CN';
  readonly theme: 'system' | 'light' | 'dark' | 'contrast';
  /** Of the desktop app. */
  readonly notifications: boolean;
}

const DEFAULTS: Settings = {
  uploadLimitBytesPerSecond: 0,
  downloadLimitBytesPerSecond: 0,
  limitHours: null,
  paused: false,
  language: 'system',
  theme: 'system',
  notifications: true,
};

/** What a trial has made, so that nothing of it is left over: its account is the one with this key. */
export interface TrialMemory {
  readonly accessKeyId: string;
  readonly sampleRoot: string;
}

/** What the engine itself remembers beside what a person sets. */
const CLOCK = 'clock';
const TRIAL = 'trial';
const RUNNING = 'running';
const OWN: ReadonlySet<string> = new Set([CLOCK, TRIAL, RUNNING]);

/** The `setting` table: one JSON value a name; what was never set has its default. */
export class SettingTable {
  readonly #all;
  readonly #put;
  readonly #delete;

  constructor(db: Database) {
    this.#all = db.prepare<[], { name: string; value: string }>('SELECT name, value FROM setting');
    this.#put = db.prepare('INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)');
    this.#delete = db.prepare('DELETE FROM setting WHERE name = ?');
  }

  read(): Settings {
    const set = this.#all.all().filter(({ name }) => !OWN.has(name));
    const stored = Object.fromEntries(set.map((row) => [row.name, JSON.parse(row.value) as unknown]));
    return { ...DEFAULTS, ...stored };
  }

  /** What is remembered of the wall clock; undefined before it was first looked at. */
  clock(): ClockMemory | undefined {
    return this.#remembered(CLOCK) as ClockMemory | undefined;
  }

  rememberClock(memory: ClockMemory): void {
    this.#put.run(CLOCK, JSON.stringify(memory));
  }

  /** What there is of a trial; undefined where there is none. */
  trial(): TrialMemory | undefined {
    return this.#remembered(TRIAL) as TrialMemory | undefined;
  }

  rememberTrial(memory: TrialMemory | undefined): void {
    this.#rememberOrForget(TRIAL, memory);
  }

  /** The start of the computer in which an engine began and did not end yet; undefined where it did. */
  running(): string | undefined {
    return this.#remembered(RUNNING) as string | undefined;
  }

  rememberRunning(start: string | undefined): void {
    this.#rememberOrForget(RUNNING, start);
  }

  write(changes: Partial<Settings>): void {
    for (const [name, value] of Object.entries(changes)) this.#put.run(name, JSON.stringify(value));
  }

  #rememberOrForget(name: string, value: unknown): void {
    if (value === undefined) this.#delete.run(name);
    else this.#put.run(name, JSON.stringify(value));
  }

  #remembered(wanted: string): unknown {
    const row = this.#all.all().find(({ name }) => name === wanted);
    return row && JSON.parse(row.value);
  }
}
