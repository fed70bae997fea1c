// What can be wrong with a surface: each defect says how much of a place it has taken, and what it makes of it.

import type { Random } from '@memae/graph';
import { type Surface, smoothStep } from './surface.ts';

export const defectNames = ['scratch', 'hole', 'stain', 'smear'] as const;
export type Defect = (typeof defectNames)[number];

export interface Flaw {
  /** From 0, nothing, to 1. */
  readonly depth: Surface;
  /** The brightness where it has taken all. */
  readonly surface: Surface;
}

export interface FlawOptions {
  readonly random: Random;
  readonly size: readonly [height: number, width: number];
  /** What lies below. */
  readonly surface: Surface;
}

const flaws: Readonly<Record<Defect, (options: FlawOptions) => Flaw>> = {
  /** A thin bent line, light or dark. */
  scratch: ({ random, size: [height, width] }) => {
    const [y, x] = [random.uniform(0.25, 0.75) * height, random.uniform(0.25, 0.75) * width];
    const angle = random.uniform(0, Math.PI);
    const half = random.uniform(9, 20);
    const bend = random.uniform(-0.012, 0.012);
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    const tone = random.uniform() < 0.5 ? 1 : 0.02;
    return {
      depth: (py, px) => {
        const along = cosine * (px - x) + sine * (py - y);
        const aside = cosine * (py - y) - sine * (px - x) - bend * along * along;
        return Math.abs(along) > half ? 0 : smoothStep(1.6 - Math.abs(aside));
      },
      surface: () => tone,
    };
  },
  /** A dark ellipse. */
  hole: (options) => ({ depth: blob(options, { from: 3, to: 6, edge: 1 }), surface: () => 0.03 }),
  /** A shadow with a soft edge. */
  stain: (options) => ({
    depth: blob(options, { from: 6, to: 11, edge: 3 }),
    surface: (y, x) => 0.55 * options.surface(y, x),
  }),
  /** The texture is rubbed out. */
  smear: (options) => ({
    depth: blob(options, { from: 6, to: 11, edge: 2 }),
    surface: (y, x) => {
      let sum = 0;
      for (let dy = -4; dy <= 4; dy += 2) {
        for (let dx = -4; dx <= 4; dx += 2) sum += options.surface(y + dy, x + dx);
      }
      return sum / 25;
    },
  }),
};

export function drawFlaw(defect: Defect, options: FlawOptions): Flaw {
  return flaws[defect](options);
}

/** An ellipse within the picture, its radii in pixels. */
function blob(
  { random, size: [height, width] }: FlawOptions,
  { from, to, edge }: { readonly from: number; readonly to: number; readonly edge: number },
): Surface {
  const [down, right] = [random.uniform(from, to), random.uniform(from, to)];
  const y = random.uniform(down, height - down);
  const x = random.uniform(right, width - right);
  return (py, px) => {
    const away = Math.hypot((py - y) / down, (px - x) / right);
    return smoothStep((1 - away) * (Math.min(down, right) / edge) + 0.5);
  };
}
