import type { Language } from '../../src/api/index.ts';
import { currentLanguage, translator, useLanguage } from './index.ts';

const SIZE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const JUST_NOW_MS = 2_500;
/** Servers refuse whoever's clock is further away from theirs than this. */
const CLOCKS_APART_MS = 15 * MINUTE_MS;

/** Numbers, sizes and times as people of a language write them. Sizes are SI: 1 kB is 1,000 bytes. */
export interface Formats {
  readonly number: (value: number) => string;
  readonly percent: (share: number) => string;
  readonly size: (bytes: number) => string;
  readonly rate: (bytesPerSecond: number) => string;
  /** The unit of a number of megabytes a second. */
  readonly megabytesPerSecond: string;
  /** How long ago, or until when: `3 minutes ago`; a date for what is further away than a week. */
  readonly ago: (timeMs: number, nowMs: number) => string;
  /** The same of a time that was: `just now` too where another computer's clock has it a little later than now. */
  readonly since: (timeMs: number, nowMs: number) => string;
  /** The exact time. */
  readonly time: (timeMs: number) => string;
  /** A length of time in its two largest units. */
  readonly duration: (ms: number) => string;
  /** The short name of a day; 1 is Monday, 7 Sunday. */
  readonly weekday: (day: number) => string;
}

/**
 * @param locale of the language that is shown, with the country of the person where it is known.
 * @param justNow is said of the present moment.
 */
export function formatsOf(locale: string, justNow: string): Formats {
  const integer = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  const sizes = SIZE_UNITS.map((unit) => unitFormats(locale, unit));
  const rates = SIZE_UNITS.map((unit) => unitFormats(locale, `${unit}-per-second`));
  // The unit of bytes alone would be written out.
  const bytesPerSecond = unitIn(rates[1]).replace('k', '');
  const unit = (name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 0 });
  const units = { day: unit('day'), hour: unit('hour'), minute: unit('minute'), second: unit('second') };
  function ago(timeMs: number, nowMs: number): string {
    const ms = timeMs - nowMs;
    const distance = Math.abs(ms);
    if (distance < 45_000) return relative.format(Math.round(ms / 1000 / 5) * 5, 'second');
    if (distance < HOUR_MS) return relative.format(Math.round(ms / MINUTE_MS), 'minute');
    if (distance < DAY_MS) return relative.format(Math.round(ms / HOUR_MS), 'hour');
    if (distance < 7 * DAY_MS) return relative.format(Math.round(ms / DAY_MS), 'day');
    return date.format(timeMs);
  }
  return {
    number: (value) => integer.format(value),
    // All of it is what nothing is missing of.
    percent: (value) => share.format(Math.floor(value * 100) / 100),
    // The first of January 2024 was a Monday.
    weekday: (day) => weekday.format(Date.UTC(2024, 0, day)),
    size: (bytes) => (bytes < 1000 ? `${integer.format(bytes)} B` : scaled(bytes, sizes)),
    rate: (bytes) => (bytes < 1000 ? `${integer.format(Math.round(bytes))} ${bytesPerSecond}` : scaled(bytes, rates)),
    megabytesPerSecond: unitIn(rates[2]),
    time: (timeMs) => exact.format(timeMs),
    ago,
    since(timeMs, nowMs) {
      const isJustNow = timeMs > nowMs - JUST_NOW_MS && timeMs <= nowMs + CLOCKS_APART_MS;
      return isJustNow ? justNow : ago(timeMs, nowMs);
    },
    duration(ms) {
      if (ms < MINUTE_MS) return units.second.format(Math.max(1, Math.round(ms / 1000)));
      if (ms < HOUR_MS) return units.minute.format(Math.round(ms / MINUTE_MS));
      const [large, small, step] =
        ms < DAY_MS ? ([units.hour, units.minute, HOUR_MS] as const) : ([units.day, units.hour, DAY_MS] as const);
      const rest = Math.floor((ms % step) / (ms < DAY_MS ? MINUTE_MS : HOUR_MS));
      return rest === 0
        ? large.format(Math.floor(ms / step))
        : `${large.format(Math.floor(ms / step))} ${small.format(rest)}`;
    },
  };
}

/** Making them takes milliseconds, which each part of the window would spend again. */
const knownFormats = new Map<string, Formats>();

export function useFormats(): Formats {
  return formatsIn(useLanguage());
}

/** The same where nothing is drawn. */
export function currentFormats(): Formats {
  return formatsIn(currentLanguage());
}

function formatsIn(language: Language): Formats {
  const locale = localeOf(language);
  let formats = knownFormats.get(locale);
  if (formats === undefined) {
    formats = formatsOf(locale, translator(language)('time.just-now'));
    knownFormats.set(locale, formats);
  }
  return formats;
}

/** The person's own flavour of a language: British dates for a Briton. */
function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}

interface UnitFormats {
  readonly whole: Intl.NumberFormat;
  readonly tenths: Intl.NumberFormat;
}

/** The unit by itself that a format writes behind its numbers. */
function unitIn(formats: UnitFormats | undefined): string {
  return formats?.whole.formatToParts(1).find(({ type }) => type === 'unit')?.value ?? '';
}

function unitFormats(locale: string, unit: string): UnitFormats {
  const options = { style: 'unit', unit, unitDisplay: unit === 'byte' ? 'narrow' : 'short' } as const;
  return {
    whole: new Intl.NumberFormat(locale, { ...options, maximumFractionDigits: 0 }),
    tenths: new Intl.NumberFormat(locale, { ...options, minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  };
}

function scaled(bytes: number, formats: readonly UnitFormats[]): string {
  let power = 0;
  let value = bytes;
  // What would be rounded to 1,000 goes to the next unit.
  while (value >= 999.5 && power < formats.length - 1) {
    value /= 1000;
    power += 1;
  }
  const format = formats[power];
  if (format === undefined) return '';
  return (power > 0 && value < 99.95 ? format.tenths : format.whole).format(value);
}
