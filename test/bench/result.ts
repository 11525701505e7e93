import type { Measured, Spread } from './rounds.ts';

/** A goal of the project and what became of it. */
export interface Target {
  readonly goal: string;
  /** What was measured, in words. */
  readonly measured: string;
  /** Undefined where there was nothing to compare with. */
  readonly met: boolean | undefined;
}

export interface Table {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a case found, ready to be shown. */
export interface CaseResult {
  readonly table: Table;
  readonly targets: readonly Target[];
  /** What a reader needs to know to believe the numbers. */
  readonly remarks: readonly string[];
}

export const OURS = 'RustFS Sync';

/** The contenders as a table; `perFile` adds the CPU time by file. */
export function measuredTable(
  measured: readonly Measured[],
  missing: ReadonlyMap<string, string>,
  perFile?: number,
): Table {
  const ours = measured.find(({ name }) => name === OURS);
  const titles = ['', 'seconds (min to max)', 'time against ours', 'CPU seconds', 'peak RSS', 'command'];
  if (perFile !== undefined) titles.splice(4, 0, 'CPU per file');
  const rows = measured.map(({ name, command, wallSeconds, cpuSeconds, peakRssBytes }) => {
    const ratio = ours === undefined ? '' : `${(wallSeconds.median / ours.wallSeconds.median).toFixed(2)} x`;
    const row = [name, secondsText(wallSeconds), ratio, cpuSeconds?.median.toFixed(2) ?? '-', mb(peakRssBytes?.median)];
    if (perFile !== undefined) row.splice(4, 0, msPerFile(cpuSeconds?.median, perFile));
    return [...row, command === '' ? '' : `\`${command}\``];
  });
  for (const [name, reason] of missing) rows.push([name, `missing: ${reason}`, ...titles.slice(2).map(() => '')]);
  return { titles, rows };
}

/** Whether ours reaches `share` of the speed of the fastest of the rivals (undefined: all others), by the medians. */
export function againstFastest(
  goal: string,
  measured: readonly Measured[],
  rivals: readonly string[] | undefined,
  share: number,
): Target {
  const ours = measured.find(({ name }) => name === OURS);
  const others = measured.filter(({ name }) => name !== OURS && (rivals?.includes(name) ?? true));
  const [fastest] = others.sort((a, b) => a.wallSeconds.median - b.wallSeconds.median);
  if (ours === undefined || fastest === undefined) return { goal, measured: 'nothing to compare with', met: undefined };
  const speed = fastest.wallSeconds.median / ours.wallSeconds.median;
  return { goal, measured: `${speed.toFixed(2)} times the speed of ${fastest.name}`, met: speed >= share };
}

export function secondsText({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

/** Bytes in millions, as memory is told. */
export function mb(bytes: number | undefined): string {
  return bytes === undefined ? '-' : `${(bytes / 1e6).toFixed(0)} MB`;
}

function msPerFile(cpuSeconds: number | undefined, files: number): string {
  return cpuSeconds === undefined ? '-' : `${((cpuSeconds * 1_000) / files).toFixed(2)} ms`;
}
