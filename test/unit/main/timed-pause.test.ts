import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Memory } from '../../../main/memory.ts';
import { TimedPause } from '../../../main/timed-pause.ts';
import { CollectedLog } from '../../support/test-environment.ts';

const HOUR_MS = 3_600_000;

describe('a pause of an hour', () => {
  let directory: string;

  beforeEach(() => {
    vi.useFakeTimers();
    directory = mkdtempSync(join(tmpdir(), 'rustfs-sync-pause-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
  });
  afterEach(() => void vi.useRealTimers());

  /** An app that begins, with an engine that takes what it is told when the test says so. */
  function begin() {
    const asked: (() => void)[] = [];
    const memory = new Memory(directory, new CollectedLog());
    return { asked, memory, pause: new TimedPause(memory, (taken) => void asked.push(taken)) };
  }

  test('ends after an hour, once', () => {
    const { asked, memory, pause } = begin();
    pause.begin(1);
    pause.see(true);
    vi.advanceTimersByTime(HOUR_MS - 1);
    expect(asked).toHaveLength(0);
    vi.advanceTimersByTime(1);
    asked[0]?.();
    vi.advanceTimersByTime(2 * HOUR_MS);
    expect([asked.length, memory.value.resumeAtMs]).toEqual([1, undefined]);
  });

  test('that is over while the engine can not be told is ended by the next app', () => {
    const first = begin();
    first.pause.begin(1);
    vi.advanceTimersByTime(HOUR_MS);
    expect(first.asked).toHaveLength(1);
    // The app ends before the engine has heard of it.
    const next = begin();
    vi.advanceTimersByTime(0);
    expect(next.asked).toHaveLength(1);
    next.asked[0]?.();
    expect(begin().memory.value.resumeAtMs).toBeUndefined();
  });

  test('lasts no longer for a clock that was a year ahead when it began', () => {
    begin().pause.begin(1);
    vi.setSystemTime(Date.now() - 365 * 24 * HOUR_MS);
    const next = begin();
    vi.advanceTimersByTime(HOUR_MS);
    expect(next.asked).toHaveLength(1);
  });

  test('is not forgotten because one before it has ended late', () => {
    const { asked, memory, pause } = begin();
    pause.begin(1);
    vi.advanceTimersByTime(HOUR_MS);
    pause.begin(1);
    asked[0]?.();
    expect(memory.value.resumeAtMs).toBe(Date.now() + HOUR_MS);
  });
});
