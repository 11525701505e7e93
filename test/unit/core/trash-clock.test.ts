import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expiryAgeMs, noteClock, type ClockMemory } from '../../../src/core/trash-clock.ts';
import { TRASH_KEPT_MS } from '../../../src/core/trash-path.ts';

const DAY_MS = 24 * 3_600_000;
const START_MS = Date.UTC(2026, 0, 1);

/** A computer whose clock is looked at. `offDays`: how far the clock is ahead of the true time. */
class Watched {
  trueMs = START_MS;
  offMs = 0;
  memory: ClockMemory | undefined;

  get nowMs(): number {
    return this.trueMs + this.offMs;
  }

  /** So many days pass; then the clock is looked at. */
  pass(days: number): void {
    this.trueMs += days * DAY_MS;
    this.memory = noteClock(this.memory, this.nowMs);
  }

  passDaily(days: number): void {
    for (let day = 0; day < days; day++) this.pass(1);
  }

  /** Whether what was trashed then, by the clock of then, would be removed. */
  removes(trashedMs: number): boolean {
    return this.memory !== undefined && this.nowMs - trashedMs > expiryAgeMs(this.memory, this.nowMs);
  }
}

/** One that has been running for long. */
function settled(): Watched {
  const computer = new Watched();
  computer.pass(0);
  computer.passDaily(40);
  return computer;
}

describe('rule 12: clock-jump: the trash', () => {
  test('is kept for 30 days of a clock that runs as it should', () => {
    const computer = settled();
    const trashedMs = computer.nowMs;
    computer.passDaily(30);
    expect(computer.removes(trashedMs)).toBe(false);
    computer.passDaily(1);
    expect(computer.removes(trashedMs)).toBe(true);
  });

  test('is not emptied by a clock that jumps a year ahead, nor when it comes back', () => {
    const computer = settled();
    const trashedMs = computer.nowMs;
    computer.passDaily(3);
    computer.offMs = 365 * DAY_MS;
    computer.pass(0);
    expect(computer.removes(trashedMs)).toBe(false);
    const trashedInJumpMs = computer.nowMs;
    computer.passDaily(15);
    expect(computer.removes(trashedMs)).toBe(false);
    computer.offMs = 0;
    computer.passDaily(1);
    expect([computer.removes(trashedMs), computer.removes(trashedInJumpMs)]).toEqual([false, false]);
    computer.passDaily(31);
    expect(computer.removes(trashedMs)).toBe(true);
  });

  test('of a state that knows nothing of the clock yet is kept for 30 days', () => {
    const computer = new Watched();
    computer.pass(0);
    expect(computer.removes(START_MS - 3_000 * DAY_MS)).toBe(false);
    computer.passDaily(29);
    expect(computer.removes(START_MS - 3_000 * DAY_MS)).toBe(false);
    computer.passDaily(3);
    expect(computer.removes(START_MS - 3_000 * DAY_MS)).toBe(true);
  });

  test('of a computer that runs once a month is emptied in the end, and little is remembered for it', () => {
    const computer = settled();
    const trashedMs = computer.nowMs;
    for (let month = 0; month < 6; month++) computer.pass(30);
    expect(computer.removes(trashedMs)).toBe(true);
    expect(computer.memory?.skips.length).toBeLessThan(8);
  });

  test('is kept for 23 days at least, wherever a clock jumps to once', () => {
    const days = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(days, fc.integer({ min: -1_000, max: 1_000 }), days, (before, jumpDays, after) => {
        const computer = settled();
        const trashedMs = computer.nowMs;
        const trashedTrueMs = computer.trueMs;
        computer.passDaily(before);
        computer.offMs = jumpDays * DAY_MS;
        computer.pass(0);
        computer.passDaily(after);
        const heldMs = computer.trueMs - trashedTrueMs;
        expect(computer.removes(trashedMs) && heldMs < TRASH_KEPT_MS - 7 * DAY_MS).toBe(false);
      }),
    );
  });
});
