/** Rows by their index, without the one at `end`. It may reach beyond the list at either side. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** So many rows beyond those in sight are drawn at least, for a scroll that is ahead of the drawing. */
const LEAST_BEYOND = 6;
/** So many are drawn ahead when it is time for more: the fewer times, the less work a scroll is. */
const AHEAD = 12;

/** The rows in sight of a list whose head covers as much as one row of it. Sizes in pixels. */
export function rowsInSight(scrollTop: number, height: number, rowHeight: number): Range {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight));
  return { first, end: Math.max(first + 1, Math.ceil((scrollTop + height) / rowHeight) - 1) };
}

/** Which rows to draw: those that are drawn, the same object, for as long as they reach far enough beyond those in sight. */
export function rowsToDraw(drawn: Range | undefined, sight: Range): Range {
  if (drawn !== undefined && reaches(drawn, { first: sight.first - LEAST_BEYOND, end: sight.end + LEAST_BEYOND })) {
    return drawn;
  }
  const isUpwards = drawn !== undefined && sight.first - LEAST_BEYOND < drawn.first;
  return isUpwards
    ? { first: sight.first - AHEAD, end: sight.end + LEAST_BEYOND }
    : { first: sight.first - LEAST_BEYOND, end: sight.end + AHEAD };
}

/** Whether all of the one is in the other. */
export function reaches(drawn: Range, wanted: Range): boolean {
  return drawn.first <= wanted.first && drawn.end >= wanted.end;
}

/** As many rows as `drawn` has, where there are so many, and none that the list has not. */
export function within(drawn: Range, rows: number): Range {
  const first = Math.max(0, Math.min(drawn.first, rows - (drawn.end - drawn.first)));
  return { first, end: Math.max(first, Math.min(rows, drawn.end)) };
}

/** How many rows are drawn at most where so many are in sight. */
export function mostDrawn(height: number, rowHeight: number): number {
  return Math.ceil(height / rowHeight) + 1 + LEAST_BEYOND + AHEAD;
}
