// Four textures as functions of the place: each picture has its own turn, phase and light, as parts under a camera do.
// Lengths are in pixels, however large a picture is; brightness from 0 to 1.

import type { Random } from '@memae/graph';

/** The brightness at a place. */
export type Surface = (y: number, x: number) => number;

export const textureNames = ['weave', 'grain', 'mesh', 'speckle'] as const;
export type Texture = (typeof textureNames)[number];

const surfaces: Readonly<Record<Texture, (random: Random) => Surface>> = {
  /** Threads over and under each other. */
  weave: (random) => {
    const turned = turn(random, { most: 0.08 });
    const thread = (across: number): number => Math.abs(Math.sin(Math.PI * across));
    return (y, x) => {
      const [v, u] = turned(y / 8, x / 8);
      const over = (Math.floor(u) + Math.floor(v)) % 2 === 0;
      return 0.25 + (over ? 0.5 * thread(u) : 0.35 * thread(v));
    };
  },
  /** Rings of wood, bent. */
  grain: (random) => {
    const [first, second] = [random.uniform(0, 7), random.uniform(0, 7)];
    const bend = random.uniform(2, 5);
    const [slow, quick] = [random.uniform(18, 30), random.uniform(9, 14)];
    return (y, x) => {
      const across = x + bend * Math.sin(y / slow + first) + 0.8 * Math.sin(y / quick + second);
      return 0.5 + 0.2 * Math.sin(across / 1.3) + 0.12 * Math.sin(across / 3.1 + first);
    };
  },
  /** Dark wires on light ground. */
  mesh: (random) => {
    const turned = turn(random, { most: 0.06 });
    const wire = (across: number): number => Math.abs(across - Math.round(across)) * 12;
    return (y, x) => {
      const [v, u] = turned(y / 12, x / 12);
      return 0.2 + 0.6 * smoothStep(Math.min(wire(u), wire(v)) / 2);
    };
  },
  /** Grains of stone. */
  speckle: (random) => {
    const [coarse, fine] = [lattice(random.fork('coarse')), lattice(random.fork('fine'))];
    return (y, x) => 0.2 + 0.4 * coarse(y / 6, x / 6) + 0.2 * fine(y / 2.5, x / 2.5);
  },
};

/** A surface under a light of its own. */
export function drawSurface(texture: Texture, random: Random): Surface {
  const surface = surfaces[texture](random);
  const light = random.uniform(0.9, 1.1);
  return (y, x) => light * surface(y, x);
}

/** Places turned by a small angle and moved by up to two lengths. */
function turn(random: Random, { most }: { readonly most: number }) {
  const angle = random.uniform(-most, most);
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const [down, right] = [random.uniform(0, 2), random.uniform(0, 2)];
  return (y: number, x: number): readonly [number, number] => [
    cosine * y - sine * x + down,
    sine * y + cosine * x + right,
  ];
}

/** Smooth noise from 0 to 1 that has a random number at each whole place, and repeats after 64. */
function lattice(random: Random): Surface {
  const numbers = Float32Array.from({ length: 4096 }, () => random.uniform());
  const at = (y: number, x: number): number => numbers[((y & 63) << 6) | (x & 63)] ?? 0;
  return (y, x) => {
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [down, right] = [smoothStep(y - top), smoothStep(x - left)];
    const across = (row: number): number =>
      at(row, left) + right * (at(row, left + 1) - at(row, left));
    return across(top) + down * (across(top + 1) - across(top));
  };
}

/** From 0 to 1, flat at both ends. */
export function smoothStep(x: number): number {
  const t = Math.min(1, Math.max(0, x));
  return t * t * (3 - 2 * t);
}
