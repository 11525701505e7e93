import { describe, expect, test } from 'vitest';
import {
  mostDrawn,
  reaches,
  rowsInSight,
  rowsToDraw,
  within,
  type Range,
} from '../../../renderer/ui/grid/row-window.ts';

const ROW = 28;
const HEIGHT = 530;

/** Scrolls from one place to another in steps of so many pixels. @returns what was drawn at each. */
function scroll(fromPixels: number, toPixels: number, step: number): Range[] {
  const seen: Range[] = [];
  let drawn: Range | undefined;
  for (let at = fromPixels; step > 0 ? at <= toPixels : at >= toPixels; at += step) {
    const sight = rowsInSight(at, HEIGHT, ROW);
    drawn = rowsToDraw(drawn, sight);
    expect(reaches(drawn, sight)).toBe(true);
    seen.push(drawn);
  }
  return seen;
}

describe('the rows of a list that are drawn', () => {
  test('in sight are those below the head, which is as high as a row', () => {
    expect(rowsInSight(0, 3 * ROW, ROW)).toEqual({ first: 0, end: 2 });
    expect(rowsInSight(1, 3 * ROW, ROW)).toEqual({ first: 0, end: 3 });
    expect(rowsInSight(10 * ROW, 3 * ROW, ROW)).toEqual({ first: 10, end: 12 });
  });

  test.each([
    ['downwards', 0, 20_000, 50],
    ['upwards', 20_000, 0, -50],
  ])('what is in sight is drawn at every step of a scroll %s, and anew at few of them', (_, from, to, step) => {
    const seen = scroll(from, to, step);
    const changes = seen.filter((drawn, index) => drawn !== seen[index - 1]).length;
    expect(changes).toBeLessThan(seen.length / 3);
  });

  test('a jump draws what is in sight then', () => {
    const drawn = rowsToDraw({ first: 0, end: 40 }, rowsInSight(200_000, HEIGHT, ROW));
    expect(reaches(drawn, rowsInSight(200_000, HEIGHT, ROW))).toBe(true);
    expect(drawn.end - drawn.first).toBeLessThanOrEqual(mostDrawn(HEIGHT, ROW));
  });

  test('no two of them have the same place, however it is scrolled', () => {
    for (const drawn of [...scroll(0, 5_000, 7), ...scroll(5_000, 0, -11)]) {
      expect(drawn.end - drawn.first).toBeLessThanOrEqual(mostDrawn(HEIGHT, ROW));
    }
  });

  test('the list has an end', () => {
    expect(within({ first: -6, end: 31 }, 10_000)).toEqual({ first: 0, end: 31 });
    expect(within({ first: 9_990, end: 10_027 }, 10_000)).toEqual({ first: 9_963, end: 10_000 });
    expect(within({ first: -6, end: 31 }, 3)).toEqual({ first: 0, end: 3 });
    expect(within({ first: -6, end: 31 }, 0)).toEqual({ first: 0, end: 0 });
  });

  test('a list that has become much shorter shows its last rows', () => {
    expect(within({ first: 5_000, end: 5_037 }, 50)).toEqual({ first: 13, end: 50 });
  });
});
