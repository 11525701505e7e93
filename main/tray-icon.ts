import { nativeImage, type NativeImage } from 'electron';
import type { TrayState } from './tray-state.ts';

/** A picture in the form that Electron takes: four bytes a pixel, blue, green, red, alpha, colours times alpha. */
export interface Bitmap {
  readonly sizePx: number;
  readonly pixels: Buffer;
}

/** Whether a point is in a shape. Both coordinates go from -1 to 1, x to the right and y down. */
type Shape = (x: number, y: number) => boolean;

type Colour = readonly [red: number, green: number, blue: number];

/** The body of an icon with a sign cut into it or drawn on it: told apart without colours, on light and dark panels. */
interface Design {
  readonly body: Shape;
  readonly sign: Shape;
  readonly colour: Colour;
}

const disc: Shape = (x, y) => Math.hypot(x, y) <= 0.94;
const square: Shape = (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.84;
const triangle: Shape = (x, y) => y <= 0.82 && y >= -0.92 && Math.abs(x) <= ((y + 0.92) / 1.74) * 0.98 + 0.02;
const ring: Shape = (x, y) => disc(x, y) && Math.hypot(x, y) >= 0.66;
const either =
  (...shapes: readonly Shape[]): Shape =>
  (x, y) =>
    shapes.some((shape) => shape(x, y));

/** A line with round ends. */
function line(fromX: number, fromY: number, toX: number, toY: number, width: number): Shape {
  const dx = toX - fromX;
  const dy = toY - fromY;
  return (x, y) => {
    const along = Math.max(0, Math.min(1, ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy)));
    return Math.hypot(x - fromX - along * dx, y - fromY - along * dy) <= width / 2;
  };
}

const DESIGNS: Readonly<Record<TrayState, Design>> = {
  'in-sync': {
    body: disc,
    sign: either(line(-0.44, 0.04, -0.12, 0.36, 0.24), line(-0.12, 0.36, 0.46, -0.32, 0.24)),
    colour: [46, 139, 87],
  },
  // An arrow up and one down.
  syncing: {
    body: disc,
    sign: either(
      line(-0.3, 0.5, -0.3, -0.42, 0.18),
      line(-0.3, -0.48, -0.54, -0.18, 0.18),
      line(-0.3, -0.48, -0.06, -0.18, 0.18),
      line(0.3, -0.5, 0.3, 0.42, 0.18),
      line(0.3, 0.48, 0.06, 0.18, 0.18),
      line(0.3, 0.48, 0.54, 0.18, 0.18),
    ),
    colour: [201, 93, 38],
  },
  paused: {
    body: square,
    sign: either(line(-0.3, -0.36, -0.3, 0.36, 0.26), line(0.3, -0.36, 0.3, 0.36, 0.26)),
    colour: [122, 117, 112],
  },
  // Hollow, and crossed out.
  offline: {
    body: either(ring, line(-0.56, 0.56, 0.56, -0.56, 0.26)),
    sign: () => false,
    colour: [132, 127, 122],
  },
  attention: {
    body: triangle,
    sign: either(line(0, -0.3, 0, 0.2, 0.24), line(0, 0.52, 0, 0.53, 0.26)),
    colour: [214, 137, 16],
  },
};

/** Points that are looked at in a pixel, each way. */
const SAMPLES = 4;

/**
 * Draws the icon of a state.
 *
 * @param isTemplate black with the sign cut out, which macOS colours as its menu bar needs it.
 */
export function drawIcon(state: TrayState, sizePx: number, isTemplate: boolean): Bitmap {
  const { body, sign, colour } = DESIGNS[state];
  const pixels = Buffer.alloc(sizePx * sizePx * 4);
  const at = (pixel: number, sample: number) => ((pixel + (sample + 0.5) / SAMPLES) / sizePx) * 2 - 1;
  for (let row = 0; row < sizePx; row++) {
    for (let column = 0; column < sizePx; column++) {
      let bodies = 0;
      let signs = 0;
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
        const x = at(column, sample % SAMPLES);
        const y = at(row, Math.floor(sample / SAMPLES));
        if (!body(x, y)) continue;
        if (sign(x, y)) signs += 1;
        else bodies += 1;
      }
      const all = SAMPLES * SAMPLES;
      const [red, green, blue] = isTemplate ? [0, 0, 0] : colour;
      const white = isTemplate ? 0 : 255 * signs;
      const shade = (value: number) => Math.round((value * bodies + white) / all);
      const alpha = Math.round((255 * (bodies + (isTemplate ? 0 : signs))) / all);
      pixels.set([shade(blue), shade(green), shade(red), alpha], (row * sizePx + column) * 4);
    }
  }
  return { sizePx, pixels };
}

/** In points. Windows and Linux panels are 16 to 24. */
const SIZE = process.platform === 'darwin' ? 18 : 22;

/** The icon of a state for this system's tray, for ordinary and for fine screens. */
export function trayIcon(state: TrayState): NativeImage {
  const isTemplate = process.platform === 'darwin';
  const image = nativeImage.createEmpty();
  for (const scaleFactor of [1, 2]) {
    const { sizePx, pixels } = drawIcon(state, SIZE * scaleFactor, isTemplate);
    const buffer = nativeImage
      .createFromBitmap(pixels, { width: sizePx, height: sizePx, scaleFactor })
      .toPNG({ scaleFactor });
    image.addRepresentation({ scaleFactor, width: sizePx, height: sizePx, buffer });
  }
  image.setTemplateImage(isTemplate);
  return image;
}
