import type { ProblemInfo } from '../../../src/api/index.ts';

/** Problems of one kind: told once, with all the paths that have it. */
export interface ProblemGroup {
  readonly code: string;
  readonly severity: ProblemInfo['severity'];
  readonly problems: readonly ProblemInfo[];
}

export interface SortedProblems {
  /** Each is decided by itself. */
  readonly conflicts: readonly ProblemInfo[];
  /** What stops a folder as a whole. */
  readonly stopped: readonly ProblemInfo[];
  readonly failed: readonly ProblemGroup[];
  readonly skipped: readonly ProblemGroup[];
  /** Left out by nature, for completeness. */
  readonly notices: readonly ProblemGroup[];
}

export function sortProblems(problems: readonly ProblemInfo[]): SortedProblems {
  const conflicts = problems.filter(({ code }) => code === 'conflict-copy');
  const stopped = problems.filter(({ path }) => path === '');
  const others = problems.filter((problem) => !conflicts.includes(problem) && !stopped.includes(problem));
  const groups = grouped(others);
  const of = (severity: ProblemInfo['severity']) => groups.filter((group) => group.severity === severity);
  return { conflicts, stopped, failed: of('error'), skipped: of('warning'), notices: of('notice') };
}

function grouped(problems: readonly ProblemInfo[]): ProblemGroup[] {
  const byKind = new Map<string, ProblemInfo[]>();
  for (const problem of problems) {
    const kind = `${problem.severity}/${problem.code}`;
    const group = byKind.get(kind);
    if (group === undefined) byKind.set(kind, [problem]);
    else group.push(problem);
  }
  return [...byKind.values()]
    .flatMap((group) =>
      group[0] === undefined ? [] : [{ code: group[0].code, severity: group[0].severity, problems: group }],
    )
    .sort((a, b) => b.problems.length - a.problems.length);
}
