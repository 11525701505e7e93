import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/environment.ts';
import { crashReports, type CrashReport } from './crash-report.ts';

/** What lies beside the state, for those who look for what went wrong. */
export interface Records {
  /** The last lines of each log, oldest first. */
  logs(): readonly { readonly name: string; readonly lines: readonly string[] }[];
  crashes(): readonly CrashReport[];
  /** Those that this was not asked for before. */
  untoldCrashes(): { atMs: number; program: string }[];
  /** Names and sizes of the files of the state itself. */
  files(): readonly { readonly name: string; readonly sizeBytes: number }[];
  /** Keeps a report. @returns its path. */
  saveDiagnostics(text: string): string;
}

const LOGS = ['engine.log', 'shell.log'];
const MOST_LINES = 300;
const OWN_FILES = /^(state\.db(-wal|-shm|\.unreadable-.*)?|config\.json|(engine|shell)\.log(\.old)?)$/;
/** Holds when the newest crash was that somebody was told of. */
const TOLD = 'crashes-told';

/** The records in a data directory. */
export function recordsIn(home: string, clock: Pick<Clock, 'now'>): Records {
  return {
    logs: () => LOGS.map((name) => ({ name, lines: lastLines(join(home, name)) })),
    crashes: () => crashReports(home),
    untoldCrashes() {
      const told = Number(readIfThere(join(home, TOLD)));
      const untold = crashReports(home).filter(({ atMs }) => atMs > told);
      const newest = untold.at(-1);
      if (newest !== undefined) writeFileSync(join(home, TOLD), String(newest.atMs), { mode: 0o600 });
      return untold.map(({ atMs, program }) => ({ atMs, program }));
    },
    files: () =>
      readdirSync(home)
        .filter((name) => OWN_FILES.test(name))
        .map((name) => ({ name, sizeBytes: statSync(join(home, name), { throwIfNoEntry: false })?.size ?? 0 })),
    saveDiagnostics(text) {
      const stamp = new Date(clock.now()).toISOString().replace(/[:.]/g, '-');
      const path = join(home, `diagnostics-${stamp}.txt`);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    },
  };
}

/** A log is begun anew at a few megabytes, so that the whole of it can be read. */
function lastLines(path: string): string[] {
  const lines = readIfThere(path)
    .split('\n')
    .filter((line) => line !== '');
  return lines.slice(-MOST_LINES);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
