// What moves in a drawn video, and how: discs along lanes, each lane its way, at an ordinary pace. That is normal; odd
// are another shape, thrice the pace, a path across the lanes, and the wrong way along one. Lengths are in heights of
// the frame, times in frames.

import type { Random } from '@memae/graph';

/** What may be odd about a mover. */
export const oddities = ['shape', 'pace', 'across', 'backwards'] as const;
export type Oddity = (typeof oddities)[number];

/** One thing that moves. */
export interface Mover {
  readonly shape: 'disc' | 'square';
  readonly radius: number;
  /** Grey, 0 … 255. */
  readonly grey: number;
  readonly odd: boolean;
  /** Where its centre is in a frame. */
  readonly place: (frame: number) => { readonly x: number; readonly y: number };
}

export interface SceneOptions {
  /** In heights. */
  readonly width: number;
  /** Frames of the video. */
  readonly frames: number;
  readonly random: Random;
  /** What is odd about the one odd mover; without it there is none. */
  readonly oddity?: Oddity;
}

/** The middle of each lane, and which way it goes. */
const lanes = [
  { y: 0.2, way: 1 },
  { y: 0.4, way: -1 },
  { y: 0.6, way: 1 },
  { y: 0.8, way: -1 },
] as const;
const radius = 0.075;
/** Heights a frame. */
const pace = 0.016;

/** All movers of a video, the odd one last, in front. */
export function drawScene({ width, frames, random, oddity }: SceneOptions): Mover[] {
  const movers = lanes.flatMap((lane, i) =>
    laneMovers(lane, { width, random: random.fork(`lane ${i}`) }),
  );
  if (oddity === undefined) return movers;
  const from = Math.round(frames * random.uniform(0.25, 0.45));
  return [...movers, oddMover(oddity, { width, from, random: random.fork('odd') })];
}

type Lane = (typeof lanes)[number];

/** Discs one behind another; what leaves the frame comes in again on the other side. */
function laneMovers(
  { y, way }: Lane,
  { width, random }: { readonly width: number; readonly random: Random },
): Mover[] {
  const speed = way * pace * random.uniform(0.85, 1.15);
  const round = width + 0.6;
  const count = Math.max(1, Math.round(round * random.uniform(1, 1.6)));
  const begin = random.uniform(0, round);
  return Array.from({ length: count }, (_, i): Mover => {
    const start = begin + (round * (i + random.uniform(-0.2, 0.2))) / count;
    const row = y + random.uniform(-0.02, 0.02);
    return {
      shape: 'disc',
      radius: radius * random.uniform(0.85, 1.15),
      grey: random.uniform(150, 210),
      odd: false,
      place: (frame) => ({ x: modulo(start + speed * frame, round) - 0.3, y: row }),
    };
  });
}

/** Comes in over an edge in frame `from`, and goes on until it has left. */
function oddMover(
  oddity: Oddity,
  {
    width,
    from,
    random,
  }: { readonly width: number; readonly from: number; readonly random: Random },
): Mover {
  const { y, way } = lanes[random.integer(lanes.length)] ?? lanes[0];
  const size = oddity === 'shape' ? 1.5 * radius : radius;
  const heading = oddity === 'backwards' ? -way : way;
  const speed = heading * pace * (oddity === 'pace' ? 3 : random.uniform(1, 1.2));
  const far = 1e3;
  const along = (frame: number): { x: number; y: number } => {
    const start = heading > 0 ? -size : width + size;
    return { x: start + speed * (frame - from + 1), y };
  };
  const column = width * random.uniform(0.25, 0.75);
  const across = (frame: number): { x: number; y: number } => ({
    x: column,
    y: -size + 1.5 * pace * (frame - from + 1),
  });
  const path = oddity === 'across' ? across : along;
  return {
    shape: oddity === 'shape' ? 'square' : 'disc',
    radius: size,
    grey: random.uniform(150, 210),
    odd: true,
    place: (frame) => (frame < from ? { x: far, y: far } : path(frame)),
  };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
