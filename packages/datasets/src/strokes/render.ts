// From pen path to pixels: smooth curves, then a distance field.
// The brightness of a pixel falls from 1 to 0 as the nearest point of the path moves from inside the pen's
// radius to outside of it, over `softness` pixels.

import type { Curve, Point } from './glyphs.ts';

/** A pen: radii and softness in pixels; the radius changes evenly from the path's start to its end. */
export interface Pen {
  readonly startRadius: number;
  readonly endRadius: number;
  readonly softness: number;
}

const piecesPerSpan = 6;

/** Points along the Catmull–Rom spline through a curve's points. */
export function smooth(curve: Curve): Point[] {
  const at = (i: number): Point => curve[Math.min(Math.max(i, 0), curve.length - 1)] ?? [0, 0];
  const points: Point[] = [at(0)];
  for (let i = 0; i + 1 < curve.length; i += 1) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let k = 1; k <= piecesPerSpan; k += 1) {
      const t = k / piecesPerSpan;
      const spline = (axis: 0 | 1): number =>
        b[axis] +
        0.5 *
          t *
          (c[axis] -
            a[axis] +
            t *
              (2 * a[axis] -
                5 * b[axis] +
                4 * c[axis] -
                d[axis] +
                t * (3 * (b[axis] - c[axis]) + d[axis] - a[axis])));
      points.push([spline(0), spline(1)]);
    }
  }
  return points;
}

/** Draws paths (in pixels) into `size` × `size` bytes, 0 for paper and 255 for ink. */
export function render(paths: readonly (readonly Point[])[], pen: Pen, size: number): Uint8Array {
  // Signed distance to the edge of the ink, in pixels: negative inside.
  const edge = new Float64Array(size * size).fill(Infinity);
  const segments = paths.flatMap((path) =>
    path.slice(1).map((to, i) => ({ from: path[i] ?? to, to })),
  );
  segments.forEach(({ from: [x1, y1], to: [x2, y2] }, i) => {
    const along = segments.length > 1 ? i / (segments.length - 1) : 0;
    const radius = pen.startRadius + (pen.endRadius - pen.startRadius) * along;
    const reach = radius + pen.softness;
    const dx = x2 - x1;
    const dy = y2 - y1;
    const square = dx * dx + dy * dy || 1;
    const low = (a: number, b: number): number => Math.max(0, Math.floor(Math.min(a, b) - reach));
    const high = (a: number, b: number): number =>
      Math.min(size - 1, Math.ceil(Math.max(a, b) + reach));
    const right = high(x1, x2);
    const bottom = high(y1, y2);
    for (let y = low(y1, y2); y <= bottom; y += 1) {
      for (let x = low(x1, x2); x <= right; x += 1) {
        const px = x + 0.5 - x1;
        const py = y + 0.5 - y1;
        const t = Math.min(1, Math.max(0, (px * dx + py * dy) / square));
        const ex = px - t * dx;
        const ey = py - t * dy;
        const distance = Math.sqrt(ex * ex + ey * ey) - radius;
        const pixel = y * size + x;
        if (distance < (edge[pixel] ?? 0)) edge[pixel] = distance;
      }
    }
  });
  const image = new Uint8Array(size * size);
  edge.forEach((distance, pixel) => {
    image[pixel] = Math.round(255 * Math.min(1, Math.max(0, 0.5 - distance / pen.softness)));
  });
  return image;
}
