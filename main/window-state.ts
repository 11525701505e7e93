import { z } from 'zod';

export const bounds = z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) });
export type Bounds = z.infer<typeof bounds>;

export const DEFAULT_SIZE = { width: 1180, height: 760 };
export const LEAST_SIZE = { width: 640, height: 480 };

/** So much of the window's top has to be on a screen, in pixels each way, that a person can take hold of it. */
const GRIP = 60;

/** Where the window was, if one can still get at it there: screens come and go. */
export function placeOn(screens: readonly Bounds[], known: Bounds | undefined): Partial<Bounds> {
  if (known === undefined) return DEFAULT_SIZE;
  const width = Math.max(known.width, LEAST_SIZE.width);
  const height = Math.max(known.height, LEAST_SIZE.height);
  const isReachable = screens.some((screen) => {
    const shared = Math.min(known.x + width, screen.x + screen.width) - Math.max(known.x, screen.x);
    return shared >= GRIP && known.y >= screen.y && known.y <= screen.y + screen.height - GRIP;
  });
  return isReachable ? { x: known.x, y: known.y, width, height } : { width, height };
}
