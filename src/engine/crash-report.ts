import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { VERSION } from '../api/index.ts';
import { systemClock } from './system-clock.ts';
import { framesOf, withoutSigned } from './redact.ts';

/** What crashed: the engine's process, a command, or the page of the window. */
export type CrashingProgram = 'engine' | 'command' | 'window';

const crashReport = z.object({
  atMs: z.number(),
  program: z.string(),
  version: z.string(),
  /** `uncaughtException`, `unhandledRejection`, or why the page is gone. */
  origin: z.string(),
  error: z.string(),
  message: z.string(),
  frames: z.array(z.string()),
});
export type CrashReport = z.infer<typeof crashReport>;

const NAME = /^crash-\d{13}-\d+\.json$/;
/** Older ones go: a program that crashes again and again must not fill the disk. */
const MOST_REPORTS = 20;

/**
 * Writes a report of a crash beside the log, at once, and open to its person alone. Never throws: there may be no more room.
 *
 * @returns where it is, or undefined when it could not be written.
 */
export function reportCrash(
  home: string,
  program: CrashingProgram,
  origin: string,
  thrown: unknown,
): string | undefined {
  const report: CrashReport = {
    atMs: systemClock.now(),
    program,
    version: VERSION,
    origin,
    error: thrown instanceof Error ? thrown.name : typeof thrown,
    message: withoutSigned(thrown instanceof Error ? thrown.message : String(thrown)),
    frames: thrown instanceof Error ? framesOf(thrown.stack ?? '') : [],
  };
  const path = join(home, `crash-${report.atMs}-${process.pid}.json`);
  try {
    writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600, flush: true });
    for (const old of reportNames(home).slice(0, -MOST_REPORTS)) rmSync(join(home, old), { force: true });
    return path;
  } catch {
    return undefined;
  }
}

/**
 * From now on, an error that nobody caught in this process leaves a report.
 *
 * @param end called after it, to end the process: what it was doing is not to be trusted any more.
 */
export function reportCrashes(
  home: string,
  program: CrashingProgram,
  end: (error: Error, report: string | undefined) => void,
): void {
  process.on('uncaughtException', (error, origin) => end(error, reportCrash(home, program, origin, error)));
}

/** The reports in a directory, oldest first. One that can not be read is left out. */
export function crashReports(home: string): CrashReport[] {
  return reportNames(home).flatMap((name) => {
    try {
      return [crashReport.parse(JSON.parse(readFileSync(join(home, name), 'utf8')))];
    } catch {
      return [];
    }
  });
}

function reportNames(home: string): string[] {
  return readdirSync(home)
    .filter((name) => NAME.test(name))
    .sort();
}
