import type { SettingsInfo } from '../api/index.ts';
import type { SyncError } from '../core/errors.ts';
import { quote, usageError } from './usage.ts';

type LimitHours = SettingsInfo['limitHours'];

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `mon-fri 08:00-18:00`, `sat,sun 22:00-06:00`, `daily 08:00-18:00` or `always`. @throws SyncError invalid-argument */
export function parseLimitHours(text: string): LimitHours {
  if (text === 'always') return null;
  const [, days, from, to] = /^(\S+)\s+(\d{1,2}:\d{2})-(\d{1,2}:\d{2})$/.exec(text.trim().toLowerCase()) ?? [];
  if (days === undefined || from === undefined || to === undefined) throw badHours(text);
  return { days: parseDays(days, text), fromMinute: parseTime(from, text), toMinute: parseTime(to, text) };
}

export function formatLimitHours(hours: LimitHours): string {
  if (hours === null) return 'always';
  return `${formatDays(hours.days)} ${formatTime(hours.fromMinute)}-${formatTime(hours.toMinute)}`;
}

function parseDays(list: string, text: string): number[] {
  if (list === 'daily') return DAYS.map((_name, index) => index + 1);
  const days = new Set<number>();
  for (const part of list.split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    if (from < 0 || to < 0 || more.length > 0) throw badHours(text);
    // From Saturday to Monday it goes over the end of the week.
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day + 1);
      if (day === to) break;
    }
  }
  return [...days].sort();
}

function parseTime(time: string, text: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  if (hours > 23 || minutes > 59) throw badHours(text);
  return hours * 60 + minutes;
}

/** Three days and more in a row are told by their first and last. */
function formatDays(days: readonly number[]): string {
  if (days.length === 7) return 'daily';
  const runs: number[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  const nameOf = (day: number | undefined) => DAYS[(day ?? 1) - 1] ?? '';
  return runs
    .map((run) => (run.length > 2 ? `${nameOf(run[0])}-${nameOf(run.at(-1))}` : run.map(nameOf).join(',')))
    .join(',');
}

function formatTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function badHours(text: string): SyncError {
  return usageError(
    `${quote(text)} are no hours for limit-hours.`,
    'Write days and times, for example "mon-fri 08:00-18:00" or "daily 22:00-06:00"; or "always".',
  );
}
