import type { CaseResult, Table, Target } from './result.ts';

const INTRODUCTION = `# Speed and size

Written by \`npm run bench\`, which measures this program beside others on one machine, against one server process on the
same machine and disk. Only the ratios mean something elsewhere. Where the least and the most stand in brackets, the number
before them is the median of three rounds: programs take turns, and the first turn does not count. CPU is user and system
time of the whole program.

A run replaces the sections that it measured, and leaves the others and the notes as they are.
`;
const NOTES = '## Notes';

/** What a case's section in the document holds. */
export interface Section {
  readonly title: string;
  /** Date, machine, versions. */
  readonly circumstances: string;
  readonly result: CaseResult;
}

/** A result for a terminal. */
export function terminalText({ title, result }: Section): string {
  const rows = [result.table.titles, ...result.table.rows];
  const widths = result.table.titles.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    widths
      .map((width, column) => (row[column] ?? '').padEnd(width))
      .join('  ')
      .trimEnd(),
  );
  const targets = result.targets.map((target) => `${verdict(target).padEnd(8)}  ${target.goal}: ${target.measured}`);
  return ['', title, ...lines, ...targets, ''].join('\n');
}

/** The document with these sections in place of what it had of them. `titles` is the order of all there can be. */
export function updatedDocument(before: string, sections: readonly Section[], titles: readonly string[]): string {
  const known = sectionsOf(before);
  for (const section of sections) known.set(`## ${section.title}`, sectionText(section));
  const texts = titles.map((title) => known.get(`## ${title}`)).filter((text) => text !== undefined);
  const notes = known.get(NOTES) ?? `${NOTES}\n\nNothing to add.\n`;
  return [INTRODUCTION, ...texts, notes].map((text) => `${text.trim()}\n`).join('\n');
}

/** The parts of a document by their heading. */
function sectionsOf(document: string): Map<string, string> {
  const parts = document.split(/^(?=## )/m).filter((part) => part.startsWith('## '));
  return new Map(parts.map((part) => [part.split('\n', 1)[0]?.trim() ?? '', part]));
}

function sectionText({ title, circumstances, result }: Section): string {
  const targets: Table = {
    titles: ['goal', 'measured', ''],
    rows: result.targets.map((target) => [target.goal, target.measured, verdict(target)]),
  };
  const parts = [`## ${title}`, markdownTable(result.table), ...result.remarks];
  if (targets.rows.length > 0) parts.push(markdownTable(targets));
  return [...parts, circumstances].join('\n\n');
}

function verdict({ met }: Target): string {
  if (met === undefined) return 'unknown';
  return met ? 'met' : 'missed';
}

function markdownTable({ titles, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
