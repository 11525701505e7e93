import { textWidth } from './width.ts';

/** Sizes are in SI units (1 kB = 1,000 bytes), as file managers show them. */
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `999 B`, `41.0 MB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.95 would round to 1000.0, which belongs to the next unit.
  while (value >= (unit === 0 ? 1_000 : 999.95) && unit < UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  const digits = unit === 0 ? String(Math.round(value)) : value.toFixed(1);
  return `${digits} ${UNITS[unit] ?? ''}`;
}

/** `6.6 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatSize(bytesPerSecond)}/s`;
}

/** A limit, where 0 means that there is none. */
export function formatLimit(bytesPerSecond: number): string {
  return bytesPerSecond === 0 ? 'none' : formatRate(bytesPerSecond);
}

/** `6.2 s`, `1 min 5 s`, `2 h 3 min`, `1 d 4 h`. */
export function formatDuration(durationMs: number): string {
  const seconds = durationMs / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return pair(whole, 60, 'min', 1, 's');
  if (whole < 86_400) return pair(whole, 3_600, 'h', 60, 'min');
  return pair(whole, 86_400, 'd', 3_600, 'h');
}

/** Time that is left, in whole seconds: `6 s`, `1 min 5 s`. */
export function formatRemaining(durationMs: number): string {
  const seconds = Math.max(1, Math.round(durationMs / 1_000));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1_000);
}

function pair(seconds: number, bigSeconds: number, big: string, smallSeconds: number, small: string): string {
  const rest = Math.floor((seconds % bigSeconds) / smallSeconds);
  const head = `${Math.floor(seconds / bigSeconds)} ${big}`;
  return rest === 0 ? head : `${head} ${rest} ${small}`;
}

/** Local time: `2026-11-22 10:15`. */
export function formatTime(timeMs: number): string {
  const at = new Date(timeMs);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Local time to the second, which tells versions apart: `2026-11-22 10:15:02`. */
export function formatMoment(timeMs: number): string {
  return `${formatTime(timeMs).slice(0, 10)} ${formatTimeOfDay(timeMs)}`;
}

/** Local time of day: `10:15:02`. */
export function formatTimeOfDay(timeMs: number): string {
  const at = new Date(timeMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `10,000`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 file`, `10,000 files`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listInWords(words: readonly string[], joint = 'and'): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1) ?? ''}`;
}

/** Where something is on the server, as commands take it: `home:photos/2026/`. */
export function formatTarget(target: { account: string; bucket: string }, keyOrPrefix = ''): string {
  const place = `${target.account}:${target.bucket}`;
  return keyOrPrefix === '' ? place : `${place}/${keyOrPrefix}`;
}

/**
 * Text from elsewhere (file names, keys, a server's words) made safe for a terminal: control characters, which could move
 * the cursor or change colours, and those that turn the direction of writing are shown as `\x1b` or `\u202e`.
 */
export function visible(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code}`;
  });
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Lines of an aligned table under its titles. Cells are made safe for a terminal here. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map((column) => column.title), ...rows.map((row) => row.map(visible))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => textWidth(row[index] ?? ''))));
  return cells.map((row) =>
    columns
      .map((column, index) => pad(row[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
}

/** `text` with spaces up to `columns`. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, columns - textWidth(text)));
  return align === 'left' ? text + spaces : spaces + text;
}
